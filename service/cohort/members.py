"""From the subjects' stored series to the cohort's members: what a cohort needs of a series, and nothing else of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from models.anatomy import Side
from models.cohort import CohortChange, CohortMember
from models.comparison import Verdict
from models.course import Phase
from models.measurand import MeasurandCode
from service.documents.cohort import CohortFilters


@dataclass(frozen=True, slots=True)
class TakenPart:
    """The members of a cohort, with the methods that their series were made by."""

    members: tuple[CohortMember, ...]
    method_versions: frozenset[str]


class StoredCourse(BaseModel):
    """The few parts of a series' document that a cohort reads, to leave the others unread."""

    method_version: str
    protocol: "_Protocol"
    visits: tuple["_Visit", ...]
    measurands: tuple["_Measurand", ...]

    @classmethod
    def read(cls, document: str) -> Self:
        """From the JSON that is kept."""
        return cls.model_validate_json(document)

    @classmethod
    def kept(cls, document: str) -> str:
        """What is kept beside the document, which is far longer: of the points those alone that effects name."""
        course = cls.read(document)
        return course.model_copy(
            update={
                "visits": course.visits and (max(course.visits, key=lambda visit: visit.taken_at),),
                "measurands": tuple(one.without_points() for one in course.measurands),
            }
        ).model_dump_json()

    @property
    def ended_at(self) -> datetime | None:
        """When its last photo was taken."""
        return max((visit.taken_at for visit in self.visits), default=None)

    def member(self, filters: CohortFilters) -> CohortMember | None:
        """The subject's changes that the filters let through; None where none is."""
        if filters.kind is not None and filters.kind.casefold() != self.protocol.kind.casefold():
            return None
        changes = tuple(change for one in self.measurands if (change := one.change(filters)) is not None)
        return CohortMember(self.protocol.kind, changes) if changes else None


class _Protocol(BaseModel):
    kind: str


class _Visit(BaseModel):
    taken_at: datetime


class _Point(BaseModel):
    taken_at: datetime
    phase: Phase


class _Effect(BaseModel):
    change: float
    standard_uncertainty: float
    own_verdict: Verdict
    at: datetime | None


class _Measurand(BaseModel):
    measurand: MeasurandCode
    side: Side | None
    points: tuple[_Point, ...]
    cumulative: _Effect | None

    def change(self, filters: CohortFilters) -> CohortChange | None:
        """The lasting change, where there is one at a time and phase that the filters let through."""
        effect = self.cumulative
        if effect is None or effect.at is None:
            return None
        day = effect.at.date()
        if (filters.since and day < filters.since) or (filters.until and day > filters.until):
            return None
        if filters.phase is not None and filters.phase is not self._phase_at(effect.at):
            return None
        return CohortChange(self.measurand, self.side, effect.change, effect.standard_uncertainty, effect.own_verdict)

    def without_points(self) -> Self:
        """The same with the point alone at which its lasting change is told."""
        at = None if self.cumulative is None else self.cumulative.at
        return self.model_copy(update={"points": tuple(point for point in self.points if point.taken_at == at)[:1]})

    def _phase_at(self, when: datetime) -> Phase | None:
        return next((point.phase for point in self.points if point.taken_at == when), None)


def latest_of_each(courses: Iterable[tuple[str, StoredCourse]], filters: CohortFilters) -> TakenPart:
    """One member a subject: of the series that the filters let through, the one with the newest photo.

    Parameters
    ----------
    courses : each with whose it is; whose it is goes no further.
    """
    newest: dict[str, tuple[datetime, StoredCourse, CohortMember]] = {}
    for subject, course in courses:
        member, ended = course.member(filters), course.ended_at
        if member is not None and ended is not None and (subject not in newest or ended > newest[subject][0]):
            newest[subject] = ended, course, member
    return _taken(newest)


def _taken(newest: Mapping[str, tuple[datetime, StoredCourse, CohortMember]]) -> TakenPart:
    members = tuple(member for _, _, member in newest.values())
    return TakenPart(members, frozenset(course.method_version for _, course, _ in newest.values()))
