"""HTTP: hints for whoever holds a camera."""

from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Query, Request

from service.dependencies import Ingester, TheService
from service.documents.pose_hints import PoseHintsDocument
from service.errors import ProblemCode, ServiceError, problems
from service.fields import RecordId
from service.pose_hints.desk import HintDesk
from service.texts import _

router = APIRouter(prefix="/v1/subjects/{subject_id}", tags=["photos"])

_C = ProblemCode
_LIMIT_BYTES: Final = 200_000
"""A JPEG of 480 px has 20 to 60 kB."""
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
    }
}

Baseline = Annotated[RecordId | None, Query(description="The photo of this subject that the new one shall match.")]


@router.post(
    "/pose-hints",
    responses=problems(_C.SUBJECT_NOT_FOUND, _C.PHOTO_NOT_FOUND, _C.NO_CONTOURS, _C.UNREADABLE_PHOTO, _C.UNAVAILABLE),
    openapi_extra=_BODY,
)
async def give_pose_hints(
    subject_id: str, request: Request, actor: Ingester, service: TheService, baseline_photo_id: Baseline = None
) -> PoseHintsDocument:
    """Say what to change before a photo is taken, so that it matches the baseline photo.

    Send what the camera sees as a JPEG of about 480 px, once or twice a second. It is looked at and forgotten.
    """
    preview = await _preview(request)
    desk = HintDesk(service.database, service.guide)
    found = await to_thread.run_sync(
        desk.hints, actor, subject_id, baseline_photo_id, preview, limiter=service.guide_thread
    )
    spoken = tuple(hint.model_copy(update={"says": _(hint.says)}) for hint in found.hints)
    return found.model_copy(update={"hints": spoken})


async def _preview(request: Request) -> bytes:
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > _LIMIT_BYTES:
            raise ServiceError(_C.TOO_LARGE, f"Send a preview of at most {_LIMIT_BYTES // 1000} kB.")
    return bytes(received)
