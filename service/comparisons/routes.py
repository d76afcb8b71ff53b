"""HTTP: comparisons, their reports and pictures."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from service.assembly import Service
from service.audit import Action, Whole, record
from service.comparisons.pairing import Pairing
from service.comparisons.repository import Comparisons, ComparisonStatus
from service.comparisons.schemas import (
    ComparisonAnswer,
    ComparisonSummary,
    LinkAnswer,
    NewComparison,
    NewLink,
    Which,
    comparison_answer,
    comparison_summary,
)
from service.comparisons.viewing import ComparisonViewer
from service.database.tables import Comparison
from service.dependencies import Exporter, Ingester, Reader, TheService, Wait
from service.errors import ProblemCode, problems
from service.letterhead import ClinicPaper
from service.links.sharing import offer_comparison
from service.paging import After, Limit, Page
from service.reports import render_comparison_page
from service.reports.pdf import comparison_pdf
from service.screens.way_back import way_back
from service.subjects.repository import Subjects
from service.tenancy.links import CorrectionLink, correction_page
from service.tenancy.scope import Scope
from service.tenancy.tenant import Actor
from service.texts import _
from service.waiting import wait_until

router = APIRouter(prefix="/v1", tags=["comparisons"])

_C = ProblemCode


@router.post(
    "/comparisons",
    status_code=201,
    responses=problems(
        _C.PHOTO_NOT_FOUND,
        _C.VISIT_NOT_FOUND,
        _C.INVALID_JSON,
        _C.DIFFERENT_SUBJECTS,
        _C.DIFFERENT_VIEWS,
        _C.NO_PHOTOS,
        _C.TOO_MANY_PHOTOS,
    ),
)
async def compare_photos(new: NewComparison, actor: Ingester, service: TheService, wait: Wait = 60) -> ComparisonAnswer:
    """Compare two photos, or two visits of several photos each. The same photos again give the same comparison.

    Where the analysis outlasts `wait`, the status is `queued`: ask for the comparison by its id.
    """
    pairing = Pairing(service.database, service.jobs)
    pair = await run_in_threadpool(_find_or_ask, pairing, actor, new)
    viewer = ComparisonViewer(service.database, service.vaults)
    return comparison_answer(await wait_until(_has_ended, lambda: viewer.peek(actor, pair.id), wait))


@router.get("/comparisons", responses=problems())
def list_comparisons(
    actor: Reader,
    service: TheService,
    after: After = None,
    limit: Limit = 50,
    status: ComparisonStatus | None = None,
) -> Page[ComparisonSummary]:
    """List the clinic's comparisons, or those with one status."""
    with service.database.writing(actor.tenant) as session:
        rows = Comparisons(session, actor.tenant).page_of_clinic(after, limit, status)
        record(session, actor, Action.COMPARISONS_LISTED, Whole.COMPARISONS)
    return Page.of(rows, limit, comparison_summary)


@router.get("/subjects/{subject_id}/comparisons", responses=problems(_C.SUBJECT_NOT_FOUND))
def list_comparisons_of_subject(
    subject_id: str,
    actor: Reader,
    service: TheService,
    after: After = None,
    limit: Limit = 50,
    status: ComparisonStatus | None = None,
) -> Page[ComparisonSummary]:
    """List a subject's comparisons, or those with one status."""
    with service.database.writing(actor.tenant) as session:
        subject = Subjects(session, actor.tenant).get(subject_id)
        rows = Comparisons(session, actor.tenant).page_of_subject(subject.id, after, limit, status)
        record(session, actor, Action.COMPARISONS_LISTED, subject.id)
    return Page.of(rows, limit, comparison_summary)


@router.get("/comparisons/{comparison_id}", responses=problems(_C.COMPARISON_NOT_FOUND))
def get_comparison(comparison_id: str, actor: Reader, service: TheService) -> ComparisonAnswer:
    """See a comparison."""
    return comparison_answer(ComparisonViewer(service.database, service.vaults).see(actor, comparison_id))


@router.get(
    "/comparisons/{comparison_id}/report",
    response_class=HTMLResponse,
    responses=problems(_C.COMPARISON_NOT_FOUND, _C.NOT_READY, _C.NO_REPORT, _C.LINK_ENDED),
)
def get_report(comparison_id: str, actor: Reader, service: TheService, request: Request) -> HTMLResponse:
    """Open the report as a page. A browser comes here through a link (`POST …/link`)."""
    viewer = ComparisonViewer(service.database, service.vaults)
    document = viewer.report(actor, comparison_id)
    pictures = f"/v1/comparisons/{comparison_id}/aligned"
    may_correct = Scope.INGEST in actor.scopes
    may_publish = actor.is_person and Scope.EXPORT in actor.scopes
    page = render_comparison_page(
        document,
        before_image=f"{pictures}/before",
        after_image=f"{pictures}/after",
        pdf_link=f"/v1/comparisons/{comparison_id}/report.pdf",
        export_link=f"/app/exports/new?comparison_id={comparison_id}" if may_publish else None,
        share=offer_comparison(request, comparison_id),
        correct_links=_correct_links(viewer.shown_photos(actor, comparison_id), actor, service) if may_correct else {},
        home=way_back(request, f"/app/subjects/{viewer.peek(actor, comparison_id).subject_id}", _("To the subject")),
    )
    return HTMLResponse(page)


@router.get(
    "/comparisons/{comparison_id}/report.pdf",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}}, "description": "The report."},
        **problems(_C.COMPARISON_NOT_FOUND, _C.NOT_READY, _C.NO_REPORT, _C.LINK_ENDED, _C.UNAVAILABLE),
    },
)
def get_report_pdf(comparison_id: str, actor: Reader, service: TheService, paper: ClinicPaper) -> Response:
    """Get the report as a PDF, with both aligned photos."""
    document, before, after = ComparisonViewer(service.database, service.vaults).printed(actor, comparison_id)
    headers = {"Content-Disposition": 'attachment; filename="comparison.pdf"'}
    return Response(comparison_pdf(document, before, after, paper), media_type="application/pdf", headers=headers)


@router.get(
    "/comparisons/{comparison_id}/aligned/{which}",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "The picture."},
        **problems(_C.COMPARISON_NOT_FOUND, _C.PICTURE_NOT_FOUND, _C.NOT_READY, _C.LINK_ENDED, _C.UNAVAILABLE),
    },
)
def get_aligned(comparison_id: str, which: Which, actor: Reader, service: TheService) -> Response:
    """Get one of the two photos in the pair's common frame, without metadata."""
    jpeg = ComparisonViewer(service.database, service.vaults).aligned(actor, comparison_id, which)
    return Response(jpeg, media_type="image/jpeg")


@router.post(
    "/comparisons/{comparison_id}/link",
    status_code=201,
    responses=problems(_C.COMPARISON_NOT_FOUND, _C.INVALID_JSON, _C.CONSENT_MISSING),
)
def make_link(
    comparison_id: str, actor: Exporter, service: TheService, request: Request, new: NewLink | None = None
) -> LinkAnswer:
    """Make a link that shows this report, and nothing else, to whoever has it, for 12 hours unless told otherwise."""
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=(new or NewLink()).hours)
    wanted = new or NewLink()
    viewer = ComparisonViewer(service.database, service.vaults)
    link = viewer.link(actor, comparison_id, expires_at, may_correct=wanted.may_correct, purpose=wanted.purpose)
    page = request.url_for("get_report", comparison_id=link.comparison_id)
    url = page.include_query_params(token=service.links.sign(link))
    return LinkAnswer(id=link.hangs_on, url=str(url), expires_at=link.expires_at)


def _find_or_ask(pairing: Pairing, actor: Actor, new: NewComparison) -> Comparison:
    if new.before_visit_id is not None and new.after_visit_id is not None:
        return pairing.find_or_ask_visits(actor, new.before_visit_id, new.after_visit_id)
    before = new.before_photo_ids or [new.before_photo_id or ""]
    after = new.after_photo_ids or [new.after_photo_id or ""]
    return pairing.find_or_ask_bursts(actor, before, after)


def _correct_links(photo_ids: Mapping[str, str], actor: Actor, service: Service) -> dict[str, str]:
    """Addresses of the pages on which the shown photos' contours are corrected, good for an hour.

    For people who are signed in they are as long as they are; else they end with the link or key that came here.
    """
    if actor.is_person:
        return {which: f"/v1/photos/{photo_id}/correct" for which, photo_id in photo_ids.items()}
    until, hangs_on = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1), actor.link_id or actor.name
    links = {which: CorrectionLink(actor.tenant, one, until, actor.name, hangs_on) for which, one in photo_ids.items()}
    return {which: correction_page(service.links, link) for which, link in links.items()}


def _has_ended(pair: Comparison) -> bool:
    return pair.status != ComparisonStatus.QUEUED
