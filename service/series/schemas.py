"""The JSON of series and of what is due."""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from models.consent import Purpose
from service.database.tables import Subject, SubjectSeries
from service.documents.series import SeriesDocument
from service.fields import LinkHours, LinkPurpose


class SeriesAnswer(SeriesDocument):
    """A series; ``course_id`` is null where the subject has no course.

    While ``pending`` is above 0, comparisons are still being made and the figures are without them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject_id: str
    course_id: str | None


class NewSeriesLink(BaseModel):
    """How long a link shall show the series, and of which course; of the latest one where none is named."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"hours": 12}]})

    hours: LinkHours = 12
    course_id: str | None = Field(default=None, pattern="^([0-9a-f]{1,64}|none)$")
    purpose: LinkPurpose = Purpose.CLINICAL


class DueAnswer(BaseModel):
    """What is due for one subject by its course's protocol, and between which days; overdue after the last one."""

    subject_id: str
    reference: str
    course_id: str | None
    kind: str
    what: str
    says: str
    since: date
    until: date
    overdue: bool

    @classmethod
    def of(cls, row: SubjectSeries, subject: Subject, today: date) -> Self:
        """From the stored series and its subject."""
        assert row.due_since is not None  # noqa: S101  asked for by it
        assert row.due_until is not None  # noqa: S101  kept with it
        return cls(
            subject_id=subject.id,
            reference=subject.reference,
            course_id=row.course_id,
            kind=row.kind,
            what=row.due_what or "",
            says=row.due_says or "",
            since=row.due_since,
            until=row.due_until,
            overdue=row.due_until < today,
        )
