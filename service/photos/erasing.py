"""Erasing single photos: rows at once, blobs by a job that is never given up."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from service.audit import Action, record
from service.blobs.vault import blob_prefix
from service.comparisons.repository import Comparisons
from service.database import Database
from service.database.tables import Photo
from service.exports.repository import Exports
from service.jobs import JobEngine, JobKind
from service.photos.repository import Photos
from service.series.asking import update_series
from service.tenancy.idempotency import IdempotencyKeys
from service.tenancy.tenant import Actor


class PhotoEraser:
    """Erases photos one by one."""

    def __init__(self, database: Database, jobs: JobEngine) -> None:
        self._database = database
        self._jobs = jobs

    def erase(self, actor: Actor, photo_id: str) -> list[str]:
        """Delete the photo, its comparisons and its pictures; the prefixes of the blobs that are being deleted."""
        with self._database.writing(actor.tenant) as session:
            return erase_photos(session, actor, self._jobs, [Photos(session, actor.tenant).get(photo_id)])


def erase_photos(session: Session, actor: Actor, jobs: JobEngine, photos: Iterable[Photo]) -> list[str]:
    """Delete the photos in the caller's transaction, with every comparison that any of them is in.

    Work on them that is under way ends without a trace: its job is no longer there to be finished. A request that made
    one of them may be sent again under its old key, and makes it anew.
    """
    photos = list(photos)
    for subject_id in {photo.subject_id for photo in photos}:
        update_series(session, actor.tenant, jobs, subject_id)
    return [prefix for photo in photos for prefix in _erase(session, actor, jobs, photo)]


def _erase(session: Session, actor: Actor, jobs: JobEngine, photo: Photo) -> Sequence[str]:
    photos, comparisons = Photos(session, actor.tenant), Comparisons(session, actor.tenant)
    pairs = comparisons.all_with_photo(photo)
    under = blob_prefix(actor.tenant, photo.subject_id)
    made = [export.id for pair in pairs for export in Exports(session, actor.tenant).of_comparison(pair.id)]
    kept = {"photos": [photo.id], "comparisons": [pair.id for pair in pairs], "exports": made}
    prefixes = [f"{under}/{folder}/{one}" for folder, ids in kept.items() for one in ids]
    jobs.drop(session, actor.tenant, [one for ids in kept.values() for one in ids])
    for pair in pairs:
        comparisons.delete(pair)
    for one in (photo.id, *made):
        IdempotencyKeys(session, actor.tenant).forget(one)
    photos.delete(photo)
    record(session, actor, Action.PHOTO_DELETED, photo.id)
    for prefix in prefixes:
        jobs.enqueue(session, actor.tenant, JobKind.ERASE_BLOBS, prefix)
    return prefixes
