"""HTTP: series, their reports, tables and links, and what is due."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from service.assembly import Service
from service.audit import Action, Whole, record
from service.comparisons.schemas import LinkAnswer, Which
from service.database.tables import Subject
from service.dependencies import Exporter, Reader, TheService, Wait
from service.errors import ProblemCode, problems
from service.fields import Day
from service.letterhead import ClinicPaper
from service.links.sharing import ShareOffer, offer_series
from service.paging import After, Limit, Page
from service.reports import render_comparison_page
from service.reports.home import Home
from service.reports.pdf import series_pdf
from service.reports.series_csv import series_csv
from service.reports.series_page import render_series_page
from service.screens.way_back import way_back
from service.series.addresses import comparison_address, picture_address, series_address
from service.series.repository import StoredSeries
from service.series.schemas import DueAnswer, NewSeriesLink, SeriesAnswer
from service.series.viewing import SeenSeries, SeriesViewer
from service.subjects.repository import Subjects
from service.tenancy.tenant import Actor
from service.texts import _
from service.waiting import wait_until

router = APIRouter(prefix="/v1", tags=["series"])

_C = ProblemCode
_ERRORS: Final = (_C.SUBJECT_NOT_FOUND, _C.COURSE_NOT_FOUND, _C.LINK_ENDED)

OfCourse = Annotated[
    str | None,
    Query(
        pattern="^([0-9a-f]{1,64}|none)$",
        description="The course that it is of, the latest one where none is named; `none` where there is none.",
    ),
]
Until = Annotated[Day | None, Query(description="Last day (in UTC) on which it becomes due; today unless told.")]


@router.get("/subjects/{subject_id}/series", responses=problems(_C.SUBJECT_NOT_FOUND, _C.COURSE_NOT_FOUND))
async def get_series(
    subject_id: str, actor: Reader, service: TheService, course_id: OfCourse = None, wait: Wait = 0
) -> SeriesAnswer:
    """See what a course did: every measurand over the visits, the effects kept apart, and what else may explain them.

    It is kept up to date by itself. While comparisons are still being made, `pending` counts them.
    """
    seen = await _seen(service, actor, subject_id, course_id, wait, Action.SERIES_READ)
    return SeriesAnswer(**dict(seen.document), subject_id=seen.subject_id, course_id=seen.course_id)


@router.get(
    "/subjects/{subject_id}/series.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "The table."}, **problems(*_ERRORS)},
)
async def get_series_csv(
    subject_id: str, actor: Reader, service: TheService, course_id: OfCourse = None, wait: Wait = 0
) -> Response:
    """Get the series as one table for a spreadsheet."""
    seen = await _seen(service, actor, subject_id, course_id, wait, Action.SERIES_CSV_READ)
    return _file(series_csv(seen.document), "text/csv; charset=utf-8", "series.csv")


@router.get("/subjects/{subject_id}/series/report", response_class=HTMLResponse, responses=problems(*_ERRORS))
async def get_series_report(
    subject_id: str, actor: Reader, service: TheService, request: Request, course_id: OfCourse = None, wait: Wait = 0
) -> HTMLResponse:
    """Open the series as a page. A browser comes here through a link (`POST …/series/link`)."""
    seen = await _seen(service, actor, subject_id, course_id, wait, Action.SERIES_REPORT_READ)
    share = offer_series(request, subject_id, seen.course_id)
    return HTMLResponse(await run_in_threadpool(_page, seen, _home(request, subject_id), share))


@router.get(
    "/subjects/{subject_id}/series/report.pdf",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}}, "description": "The report."},
        **problems(*_ERRORS, _C.UNAVAILABLE),
    },
)
async def get_series_pdf(
    subject_id: str,
    actor: Reader,
    service: TheService,
    paper: ClinicPaper,
    course_id: OfCourse = None,
    wait: Wait = 0,
) -> Response:
    """Get the series as a PDF, with the aligned photos."""
    seen = await _seen(service, actor, subject_id, course_id, wait, Action.SERIES_PDF_READ)
    pictures = await run_in_threadpool(_viewer(service).pictures, actor, seen)
    pdf = await run_in_threadpool(series_pdf, seen.document, pictures, paper)
    return _file(pdf, "application/pdf", "series.pdf")


@router.get(
    "/subjects/{subject_id}/series/pictures/{comparison_id}/{which}",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "The picture."},
        **problems(*_ERRORS, _C.COMPARISON_NOT_FOUND, _C.PICTURE_NOT_FOUND, _C.NOT_READY, _C.UNAVAILABLE),
    },
)
def get_series_picture(
    subject_id: str, comparison_id: str, which: Which, actor: Reader, service: TheService, course_id: OfCourse = None
) -> Response:
    """Get a photo of the series in the frame of its reference, without metadata."""
    jpeg = _viewer(service).picture(actor, subject_id, course_id, comparison_id, which)
    return Response(jpeg, media_type="image/jpeg")


@router.get(
    "/subjects/{subject_id}/series/compare/{comparison_id}",
    response_class=HTMLResponse,
    responses=problems(*_ERRORS, _C.COMPARISON_NOT_FOUND, _C.NOT_READY, _C.NO_REPORT),
)
def get_series_comparison(
    subject_id: str,
    comparison_id: str,
    request: Request,
    actor: Reader,
    service: TheService,
    course_id: OfCourse = None,
) -> HTMLResponse:
    """Open the report of one comparison of the series, as the series' report leads to it."""
    document = _viewer(service).comparison(actor, subject_id, course_id, comparison_id)
    before, after = (picture_address(subject_id, course_id, comparison_id, which) for which in Which)
    home = _home(request, subject_id)
    return HTMLResponse(render_comparison_page(document, before_image=before, after_image=after, home=home))


@router.post(
    "/subjects/{subject_id}/series/link",
    status_code=201,
    responses=problems(_C.SUBJECT_NOT_FOUND, _C.COURSE_NOT_FOUND, _C.INVALID_JSON, _C.CONSENT_MISSING),
)
def make_series_link(
    subject_id: str, actor: Exporter, service: TheService, request: Request, new: NewSeriesLink | None = None
) -> LinkAnswer:
    """Make a link that shows this series in a browser: report, pictures, comparisons, table and PDF, nothing else."""
    wanted = new or NewSeriesLink()
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=wanted.hours)
    link = _viewer(service).link(actor, subject_id, wanted.course_id, expires_at, wanted.purpose)
    page = request.url_for("get_series_report", subject_id=subject_id)
    url = page.include_query_params(course_id=link.course_id, token=service.links.sign(link))
    return LinkAnswer(id=link.hangs_on, url=str(url), expires_at=link.expires_at)


@router.get("/due", responses=problems())
def list_due(
    actor: Reader, service: TheService, until: Until = None, after: After = None, limit: Limit = 50
) -> Page[DueAnswer]:
    """List the subjects whose next visit or maintenance is due or overdue, the most pressing first."""
    today = datetime.now(UTC).date()
    with service.database.writing(actor.tenant) as session:
        record(session, actor, Action.DUE_READ, Whole.DUE)
        rows = StoredSeries(session, actor.tenant).due(until or today, after, limit)
        subjects = Subjects(session, actor.tenant).every(Subject.id.in_([row.subject_id for row in rows]))
    by_id = {subject.id: subject for subject in subjects}
    return Page.of(rows, limit, lambda row: DueAnswer.of(row, by_id[row.subject_id], today))


async def _seen(
    service: Service, actor: Actor, subject_id: str, course_id: str | None, wait: float, action: Action
) -> SeenSeries:
    """The series, once it is true or the time is over."""
    viewer = _viewer(service)
    if not await run_in_threadpool(viewer.ask, actor, subject_id, course_id, action) and wait:
        await wait_until(bool, lambda: viewer.is_true(actor, subject_id, course_id), wait)
    return await run_in_threadpool(viewer.tell, actor, subject_id, course_id)


def _viewer(service: Service) -> SeriesViewer:
    return SeriesViewer(service.database, service.vaults, service.jobs)


def _home(request: Request, subject_id: str) -> Home | None:
    return way_back(request, f"/app/subjects/{subject_id}", _("To the subject"))


def _page(seen: SeenSeries, home: Home | None, share: ShareOffer | None) -> str:
    subject, course, visits = seen.subject_id, seen.course_id, seen.document.visits
    return render_series_page(
        seen.document,
        share=share,
        images={visit.photo: visit.aligned_image for visit in visits if visit.aligned_image},
        compare_links={
            visit.photo: comparison_address(subject, course, visit.comparison_id)
            for visit in visits
            if visit.comparison_id and visit.aligned_image
        },
        csv_link=series_address(subject, course, "series.csv"),
        pdf_link=series_address(subject, course, "series/report.pdf"),
        home=home,
    )


def _file(content: str | bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
