"""Courses of one clinic's subjects."""

from models.course import Protocol
from service.database.tables import Course
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository


class Courses(TenantRepository[Course]):
    """The clinic's courses."""

    row = Course
    absent = ProblemCode.COURSE_NOT_FOUND

    def of_subject(self, subject_id: str) -> list[Course]:
        """All courses of a subject, in the order in which they started."""
        rows = self.every(Course.subject_id == subject_id)
        return sorted(rows, key=lambda course: (course.started_on, course.id))

    def get_of_subject(self, subject_id: str, course_id: str) -> Course:
        """The course, or the same ServiceError whether it is another subject's or none."""
        row = self._one(Course.subject_id == subject_id, Course.id == course_id)
        return row or self.get("")

    def page_of_subject(self, subject_id: str, after: str | None, limit: int) -> list[Course]:
        """A page of one subject's courses."""
        return self.page(Course.subject_id == subject_id, after=after, limit=limit)


def maintenance_days(course: Course) -> tuple[int, int] | None:
    """Shortest and longest time between two maintenance sessions, where some are planned."""
    shortest, longest = course.maintenance_from_days, course.maintenance_until_days
    return None if shortest is None or longest is None else (shortest, longest)


def protocol_of(course: Course) -> Protocol:
    """What the course is meant to be, as the analysis takes it."""
    return Protocol(course.kind, course.planned_sessions, course.interval_days, maintenance_days(course))
