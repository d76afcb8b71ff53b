"""Which visits belong to which course."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from models.course import Phase

_EASTERNMOST: Final = timedelta(hours=14)
"""Days begin first at UTC+14. A course has a day of the clinic's own calendar, a visit a moment."""


@dataclass(frozen=True, slots=True)
class PlannedCourse:
    """A course, as far as its visits' belonging needs it."""

    id: str
    started_on: date

    @property
    def begins_at(self) -> datetime:
        """The moment at which its first day begins, wherever the clinic is."""
        return datetime.combine(self.started_on, time(), UTC) - _EASTERNMOST


@dataclass(frozen=True, slots=True)
class DatedVisit:
    """A visit, as far as its belonging needs it; ``course_id`` is what the clinic said."""

    id: str
    taken_at: datetime
    phase: Phase
    course_id: str | None = None


def belonging(visits: Sequence[DatedVisit], courses: Sequence[PlannedCourse]) -> dict[str, str | None]:
    """The course of each visit, by their ids; None for all where there is no course.

    What the clinic said holds. Else a visit belongs to the latest course that began before it, or to the first one
    where none did. A visit of the phase ``baseline`` belongs to the next course, unless the course that it lies in has
    had no other visit yet: baselines are often taken on a course's first day.
    """
    in_order = sorted(courses, key=lambda course: (course.begins_at, course.id))
    return dict(_belonging(sorted(visits, key=lambda visit: (visit.taken_at, visit.id)), in_order))


def _belonging(visits: Sequence[DatedVisit], courses: Sequence[PlannedCourse]) -> Iterator[tuple[str, str | None]]:
    known, under_way = {course.id for course in courses}, set[str]()
    for visit in visits:
        course_id = visit.course_id if visit.course_id in known else _course_by_time(visit, courses, under_way)
        if course_id is not None and visit.phase is not Phase.BASELINE:
            under_way.add(course_id)
        yield visit.id, course_id


def _course_by_time(visit: DatedVisit, courses: Sequence[PlannedCourse], under_way: set[str]) -> str | None:
    begun = [course.id for course in courses if course.begins_at <= visit.taken_at]
    to_come = [course.id for course in courses[len(begun) :]]
    if not begun:
        return to_come[0] if to_come else None
    if visit.phase is Phase.BASELINE and begun[-1] in under_way and to_come:
        return to_come[0]
    return begun[-1]
