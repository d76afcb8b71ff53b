"""The JSON of photos."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from models.anatomy import View
from service.database.tables import Photo
from service.documents import MeasurementDocument, RefusedDocument
from service.documents.records import QualityDocument, RefusalDocument
from service.photos.repository import PhotoStatus


class _Kept(BaseModel):
    """What is known of every photo."""

    id: str
    subject_id: str
    visit_id: str
    view: View
    status: PhotoStatus
    sha256: str
    size_bytes: int
    uploaded_at: datetime


class PhotoSummary(_Kept):
    """A photo in a list."""


class UnmeasuredPhoto(_Kept):
    """A photo without measurements: not analysed yet, refused (``refused`` says why), or failed (``failure`` does)."""

    quality: QualityDocument | None = None
    refused: RefusalDocument | None = None
    failure: str | None = None


class AnalysedPhoto(MeasurementDocument, _Kept):
    """A photo with its measurements."""

    model_config = ConfigDict(frozen=True, extra="forbid")


PhotoAnswer = AnalysedPhoto | UnmeasuredPhoto


def photo_summary(photo: Photo) -> PhotoSummary:
    """From the row, without the measurements."""
    return PhotoSummary(**_kept(photo))


def photo_answer(photo: Photo) -> PhotoAnswer:
    """From the row, with all that is known by now."""
    if photo.document is None or photo.status in {PhotoStatus.QUEUED, PhotoStatus.FAILED}:
        return UnmeasuredPhoto(**_kept(photo), failure=photo.failure)
    if photo.status == PhotoStatus.REFUSED:
        return UnmeasuredPhoto(**_kept(photo), refused=RefusedDocument.model_validate_json(photo.document).refused)
    document = MeasurementDocument.model_validate_json(photo.document)
    return AnalysedPhoto(**{**dict(document), **_kept(photo)})


def _kept(photo: Photo) -> dict[str, Any]:
    return {
        "id": photo.id,
        "subject_id": photo.subject_id,
        "visit_id": photo.visit_id,
        "view": photo.view,
        "status": photo.status,
        "sha256": photo.sha256,
        "size_bytes": photo.size_bytes,
        "uploaded_at": photo.created_at,
    }
