"""HTTP: contours placed by hand, and the page on which they are placed."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from models.anatomy import Side
from models.correction import ContourName
from service.comparisons.schemas import LinkAnswer
from service.corrections.desk import CorrectionDesk
from service.corrections.page import render_correction_page
from service.corrections.schemas import CorrectionAnswer, CorrectionsAnswer, NewCorrection, NewCorrectionLink
from service.corrections.viewing import CorrectionViewer
from service.database.tables import Photo
from service.dependencies import Ingester, Reader, TheService, Wait
from service.errors import ProblemCode, problems
from service.people.own_pages import csrf_of
from service.photos.repository import PhotoStatus
from service.photos.viewing import PhotoViewer
from service.screens.way_back import way_back
from service.tenancy.links import correction_page
from service.texts import _
from service.waiting import wait_until

router = APIRouter(prefix="/v1/photos/{photo_id}", tags=["corrections"])

_C = ProblemCode


@router.get("/corrections", responses=problems(_C.PHOTO_NOT_FOUND, _C.LINK_ENDED))
def list_corrections(photo_id: str, actor: Reader, service: TheService) -> CorrectionsAnswer:
    """See the photo's contours, which of them were placed by hand, and every correction there was."""
    return CorrectionsAnswer.of(*CorrectionDesk(service.database, service.jobs).see(actor, photo_id))


@router.put(
    "/corrections/{side}/{contour}",
    responses=problems(
        _C.PHOTO_NOT_FOUND, _C.INVALID_JSON, _C.INVALID_CORRECTION, _C.NO_CONTOURS, _C.NOT_READY, _C.LINK_ENDED
    ),
)
async def place_correction(
    photo_id: str,
    side: Side,
    contour: ContourName,
    new: NewCorrection,
    actor: Ingester,
    service: TheService,
    wait: Wait = 0,
) -> CorrectionAnswer:
    """Place a contour by hand. From now on the photo, and every comparison it is in, is measured from it.

    What was placed before stays in the history. With `wait`, the answer comes when the photo was measured anew.
    """
    desk = CorrectionDesk(service.database, service.jobs)
    row = await run_in_threadpool(desk.place, actor, photo_id, side, contour, new)
    viewer = PhotoViewer(service.database, service.vaults)
    await wait_until(_has_ended, lambda: viewer.peek(actor, photo_id), wait)
    return CorrectionAnswer.of(row)


@router.delete(
    "/corrections/{side}/{contour}",
    status_code=204,
    responses=problems(_C.PHOTO_NOT_FOUND, _C.CORRECTION_NOT_FOUND, _C.LINK_ENDED),
)
async def withdraw_correction(
    photo_id: str, side: Side, contour: ContourName, actor: Ingester, service: TheService, wait: Wait = 0
) -> None:
    """Take what the program found again. What was placed stays in the history."""
    desk = CorrectionDesk(service.database, service.jobs)
    await run_in_threadpool(desk.withdraw, actor, photo_id, side, contour)
    viewer = PhotoViewer(service.database, service.vaults)
    await wait_until(_has_ended, lambda: viewer.peek(actor, photo_id), wait)


@router.get(
    "/picture",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "The picture."},
        **problems(_C.PHOTO_NOT_FOUND, _C.PICTURE_NOT_FOUND, _C.LINK_ENDED, _C.UNAVAILABLE),
    },
)
def get_picture(photo_id: str, actor: Reader, service: TheService) -> Response:
    """Get the photo upright, at most 2400 px long, without metadata."""
    viewer = CorrectionViewer(service.database, service.vaults, service.doorkeeper)
    return Response(viewer.picture(actor, photo_id), media_type="image/jpeg")


@router.get(
    "/correct",
    response_class=HTMLResponse,
    responses=problems(_C.PHOTO_NOT_FOUND, _C.NO_CONTOURS, _C.NOT_READY, _C.LINK_ENDED),
)
def get_correction_page(photo_id: str, actor: Ingester, service: TheService, request: Request) -> HTMLResponse:
    """Open the page on which contours are placed. A browser comes here through a link (`POST …/correction-link`)."""
    seen = CorrectionViewer(service.database, service.vaults, service.doorkeeper).page(actor, photo_id)
    photo = PhotoViewer(service.database, service.vaults).peek(actor, photo_id)
    home = way_back(request, f"/app/subjects/{photo.subject_id}", _("To the subject"))
    return HTMLResponse(render_correction_page(seen, csrf=csrf_of(request), home=home))


@router.post(
    "/correction-link",
    status_code=201,
    responses=problems(_C.PHOTO_NOT_FOUND, _C.NO_CONTOURS, _C.INVALID_JSON, _C.CONSENT_MISSING),
)
def make_correction_link(
    photo_id: str, actor: Ingester, service: TheService, request: Request, new: NewCorrectionLink | None = None
) -> LinkAnswer:
    """Make a link that lets whoever has it see this photo and place its contours, and nothing else."""
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=(new or NewCorrectionLink()).hours)
    viewer = CorrectionViewer(service.database, service.vaults, service.doorkeeper)
    link = viewer.link(actor, photo_id, expires_at)
    url = str(request.base_url).rstrip("/") + correction_page(service.links, link)
    return LinkAnswer(id=link.hangs_on, url=url, expires_at=link.expires_at)


def _has_ended(photo: Photo) -> bool:
    return photo.status != PhotoStatus.QUEUED
