"""Making courses, changing and deleting them."""

from sqlalchemy.orm import Session

from service.audit import Action, record
from service.courses.repository import Courses, maintenance_days
from service.courses.schemas import CoursePatch, NewCourse, columns, impossible
from service.database import Database, retry_on_clash
from service.database.base import new_id
from service.database.tables import Course, Visit
from service.errors import ProblemCode, ServiceError
from service.jobs import JobEngine
from service.series.asking import update_series
from service.subjects.repository import Subjects
from service.tenancy.idempotency import IdempotencyKeys, fingerprint
from service.tenancy.tenant import Actor
from service.visits.repository import Visits


class CourseDesk:
    """What is done with courses."""

    def __init__(self, database: Database, jobs: JobEngine) -> None:
        self._database = database
        self._jobs = jobs

    def make(self, actor: Actor, subject_id: str, new: NewCourse, key: str | None) -> Course:
        """A new course of the subject, or the one that the same request made before."""
        return retry_on_clash(lambda: self._make(actor, subject_id, new, key))

    def change(self, actor: Actor, course_id: str, patch: CoursePatch) -> Course:
        """The course with what was sent in place of what it had, or ServiceError where that cannot be."""
        with self._database.writing(actor.tenant) as session:
            course = Courses(session, actor.tenant).get(course_id)
            if patch.sent:
                _apply(course, patch)
                self._note(session, actor, Action.COURSE_CHANGED, course)
            else:
                record(session, actor, Action.COURSES_READ, course.id)
            return course

    def delete(self, actor: Actor, course_id: str) -> None:
        """Delete the course; its visits stay, and belong to another one or to none."""
        with self._database.writing(actor.tenant) as session:
            courses = Courses(session, actor.tenant)
            course = courses.get(course_id)
            courses.delete(course)
            IdempotencyKeys(session, actor.tenant).forget(course_id)
            for visit in Visits(session, actor.tenant).every(Visit.course_id == course_id):
                visit.course_id = None
            self._note(session, actor, Action.COURSE_DELETED, course)

    def _make(self, actor: Actor, subject_id: str, new: NewCourse, key: str | None) -> Course:
        asked = fingerprint("course", subject_id, new.model_dump_json())
        with self._database.writing(actor.tenant) as session:
            courses, keys = Courses(session, actor.tenant), IdempotencyKeys(session, actor.tenant)
            subject = Subjects(session, actor.tenant).get(subject_id)
            made = keys.made(key, asked)
            if made is not None:
                record(session, actor, Action.COURSES_READ, made)
                return courses.get(made)
            course = courses.add(Course(id=new_id(), subject_id=subject.id, **columns(new.model_dump())))
            keys.keep(key, asked, subject.id, course.id)
            self._note(session, actor, Action.COURSE_MADE, course)
            return course

    def _note(self, session: Session, actor: Actor, action: Action, course: Course) -> None:
        record(session, actor, action, course.id)
        update_series(session, actor.tenant, self._jobs, course.subject_id)


def _apply(course: Course, patch: CoursePatch) -> None:
    for name, value in columns(dict(patch.sent)).items():
        setattr(course, name, value)
    wrong = impossible(course.started_on, course.ended_on, maintenance_days(course))
    if wrong is not None:
        raise ServiceError(ProblemCode.INVALID_REQUEST, f"{wrong.capitalize()}.")
