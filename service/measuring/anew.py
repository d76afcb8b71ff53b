"""Having photos and their comparisons measured anew, in the transaction of what made that necessary."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from models.provenance import METHOD_VERSION
from service.comparisons.repository import Comparisons, ComparisonStatus
from service.database.tables import Comparison, Photo
from service.jobs import JobEngine, JobKind
from service.photos.repository import PhotoStatus
from service.tenancy.tenant import TenantId


def measure_anew(session: Session, tenant: TenantId, jobs: JobEngine, photos: Iterable[Photo]) -> None:
    """Queue every photo that was not refused, and every comparison that any of them is in.

    A single photo is measured at once, for a person has just placed a contour in it; many photos, and all comparisons,
    leave the way to uploads. Figures by an earlier method stay what they were: a comparison tells which method made it.
    """
    comparisons = Comparisons(session, tenant)
    photos = list(photos)
    many = len(photos) > 1
    waiting: dict[str, Comparison] = {}
    for photo in photos:
        if photo.status != PhotoStatus.REFUSED:
            photo.status, photo.failure = PhotoStatus.QUEUED, None
            jobs.enqueue(session, tenant, JobKind.ANALYSE_PHOTO, photo.id, photo.subject_id, later=many)
        waiting |= {row.id: row for row in comparisons.with_photo(photo, METHOD_VERSION)}
    for comparison in waiting.values():
        comparison.status, comparison.failure = ComparisonStatus.QUEUED, None
        jobs.enqueue(session, tenant, JobKind.COMPARE_PHOTOS, comparison.id, comparison.subject_id, later=True)
