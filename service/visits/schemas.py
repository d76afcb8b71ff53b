"""The JSON of visits."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from models.course import Phase
from service.database.tables import Visit
from service.repeatability.labels import Label


class NewVisit(BaseModel):
    """A visit. ``immediately_after`` marks photos taken minutes after a session, which show a passing effect."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"taken_at": "2026-03-02T10:00:00+01:00", "phase": "baseline"}]},
    )

    taken_at: Annotated[AwareDatetime, AfterValidator(lambda time: time.astimezone(UTC))]
    phase: Phase
    treatment_number: int | None = Field(default=None, ge=0, le=1000)
    notes: str | None = Field(default=None, max_length=4000, pattern=r"^[^\x00]*$")
    room: Label = None
    camera: Label = None
    operator: Label = None


class VisitAnswer(BaseModel):
    """A visit."""

    id: str
    subject_id: str
    taken_at: datetime
    phase: Phase
    treatment_number: int | None
    notes: str | None
    room: str | None
    camera: str | None
    operator: str | None
    created_at: datetime

    @classmethod
    def of(cls, visit: Visit) -> Self:
        """From the row."""
        return cls.model_validate(visit, from_attributes=True)
