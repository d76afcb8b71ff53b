"""The JSON of visits."""

from datetime import datetime
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from models.course import Phase
from service.database.tables import Visit
from service.fields import Moment, Notes, Patch, RecordId
from service.repeatability.labels import Label

_TreatmentNumber = Annotated[int, Field(ge=0, le=1000)]
_CourseId = Annotated[
    RecordId | None,
    Field(description="The course that it belongs to, where its time does not say so; null: its time says it."),
]


class NewVisit(BaseModel):
    """A visit. ``immediately_after`` marks photos taken minutes after a session, which show a passing effect."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"taken_at": "2026-03-02T10:00:00+01:00", "phase": "baseline"}]},
    )

    taken_at: Moment
    phase: Phase
    treatment_number: _TreatmentNumber | None = None
    notes: Notes | None = None
    course_id: _CourseId = None
    room: Label = None
    camera: Label = None
    operator: Label = None


class VisitPatch(Patch):
    """What is to change of a visit; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phase": "treatment", "treatment_number": 4}]})
    never_null: ClassVar[frozenset[str]] = frozenset({"taken_at", "phase"})

    taken_at: Moment | None = None
    phase: Phase | None = None
    treatment_number: _TreatmentNumber | None = None
    notes: Notes | None = None
    course_id: _CourseId = None
    room: Label = None
    camera: Label = None
    operator: Label = None


class VisitAnswer(BaseModel):
    """A visit. ``course_id`` is the course that the clinic named, null where its time says to which it belongs."""

    id: str
    subject_id: str
    taken_at: datetime
    phase: Phase
    treatment_number: int | None
    notes: str | None
    course_id: str | None
    room: str | None
    camera: str | None
    operator: str | None
    created_at: datetime

    @classmethod
    def of(cls, visit: Visit) -> Self:
        """From the row."""
        return cls.model_validate(visit, from_attributes=True)
