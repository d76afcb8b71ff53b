"""HTTP: photos."""

from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from models.anatomy import View
from service.audit import Action, Whole, record
from service.database.tables import Photo
from service.dependencies import Administrator, Ingester, Reader, RequestKey, TheService, Wait
from service.errors import ProblemCode, problems
from service.fields import From, Until, ends_before, starts_at
from service.paging import After, Limit, Page
from service.photos.erasing import PhotoEraser
from service.photos.keeping import PhotoKeeper
from service.photos.receiving import least_size_bytes, receive_upload
from service.photos.repository import PhotoFilter, Photos, PhotoStatus
from service.photos.schemas import PhotoAnswer, PhotoSummary, photo_answer, photo_summary
from service.photos.viewing import PhotoViewer
from service.subjects.repository import Subjects
from service.visits.repository import Visits
from service.waiting import wait_until, wait_until_erased

router = APIRouter(prefix="/v1", tags=["photos"])

_C = ProblemCode


def _wanted(
    status: PhotoStatus | None = None, view: View | None = None, since: From = None, until: Until = None
) -> PhotoFilter:
    return PhotoFilter(
        status, view, None if since is None else starts_at(since), None if until is None else ends_before(until)
    )


Wanted = Annotated[PhotoFilter, Depends(_wanted)]
"""By status and view, and by the moment of the upload."""

_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "JPEG, PNG, WebP, TIFF or HEIC."},
                        "view": {"type": "string", "enum": list(View), "default": View.FRONTAL},
                    },
                }
            }
        },
    }
}
"""Declared by hand, because the body is streamed and not read by the framework."""


@router.post(
    "/visits/{visit_id}/photos",
    status_code=201,
    responses=problems(
        _C.VISIT_NOT_FOUND,
        _C.INVALID_FORM,
        _C.QUOTA_EXCEEDED,
        _C.KEY_REUSED,
        _C.TOO_MANY_PIXELS,
        _C.NOT_AN_IMAGE,
        _C.UNSUPPORTED_FORMAT,
        _C.EMPTY_FILE,
        _C.UNREADABLE_PHOTO,
        _C.UNAVAILABLE,
    ),
    openapi_extra=_FORM,
)
async def upload_photo(
    visit_id: str, request: Request, actor: Ingester, service: TheService, key: RequestKey = None, wait: Wait = 0
) -> PhotoAnswer:
    """Upload a photo. It is on disk when this answers, and analysed soon after.

    A photo that cannot be measured is kept all the same, with the status `refused` and the reason.
    """
    allowances = service.limits.allowances
    keeper = PhotoKeeper(service.database, service.vaults, service.jobs, service.doorkeeper, allowances)
    await run_in_threadpool(keeper.require_place, actor, visit_id, key, least_size_bytes(request))
    upload = await receive_upload(request, service.settings.incoming, service.settings.upload_limit_bytes)
    photo = await to_thread.run_sync(keeper.keep, actor, visit_id, upload, key, limiter=service.upload_threads)
    viewer = PhotoViewer(service.database, service.vaults)
    return photo_answer(await wait_until(_has_ended, lambda: viewer.peek(actor, photo.id), wait))


@router.get("/visits/{visit_id}/photos", responses=problems(_C.VISIT_NOT_FOUND))
def list_photos(
    visit_id: str, actor: Reader, service: TheService, wanted: Wanted, after: After = None, limit: Limit = 50
) -> Page[PhotoSummary]:
    """List a visit's photos."""
    with service.database.writing(actor.tenant) as session:
        visit = Visits(session, actor.tenant).get(visit_id)
        rows = Photos(session, actor.tenant).page_of_visit(visit.id, wanted, after, limit)
        record(session, actor, Action.PHOTOS_LISTED, visit.id)
    return Page.of(rows, limit, photo_summary)


@router.get("/subjects/{subject_id}/photos", responses=problems(_C.SUBJECT_NOT_FOUND))
def list_photos_of_subject(
    subject_id: str, actor: Reader, service: TheService, wanted: Wanted, after: After = None, limit: Limit = 50
) -> Page[PhotoSummary]:
    """List the photos of all of a subject's visits."""
    with service.database.writing(actor.tenant) as session:
        subject = Subjects(session, actor.tenant).get(subject_id)
        rows = Photos(session, actor.tenant).page_of_subject(subject.id, wanted, after, limit)
        record(session, actor, Action.PHOTOS_LISTED, subject.id)
    return Page.of(rows, limit, photo_summary)


@router.get("/photos", responses=problems())
def list_photos_of_clinic(
    actor: Reader, service: TheService, wanted: Wanted, after: After = None, limit: Limit = 50
) -> Page[PhotoSummary]:
    """List the clinic's photos, for instance those that were refused today."""
    with service.database.writing(actor.tenant) as session:
        rows = Photos(session, actor.tenant).page_of_clinic(wanted, after, limit)
        record(session, actor, Action.PHOTOS_LISTED, Whole.PHOTOS)
    return Page.of(rows, limit, photo_summary)


@router.get("/photos/{photo_id}", responses=problems(_C.PHOTO_NOT_FOUND))
def get_photo(photo_id: str, actor: Reader, service: TheService) -> PhotoAnswer:
    """See a photo's status and measurements."""
    return photo_answer(PhotoViewer(service.database, service.vaults).see(actor, photo_id))


@router.get(
    "/photos/{photo_id}/file",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The bytes as uploaded."},
        **problems(_C.PHOTO_NOT_FOUND, _C.UNAVAILABLE),
    },
)
def get_file(photo_id: str, actor: Reader, service: TheService) -> Response:
    """Get the file exactly as it was uploaded, with whatever metadata it had."""
    content = PhotoViewer(service.database, service.vaults).upload(actor, photo_id)
    headers = {"Content-Disposition": f'attachment; filename="{photo_id}"'}
    return Response(content, headers=headers, media_type="application/octet-stream")


@router.get(
    "/photos/{photo_id}/overlay",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "The picture."},
        **problems(_C.PHOTO_NOT_FOUND, _C.PICTURE_NOT_FOUND, _C.NOT_READY, _C.UNAVAILABLE),
    },
)
def get_overlay(photo_id: str, actor: Reader, service: TheService) -> Response:
    """Get the photo with what was measured drawn on it, without metadata."""
    content = PhotoViewer(service.database, service.vaults).overlay(actor, photo_id)
    return Response(content, media_type="image/jpeg")


@router.get(
    "/photos/{photo_id}/thumbnail",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "The picture."},
        **problems(_C.PHOTO_NOT_FOUND, _C.PICTURE_NOT_FOUND, _C.NOT_READY, _C.UNAVAILABLE),
    },
)
def get_thumbnail(photo_id: str, actor: Reader, service: TheService) -> Response:
    """Get the photo upright and small, at most 320 px long, without metadata."""
    content = PhotoViewer(service.database, service.vaults).thumbnail(actor, photo_id)
    return Response(content, media_type="image/jpeg")


@router.delete("/photos/{photo_id}", status_code=204, responses=problems(_C.PHOTO_NOT_FOUND))
async def erase_photo(photo_id: str, actor: Administrator, service: TheService) -> None:
    """Erase a photo with its pictures and every comparison that it is in. It cannot be undone."""
    prefixes = await run_in_threadpool(PhotoEraser(service.database, service.jobs).erase, actor, photo_id)
    await wait_until_erased(service.vaults.store, prefixes)


def _has_ended(photo: Photo) -> bool:
    return photo.status != PhotoStatus.QUEUED
