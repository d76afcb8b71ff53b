"""Which blobs the rows of a subject name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from service.blobs.master_key import OVERHEAD_BYTES
from service.comparisons.repository import Comparisons
from service.database.export_tables import Export
from service.database.tables import Comparison, Photo
from service.exports.repository import Exports
from service.jobs import JobKind
from service.photos.repository import Photos
from service.tenancy.tenant import TenantId

JUDGED: Final = ("photos/", "comparisons/", "exports/")
"""Blobs of a living subject that begin otherwise are not judged: the rows that name them are not asked here."""


@dataclass(frozen=True, slots=True)
class Claim:
    """That a row names a blob.

    Parameters
    ----------
    blob : its name in the subject's vault.
    made_by : the job that makes it again; None for an upload, which nothing can make again.
    size_bytes, sha256 : of what was uploaded; None of a picture.
    """

    row: str
    blob: str
    made_by: JobKind | None = None
    size_bytes: int | None = None
    sha256: str | None = None

    def fits(self, sealed_bytes: int) -> bool:
        """Whether the sealed blob can be what was put there, by its size."""
        if self.size_bytes is None:
            return sealed_bytes > OVERHEAD_BYTES
        return sealed_bytes == self.size_bytes + OVERHEAD_BYTES


def claims_of(session: Session, tenant: TenantId, subject_id: str) -> list[Claim]:
    """What the subject's photos, comparisons and exports name, as committed now."""
    photos = Photos(session, tenant).every_light(Photo.subject_id == subject_id)
    pairs = Comparisons(session, tenant).every_light(Comparison.subject_id == subject_id)
    exports = Exports(session, tenant).every(Export.subject_id == subject_id)
    return [*(claim for photo in photos for claim in _of_photo(photo)), *_of_pairs(pairs), *_of_exports(exports)]


def _of_photo(photo: Photo) -> Iterator[Claim]:
    yield Claim(photo.id, photo.upload_blob, size_bytes=photo.size_bytes, sha256=photo.sha256)
    for blob in (photo.overlay_blob, photo.thumbnail_blob):
        if blob is not None:
            yield Claim(photo.id, blob, JobKind.ANALYSE_PHOTO)


def _of_pairs(pairs: Sequence[Comparison]) -> Iterator[Claim]:
    for pair in pairs:
        for blob in (pair.aligned_before_blob, pair.aligned_after_blob):
            if blob is not None:
                yield Claim(pair.id, blob, JobKind.COMPARE_PHOTOS)


def _of_exports(exports: Sequence[Export]) -> Iterator[Claim]:
    for export in exports:
        for blob in (export.file_blob, export.draft_blob):
            if blob is not None:
                yield Claim(export.id, blob, JobKind.MAKE_EXPORT)
