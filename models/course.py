"""A course of treatments: where a visit stands in it, and what the clinic plans."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from models.errors import InvalidRecordError


class Phase(StrEnum):
    """Where in a course a visit stands."""

    BASELINE = "baseline"
    TREATMENT = "treatment"
    """Before that day's session, so it shows what the sessions before it left."""
    IMMEDIATELY_AFTER = "immediately_after"
    """Minutes after a session: a passing effect, which never counts towards the lasting one."""
    FOLLOW_UP = "follow_up"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a course of one kind is meant to be.

    Parameters
    ----------
    kind : the clinic's word for it; cohorts are told by it.
    planned_sessions : sessions of the induction.
    interval_days : between two of them.
    maintenance_days : shortest and longest time between two maintenance sessions; None where none are planned.
    """

    kind: str
    planned_sessions: int
    interval_days: int
    maintenance_days: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if not self.kind or self.planned_sessions < 1 or self.interval_days < 1:
            raise InvalidRecordError("a protocol needs a kind, at least one session and at least a day between two")
        shortest, longest = self.maintenance_days or (1, 1)
        if not 1 <= shortest <= longest:
            raise InvalidRecordError(f"maintenance between {shortest} and {longest} days")


MICROCURRENT: Final = Protocol("microcurrent", planned_sessions=10, interval_days=7, maintenance_days=(28, 56))
"""The field's usual course: 6 to 12 weekly sessions, then maintenance every 4 to 8 weeks."""
