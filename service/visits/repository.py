"""Visits of one clinic."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func

from models.course import Phase
from service.courses.belonging import DatedVisit, PlannedCourse, belonging
from service.courses.repository import Courses
from service.database.tables import Course, Visit
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """Which of a subject's visits are asked for; None asks for all.

    Parameters
    ----------
    since, before : of the moment, the second one exclusive.
    """

    phase: Phase | None = None
    since: datetime | None = None
    before: datetime | None = None
    course_id: str | None = None


@dataclass(frozen=True, slots=True)
class VisitsOf:
    """How many visits a subject had, and when the last one was."""

    count: int
    last: datetime


class Visits(TenantRepository[Visit]):
    """The clinic's visits."""

    row = Visit
    absent = ProblemCode.VISIT_NOT_FOUND

    def page_of_subject(
        self, subject_id: str, after: str | None, limit: int, wanted: VisitFilter | None = None
    ) -> list[Visit]:
        """A page of one subject's visits, or of those that are wanted."""
        wanted = wanted or VisitFilter()
        where = [Visit.subject_id == subject_id, *_conditions(wanted)]
        if wanted.course_id is not None:
            course = Courses(self.session, self._tenant).get_of_subject(subject_id, wanted.course_id)
            where.append(Visit.id.in_(self._ids_of_course(subject_id, course.id)))
        return self.page(*where, after=after, limit=limit)

    def of_subject(self, subject_id: str) -> list[Visit]:
        """All visits of a subject, in the order of their times."""
        return sorted(self.every(Visit.subject_id == subject_id), key=lambda visit: (visit.taken_at, visit.id))

    def with_ids(self, ids: Collection[str]) -> dict[str, Visit]:
        """Those of these ids that there are."""
        return {visit.id: visit for visit in self.every(Visit.id.in_(ids))}

    def told_of_subjects(self, subject_ids: Collection[str]) -> dict[str, VisitsOf]:
        """How many visits each of these subjects had; without those that had none."""
        figures = (Visit.subject_id, func.count(), func.max(Visit.taken_at))
        query = self._select().with_only_columns(*figures).where(Visit.subject_id.in_(subject_ids))
        rows = self.session.execute(query.group_by(Visit.subject_id))
        return {subject_id: VisitsOf(count, last) for subject_id, count, last in rows}

    def _ids_of_course(self, subject_id: str, course_id: str) -> list[str]:
        courses = Courses(self.session, self._tenant).of_subject(subject_id)
        belongs = courses_of(self.of_subject(subject_id), courses)
        return [visit_id for visit_id, belongs_to in belongs.items() if belongs_to == course_id]


def courses_of(visits: Sequence[Visit], courses: Sequence[Course]) -> dict[str, str | None]:
    """The course of each visit of one subject, by their ids (:func:`service.courses.belonging.belonging`)."""
    return belonging(
        [DatedVisit(visit.id, visit.taken_at, Phase(visit.phase), visit.course_id) for visit in visits],
        [PlannedCourse(course.id, course.started_on) for course in courses],
    )


def _conditions(wanted: VisitFilter) -> list[ColumnElement[bool]]:
    return [
        *([Visit.phase == wanted.phase] if wanted.phase is not None else []),
        *([Visit.taken_at >= wanted.since] if wanted.since is not None else []),
        *([Visit.taken_at < wanted.before] if wanted.before is not None else []),
    ]
