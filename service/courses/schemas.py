"""The JSON of courses."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.course import MICROCURRENT
from service.courses.repository import maintenance_days
from service.database.tables import Course
from service.fields import Day, Line, Notes, Patch

_Sessions = Annotated[int, Field(ge=1, le=500)]
_Days = Annotated[int, Field(ge=1, le=1000)]
_Between = Annotated[tuple[_Days, _Days], Field(description="Shortest and longest time between two, in days.")]


class NewCourse(BaseModel):
    """A course of treatments. Without more than its first day it is the usual microcurrent course.

    That is ten weekly sessions, then maintenance every four to eight weeks.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "microcurrent",
                    "planned_sessions": 10,
                    "interval_days": 7,
                    "maintenance_days": [28, 56],
                    "started_on": "2026-03-02",
                }
            ]
        },
    )

    kind: Line = MICROCURRENT.kind
    planned_sessions: _Sessions = MICROCURRENT.planned_sessions
    interval_days: _Days = MICROCURRENT.interval_days
    maintenance_days: _Between | None = MICROCURRENT.maintenance_days
    started_on: Day
    ended_on: Day | None = None
    notes: Notes | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        wrong = impossible(self.started_on, self.ended_on, self.maintenance_days)
        if wrong is not None:
            raise ValueError(wrong)
        return self


class CoursePatch(Patch):
    """What is to change of a course; what is left out stays. ``maintenance_days`` null: none is planned."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"planned_sessions": 12, "ended_on": "2026-05-18"}]})
    never_null: ClassVar[frozenset[str]] = frozenset({"kind", "planned_sessions", "interval_days", "started_on"})

    kind: Line | None = None
    planned_sessions: _Sessions | None = None
    interval_days: _Days | None = None
    maintenance_days: _Between | None = None
    started_on: Day | None = None
    ended_on: Day | None = None
    notes: Notes | None = None


class CourseAnswer(BaseModel):
    """A course."""

    id: str
    subject_id: str
    kind: str
    planned_sessions: int
    interval_days: int
    maintenance_days: tuple[int, int] | None
    started_on: date
    ended_on: date | None
    notes: str | None
    created_at: datetime

    @classmethod
    def of(cls, course: Course) -> Self:
        """From the row."""
        own = {name: getattr(course, name) for name in cls.model_fields if name != "maintenance_days"}
        return cls(**own, maintenance_days=maintenance_days(course))


def impossible(started_on: date, ended_on: date | None, maintenance: tuple[int, int] | None) -> str | None:
    """Why a course cannot be so, or None."""
    if ended_on is not None and ended_on < started_on:
        return f"ended_on ({ended_on}) lies before started_on ({started_on})"
    if maintenance is not None and maintenance[0] > maintenance[1]:
        return "maintenance_days gives the shortest time first, then the longest"
    return None


def columns(sent: dict[str, Any]) -> dict[str, Any]:
    """The fields as the row has them: the two times of maintenance each in a column of its own."""
    if "maintenance_days" not in sent:
        return sent
    shortest, longest = sent["maintenance_days"] or (None, None)
    rest = {name: value for name, value in sent.items() if name != "maintenance_days"}
    return rest | {"maintenance_from_days": shortest, "maintenance_until_days": longest}
