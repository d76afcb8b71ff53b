"""When a comparison's photos were taken: by the camera's word, or by the visit's where the camera wrote nothing."""

from collections.abc import Collection
from datetime import datetime

from service.comparisons.repository import Comparisons, ComparisonStatus
from service.database.tables import Comparison
from service.documents import ComparisonDocument, PhotoDocument, RefusedDocument
from service.photos.repository import Photos
from service.visits.repository import Visits


def dated(
    document: ComparisonDocument | RefusedDocument, visits: Visits, photos: Photos, pair: Comparison
) -> ComparisonDocument | RefusedDocument:
    """The document with the visits' times where the photos themselves carry none."""
    if isinstance(document, RefusedDocument):
        return document
    before, after = (
        visits.get(photos.get(photo_id).visit_id).taken_at for photo_id in (pair.before_photo_id, pair.after_photo_id)
    )
    return document.model_copy(
        update={"before": _with_time(document.before, before), "after": _with_time(document.after, after)}
    )


def date_anew(comparisons: Comparisons, photo_ids: Collection[str], was: datetime, now_is: datetime) -> None:
    """Give a visit's corrected time to all comparisons that show its photos by the time that it had."""
    for pair in comparisons.showing(photo_ids):
        if pair.status == ComparisonStatus.COMPARED and pair.document is not None:
            document = ComparisonDocument.model_validate_json(pair.document)
            shown = {"before": pair.before_photo_id, "after": pair.after_photo_id}
            moved = {
                which: getattr(document, which).model_copy(update={"taken_at": now_is})
                for which, photo_id in shown.items()
                if photo_id in photo_ids and getattr(document, which).taken_at == was
            }
            pair.document = document.model_copy(update=moved).model_dump_json()


def _with_time(photo: PhotoDocument, visit_time: datetime) -> PhotoDocument:
    return photo if photo.taken_at else photo.model_copy(update={"taken_at": visit_time})
