"""HTTP: visits."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool

from models.course import Phase
from service.audit import Action, record
from service.dependencies import Administrator, Ingester, Reader, RequestKey, TheService
from service.errors import ProblemCode, problems
from service.fields import From, RecordId, Until, ends_before, starts_at
from service.paging import After, Limit, Page
from service.subjects.repository import Subjects
from service.visits.diary import Diary
from service.visits.repository import VisitFilter, Visits
from service.visits.schemas import NewVisit, VisitAnswer, VisitPatch
from service.waiting import wait_until_erased

router = APIRouter(prefix="/v1", tags=["visits"])

_C = ProblemCode

OfCourse = Annotated[RecordId | None, Query(description="Those that belong to this course, named or by their time.")]


@router.post(
    "/subjects/{subject_id}/visits",
    status_code=201,
    responses=problems(_C.SUBJECT_NOT_FOUND, _C.COURSE_NOT_FOUND, _C.INVALID_JSON, _C.KEY_REUSED),
)
def make_visit(
    subject_id: str, new: NewVisit, actor: Ingester, service: TheService, key: RequestKey = None
) -> VisitAnswer:
    """Make a visit of a subject."""
    return VisitAnswer.of(Diary(service.database, service.jobs).make(actor, subject_id, new, key))


def _wanted(
    phase: Phase | None = None, since: From = None, until: Until = None, course_id: OfCourse = None
) -> VisitFilter:
    return VisitFilter(
        phase, None if since is None else starts_at(since), None if until is None else ends_before(until), course_id
    )


@router.get("/subjects/{subject_id}/visits", responses=problems(_C.SUBJECT_NOT_FOUND, _C.COURSE_NOT_FOUND))
def list_visits(
    subject_id: str,
    actor: Reader,
    service: TheService,
    wanted: Annotated[VisitFilter, Depends(_wanted)],
    after: After = None,
    limit: Limit = 50,
) -> Page[VisitAnswer]:
    """List a subject's visits."""
    with service.database.writing(actor.tenant) as session:
        subject = Subjects(session, actor.tenant).get(subject_id)
        rows = Visits(session, actor.tenant).page_of_subject(subject.id, after, limit, wanted)
        record(session, actor, Action.VISITS_READ, subject.id)
    return Page.of(rows, limit, VisitAnswer.of)


@router.get("/visits/{visit_id}", responses=problems(_C.VISIT_NOT_FOUND))
def get_visit(visit_id: str, actor: Reader, service: TheService) -> VisitAnswer:
    """See a visit."""
    with service.database.writing(actor.tenant) as session:
        visit = Visits(session, actor.tenant).get(visit_id)
        record(session, actor, Action.VISITS_READ, visit.id)
        return VisitAnswer.of(visit)


@router.patch("/visits/{visit_id}", responses=problems(_C.VISIT_NOT_FOUND, _C.COURSE_NOT_FOUND, _C.INVALID_JSON))
def change_visit(visit_id: str, patch: VisitPatch, actor: Ingester, service: TheService) -> VisitAnswer:
    """Change what is sent of a visit; the rest stays."""
    return VisitAnswer.of(Diary(service.database, service.jobs).change(actor, visit_id, patch))


@router.delete("/visits/{visit_id}", status_code=204, responses=problems(_C.VISIT_NOT_FOUND))
async def erase_visit(visit_id: str, actor: Administrator, service: TheService) -> None:
    """Erase a visit with its photos, their pictures and comparisons. It cannot be undone."""
    prefixes = await run_in_threadpool(Diary(service.database, service.jobs).delete, actor, visit_id)
    await wait_until_erased(service.vaults.store, prefixes)
