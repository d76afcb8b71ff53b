"""HTTP: courses."""

from fastapi import APIRouter

from service.audit import Action, record
from service.courses.desk import CourseDesk
from service.courses.repository import Courses
from service.courses.schemas import CourseAnswer, CoursePatch, NewCourse
from service.dependencies import Ingester, Reader, RequestKey, TheService
from service.errors import ProblemCode, problems
from service.paging import After, Limit, Page
from service.subjects.repository import Subjects

router = APIRouter(prefix="/v1", tags=["courses"])

_C = ProblemCode


@router.post(
    "/subjects/{subject_id}/courses",
    status_code=201,
    responses=problems(_C.SUBJECT_NOT_FOUND, _C.INVALID_JSON, _C.KEY_REUSED),
)
def make_course(
    subject_id: str, new: NewCourse, actor: Ingester, service: TheService, key: RequestKey = None
) -> CourseAnswer:
    """Make a course of a subject. Its visits are those from its first day on, and the baseline before it."""
    return CourseAnswer.of(CourseDesk(service.database, service.jobs).make(actor, subject_id, new, key))


@router.get("/subjects/{subject_id}/courses", responses=problems(_C.SUBJECT_NOT_FOUND))
def list_courses(
    subject_id: str, actor: Reader, service: TheService, after: After = None, limit: Limit = 50
) -> Page[CourseAnswer]:
    """List a subject's courses."""
    with service.database.writing(actor.tenant) as session:
        subject = Subjects(session, actor.tenant).get(subject_id)
        rows = Courses(session, actor.tenant).page_of_subject(subject.id, after, limit)
        record(session, actor, Action.COURSES_READ, subject.id)
    return Page.of(rows, limit, CourseAnswer.of)


@router.get("/courses/{course_id}", responses=problems(_C.COURSE_NOT_FOUND))
def get_course(course_id: str, actor: Reader, service: TheService) -> CourseAnswer:
    """See a course."""
    with service.database.writing(actor.tenant) as session:
        course = Courses(session, actor.tenant).get(course_id)
        record(session, actor, Action.COURSES_READ, course.id)
        return CourseAnswer.of(course)


@router.patch("/courses/{course_id}", responses=problems(_C.COURSE_NOT_FOUND, _C.INVALID_JSON))
def change_course(course_id: str, patch: CoursePatch, actor: Ingester, service: TheService) -> CourseAnswer:
    """Change what is sent of a course, for instance that it ended; the rest stays."""
    return CourseAnswer.of(CourseDesk(service.database, service.jobs).change(actor, course_id, patch))


@router.delete("/courses/{course_id}", status_code=204, responses=problems(_C.COURSE_NOT_FOUND))
def delete_course(course_id: str, actor: Ingester, service: TheService) -> None:
    """Delete a course with its series. Its visits and photos stay."""
    CourseDesk(service.database, service.jobs).delete(actor, course_id)
