"""HTTP: visits."""

from fastapi import APIRouter

from service.dependencies import Ingester, Reader, RequestKey, TheService
from service.errors import ProblemCode, problems
from service.paging import After, Limit, Page
from service.subjects.repository import Subjects
from service.visits.diary import Diary
from service.visits.repository import Visits
from service.visits.schemas import NewVisit, VisitAnswer

router = APIRouter(prefix="/v1", tags=["visits"])

_C = ProblemCode


@router.post(
    "/subjects/{subject_id}/visits",
    status_code=201,
    responses=problems(_C.SUBJECT_NOT_FOUND, _C.INVALID_JSON, _C.KEY_REUSED),
)
def make_visit(
    subject_id: str, new: NewVisit, actor: Ingester, service: TheService, key: RequestKey = None
) -> VisitAnswer:
    """Make a visit of a subject."""
    return VisitAnswer.of(Diary(service.database).make(actor, subject_id, new, key))


@router.get("/subjects/{subject_id}/visits", responses=problems(_C.SUBJECT_NOT_FOUND))
def list_visits(
    subject_id: str, actor: Reader, service: TheService, after: After = None, limit: Limit = 50
) -> Page[VisitAnswer]:
    """List a subject's visits."""
    with service.database.reading() as session:
        subject = Subjects(session, actor.tenant).get(subject_id)
        rows = Visits(session, actor.tenant).page_of_subject(subject.id, after, limit)
    return Page.of(rows, limit, VisitAnswer.of)


@router.get("/visits/{visit_id}", responses=problems(_C.VISIT_NOT_FOUND))
def get_visit(visit_id: str, actor: Reader, service: TheService) -> VisitAnswer:
    """See a visit."""
    with service.database.reading() as session:
        return VisitAnswer.of(Visits(session, actor.tenant).get(visit_id))
