"""Reading photos, each reading audited."""

from sqlalchemy.orm import Session

from service.audit import Action, record
from service.blobs.vault import Vaults
from service.database import Database
from service.database.tables import Photo
from service.errors import ProblemCode, ServiceError
from service.photos.repository import Photos, PhotoStatus
from service.subjects.repository import Subjects
from service.tenancy.tenant import Actor


class PhotoViewer:
    """Reads photos for an actor."""

    def __init__(self, database: Database, vaults: Vaults) -> None:
        self._database = database
        self._vaults = vaults

    def see(self, actor: Actor, photo_id: str) -> Photo:
        """The photo's row."""
        with self._database.writing(actor.tenant) as session:
            return _audited(session, actor, photo_id, Action.PHOTO_READ)

    def peek(self, actor: Actor, photo_id: str) -> Photo:
        """The photo's row for whoever has just sent it; the upload is its audit."""
        with self._database.reading(actor.tenant) as session:
            return Photos(session, actor.tenant).get(photo_id)

    def upload(self, actor: Actor, photo_id: str) -> bytes:
        """The bytes as uploaded."""
        with self._database.writing(actor.tenant) as session:
            photo = _audited(session, actor, photo_id, Action.FILE_READ)
            vault = self._vaults.of(Subjects(session, actor.tenant).get(photo.subject_id))
        return vault.get(photo.upload_blob)

    def overlay(self, actor: Actor, photo_id: str) -> bytes:
        """The picture of what was measured, or ServiceError when there is none."""
        with self._database.writing(actor.tenant) as session:
            photo = _audited(session, actor, photo_id, Action.OVERLAY_READ)
            vault = self._vaults.of(Subjects(session, actor.tenant).get(photo.subject_id))
        if photo.overlay_blob is None:
            raise ServiceError(_why_no_picture(photo))
        return vault.get(photo.overlay_blob)

    def thumbnail(self, actor: Actor, photo_id: str) -> bytes:
        """The photo, small; the overlay of one that was analysed before there were small ones; or ServiceError."""
        with self._database.writing(actor.tenant) as session:
            photo = _audited(session, actor, photo_id, Action.THUMBNAIL_READ)
            vault = self._vaults.of(Subjects(session, actor.tenant).get(photo.subject_id))
        blob = photo.thumbnail_blob or photo.overlay_blob
        if blob is None:
            raise ServiceError(_why_no_picture(photo))
        return vault.get(blob)


def _why_no_picture(photo: Photo) -> ProblemCode:
    return ProblemCode.NOT_READY if photo.status == PhotoStatus.QUEUED else ProblemCode.PICTURE_NOT_FOUND


def _audited(session: Session, actor: Actor, photo_id: str, action: Action) -> Photo:
    photo = Photos(session, actor.tenant).get(photo_id)
    record(session, actor, action, photo_id)
    return photo
