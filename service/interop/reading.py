"""Reading what is told to other systems, each reading audited."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from models.anatomy import View
from models.provenance import METHOD_VERSION
from service.analysing import Analyser
from service.audit import Action, record
from service.blobs.vault import Vaults
from service.comparisons.repository import Comparisons, ComparisonStatus
from service.database import Database
from service.database.tables import Comparison, Photo, Visit
from service.documents import ComparisonDocument, MeasurementDocument, RefusedDocument
from service.errors import ProblemCode, ServiceError
from service.interop.dicom import ArchivedPhoto
from service.interop.fhir import TakenPhoto, ToldRecord
from service.photos.repository import Photos, PhotoStatus
from service.sandbox import WholePicture, WorkerCrashed
from service.subjects.repository import Subjects
from service.tenancy.tenant import Actor
from service.visits.repository import Visits

AddressOf = Callable[[str], str]
"""From a photo's id to where its file is."""


class InteropReader:
    """Reads comparisons and photos for an actor."""

    def __init__(self, database: Database, address_of: AddressOf) -> None:
        self._database = database
        self._address_of = address_of

    def comparison(self, actor: Actor, comparison_id: str) -> tuple[ComparisonDocument, ToldRecord]:
        """The pair's figures, or ServiceError with the reason why there are none."""
        with self._database.writing(actor.tenant) as session:
            pair = Comparisons(session, actor.tenant).get(comparison_id)
            record(session, actor, Action.COMPARISON_FHIR_READ, comparison_id)
            document = ComparisonDocument.model_validate_json(_figures(pair, ComparisonStatus.COMPARED))
            shown = {"before": (pair.before_photo_id, document.before), "after": (pair.after_photo_id, document.after)}
            photos = [
                self._taken(session, actor, Photos(session, actor.tenant).get(photo_id), which, told.taken_at)
                for which, (photo_id, told) in shown.items()
            ]
        return document, ToldRecord("comparison", pair.id, pair.subject_id, pair.measured_at or pair.created_at, photos)

    def photo(self, actor: Actor, photo_id: str) -> tuple[MeasurementDocument, ToldRecord]:
        """The photo's figures, or ServiceError with the reason why there are none."""
        with self._database.writing(actor.tenant) as session:
            photo = Photos(session, actor.tenant).get(photo_id)
            record(session, actor, Action.PHOTO_FHIR_READ, photo_id)
            document = MeasurementDocument.model_validate_json(_figures(photo, PhotoStatus.ANALYSED))
            taken = self._taken(session, actor, photo, photo.view, document.taken_at)
        about = ToldRecord("photo", photo.id, photo.subject_id, photo.measured_at or photo.created_at, [taken])
        return document, about

    def _taken(self, session: Session, actor: Actor, photo: Photo, which: str, taken_at: datetime | None) -> TakenPhoto:
        """By the camera's word, or by the visit's where it wrote nothing."""
        moment = taken_at or Visits(session, actor.tenant).get(photo.visit_id).taken_at
        return TakenPhoto(photo.id, which, photo.sha256, moment, self._address_of(photo.id))


class PhotoArchivist:
    """Reads photos as files for another system's archive."""

    def __init__(self, database: Database, vaults: Vaults, archivist: Analyser) -> None:
        self._database = database
        self._vaults = vaults
        self._archivist = archivist

    def photo(self, actor: Actor, photo_id: str) -> tuple[WholePicture, ArchivedPhoto]:
        """The upright picture and what is told of it, or ServiceError where it is not ready or cannot be opened."""
        with self._database.writing(actor.tenant) as session:
            photo = Photos(session, actor.tenant).get(photo_id)
            record(session, actor, Action.PHOTO_DICOM_READ, photo_id)
            if photo.status == PhotoStatus.QUEUED:
                raise ServiceError(ProblemCode.NOT_READY)
            about = _archived(photo, Visits(session, actor.tenant).get(photo.visit_id))
            vault = self._vaults.of(Subjects(session, actor.tenant).get(photo.subject_id))
        return self._picture(vault.get(photo.upload_blob)), about

    def _picture(self, upload: bytes) -> WholePicture:
        try:
            picture = self._archivist.whole_picture(upload)
        except WorkerCrashed:
            picture = None
        if picture is None:
            raise ServiceError(ProblemCode.PICTURE_NOT_FOUND)
        return picture


def _archived(photo: Photo, visit: Visit) -> ArchivedPhoto:
    """With the camera's time where it has a zone: one without cannot be told beside others that have one."""
    taken_at = None
    if photo.status == PhotoStatus.ANALYSED and photo.document is not None:
        taken_at = MeasurementDocument.model_validate_json(photo.document).taken_at
    return ArchivedPhoto(
        id=photo.id,
        subject_id=photo.subject_id,
        visit_id=visit.id,
        view=View(photo.view),
        taken_at=taken_at if taken_at is not None and taken_at.tzinfo is not None else visit.taken_at,
        visited_at=visit.taken_at,
        version=METHOD_VERSION,
    )


def _figures(row: Photo | Comparison, ended_well: PhotoStatus | ComparisonStatus) -> str:
    """The row's document."""
    if row.status == PhotoStatus.QUEUED:
        raise ServiceError(ProblemCode.NOT_READY)
    if row.document is None or row.status == PhotoStatus.FAILED:
        raise ServiceError(ProblemCode.NO_FIGURES, row.failure)
    if row.status != ended_well:
        raise ServiceError(ProblemCode.NO_FIGURES, RefusedDocument.model_validate_json(row.document).refused.says)
    return row.document
