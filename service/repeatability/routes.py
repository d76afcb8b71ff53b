"""HTTP: repeatability studies."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from service.audit import Action, Whole, record
from service.dependencies import Ingester, Reader, TheService, Wait
from service.errors import ProblemCode, ServiceError, problems
from service.paging import After, Limit, Page
from service.repeatability.desk import StudyDesk
from service.repeatability.page import render_study_page
from service.repeatability.repository import Studies, StudyStatus
from service.repeatability.schemas import NewStudy, StudyAnswer, StudySummary, study_summary
from service.screens.way_back import way_back
from service.texts import _
from service.waiting import wait_until

router = APIRouter(prefix="/v1/repeatability-studies", tags=["repeatability"])

_C = ProblemCode


@router.post(
    "",
    status_code=201,
    responses=problems(
        _C.PHOTO_NOT_FOUND,
        _C.VISIT_NOT_FOUND,
        _C.INVALID_JSON,
        _C.INVALID_STUDY,
        _C.DIFFERENT_SUBJECTS,
        _C.DIFFERENT_VIEWS,
        _C.TOO_MANY_PHOTOS,
    ),
)
async def make_study(new: NewStudy, actor: Ingester, service: TheService, wait: Wait = 0) -> StudyAnswer:
    """Find out how much photos of unchanged faces differ in this clinic. Later comparisons count on it.

    Photos of each person are compared with each other like any pair. The status is `queued` until all have ended;
    `pending` counts what is still to come. The same request again gives the same study, unless it was withdrawn.
    """
    desk = StudyDesk(service.database, service.jobs)
    study = await run_in_threadpool(desk.make, actor, new)
    return await wait_until(lambda seen: seen.status != StudyStatus.QUEUED, lambda: desk.peek(actor, study.id), wait)


@router.get("", responses=problems())
def list_studies(actor: Reader, service: TheService, after: After = None, limit: Limit = 50) -> Page[StudySummary]:
    """List the clinic's studies, withdrawn ones included."""
    with service.database.writing(actor.tenant) as session:
        record(session, actor, Action.STUDIES_LISTED, Whole.STUDIES)
        rows = Studies(session, actor.tenant).page(after=after, limit=limit)
    return Page.of(rows, limit, study_summary)


@router.get("/{study_id}", responses=problems(_C.STUDY_NOT_FOUND))
def get_study(study_id: str, actor: Reader, service: TheService) -> StudyAnswer:
    """See a study, and how much of it is still to come."""
    return StudyDesk(service.database, service.jobs).see(actor, study_id)


@router.get(
    "/{study_id}/report",
    response_class=HTMLResponse,
    responses=problems(_C.STUDY_NOT_FOUND, _C.NOT_READY, _C.NO_REPORT),
)
def get_study_report(study_id: str, request: Request, actor: Reader, service: TheService) -> HTMLResponse:
    """See a study as a page."""
    study = StudyDesk(service.database, service.jobs).see(actor, study_id)
    if study.result is None:
        code = _C.NOT_READY if study.status == StudyStatus.QUEUED else _C.NO_REPORT
        raise ServiceError(code, study.failure)
    home = way_back(request, "/app/studies", _("Repeatability"))
    return HTMLResponse(render_study_page(study.result, name=study.name, says=study.says, home=home))


@router.delete("/{study_id}", status_code=204, responses=problems(_C.STUDY_NOT_FOUND))
def withdraw_study(study_id: str, actor: Ingester, service: TheService) -> None:
    """Withdraw a study: no later comparison counts on it. It stays in the list as history."""
    StudyDesk(service.database, service.jobs).withdraw(actor, study_id)
