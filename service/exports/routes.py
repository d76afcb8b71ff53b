"""HTTP: exports, and how fair a pair is."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response
from starlette.concurrency import run_in_threadpool

from service.dependencies import Exporter, Reader, RequestKey, TheService, Wait
from service.documents.publishing import HonestyDocument
from service.errors import ProblemCode, problems
from service.exports.desk import ExportDesk
from service.exports.repository import ExportStatus
from service.exports.schemas import (
    ExportAnswer,
    ExportPage,
    Ids,
    NewExport,
    NewPublication,
    PreviewOptions,
    TakenDown,
)
from service.exports.viewing import ENDINGS, ExportViewer
from service.fields import RecordId
from service.paging import Limit
from service.waiting import wait_until

router = APIRouter(prefix="/v1", tags=["exports"])

_C = ProblemCode
_NO_FILE: Final = (_C.EXPORT_NOT_FOUND, _C.EXPORT_ENDED, _C.NOT_READY, _C.NO_EXPORT, _C.UNAVAILABLE)
_NO_PAIR: Final = (_C.COMPARISON_NOT_FOUND, _C.NOT_READY, _C.NO_REPORT, _C.NOT_PUBLISHABLE, _C.UNAVAILABLE)
_JPEG: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"image/jpeg": {}}, "description": "A small picture."}
}

Before = Annotated[str | None, Query(max_length=64, pattern="^[0-9a-f]*$", description="`next` of the page before.")]
Chosen = Annotated[PreviewOptions, Query()]


def _desk(service: TheService) -> ExportDesk:
    return ExportDesk(service.database, service.vaults, service.jobs)


def _viewer(service: TheService) -> ExportViewer:
    return ExportViewer(service.database, service.vaults, service.archivist)


Desk = Annotated[ExportDesk, Depends(_desk)]
Viewer = Annotated[ExportViewer, Depends(_viewer)]


@router.post(
    "/exports",
    status_code=201,
    responses=problems(*_NO_PAIR, _C.CONSENT_MISSING, _C.FORMAT_MISSING, _C.INVALID_JSON, _C.KEY_REUSED),
)
async def make_export(
    new: NewExport, actor: Exporter, desk: Desk, key: RequestKey = None, wait: Wait = 60
) -> ExportAnswer:
    """Make a pair ready to be published: moved, scaled and cropped alike, and signed.

    It needs the subject's consent to the purpose and the region, and ends with it. Where drawing outlasts `wait`, the
    status is `queued`.
    """
    export_id = await run_in_threadpool(desk.ask, actor, new, key)
    return await wait_until(lambda seen: seen.status != ExportStatus.QUEUED, lambda: desk.peek(actor, export_id), wait)


@router.get("/exports", responses=problems(_C.SUBJECT_NOT_FOUND))
def list_exports(
    actor: Reader, desk: Desk, before: Before = None, limit: Limit = 50, subject_id: RecordId | None = None
) -> ExportPage:
    """List the clinic's exports, or one subject's, the newest first; those that have ended say so."""
    return desk.newest(actor, before, limit, subject_id)


@router.get(
    "/exports.zip",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "The files."}, **problems(*_NO_FILE)},
)
def get_exports_zip(ids: Ids, actor: Exporter, viewer: Viewer) -> Response:
    """Get the files of several exports as one zip; where one of them has ended or is not there, none."""
    headers = {"Content-Disposition": 'attachment; filename="exports.zip"'}
    return Response(viewer.bundle(actor, ids.split(",")), media_type="application/zip", headers=headers)


@router.get("/exports/{export_id}", responses=problems(_C.EXPORT_NOT_FOUND))
def get_export(export_id: str, actor: Reader, desk: Desk) -> ExportAnswer:
    """See an export: what was asked for, how fair the pair is, whether it has ended, and where it was published."""
    return desk.see(actor, export_id)


@router.get(
    "/exports/{export_id}/file",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in ENDINGS}, "description": "The file."}, **problems(*_NO_FILE)},
)
def get_export_file(export_id: str, actor: Exporter, viewer: Viewer) -> Response:
    """Get the file to be published. It is given out no more once the consent was withdrawn or ran out."""
    file = viewer.file(actor, export_id)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type=file.media_type, headers=headers)


@router.get("/exports/{export_id}/thumbnail", response_class=Response, responses={**_JPEG, **problems(*_NO_FILE)})
def get_export_thumbnail(export_id: str, actor: Exporter, viewer: Viewer) -> Response:
    """Get a small picture of what the file shows, as long as the file is given out."""
    return Response(viewer.thumbnail(actor, export_id), media_type="image/jpeg")


@router.post(
    "/exports/{export_id}/publications",
    status_code=201,
    responses=problems(_C.EXPORT_NOT_FOUND, _C.NO_EXPORT, _C.INVALID_JSON),
)
def note_publication(export_id: str, new: NewPublication, actor: Exporter, desk: Desk) -> ExportAnswer:
    """Note where the export was published, so that a withdrawal can list it."""
    return desk.note(actor, export_id, new)


@router.patch(
    "/exports/{export_id}/publications/{publication_id}",
    responses=problems(_C.EXPORT_NOT_FOUND, _C.INVALID_JSON),
)
def note_taken_down(export_id: str, publication_id: str, taken: TakenDown, actor: Exporter, desk: Desk) -> ExportAnswer:
    """Note since when it is no longer there."""
    return desk.take_down(actor, export_id, publication_id, taken)


@router.get(
    "/comparisons/{comparison_id}/export-preview",
    response_class=Response,
    responses={**_JPEG, **problems(*_NO_PAIR, _C.CONSENT_MISSING, _C.FORMAT_MISSING)},
)
def get_export_preview(comparison_id: str, wanted: Chosen, actor: Exporter, viewer: Viewer) -> Response:
    """See a small picture of what an export would be, under the same conditions."""
    drawn = viewer.preview(actor, comparison_id, wanted.purpose, wanted.options)
    return Response(drawn, media_type="image/jpeg")


@router.get("/comparisons/{comparison_id}/honest-pair", responses=problems(*_NO_PAIR))
def get_honest_pair(comparison_id: str, actor: Reader, viewer: Viewer) -> HonestyDocument:
    """See how fair the pair is: what differs in light, pose, expression, zoom and colour, and whom that flatters."""
    return viewer.honesty(actor, comparison_id)
