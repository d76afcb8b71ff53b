"""Reading what the page needs, each reading audited."""

from datetime import datetime

from models.consent import Purpose
from service.analysing import Analyser
from service.audit import Action, record
from service.blobs.vault import Vaults
from service.corrections.repository import Corrections
from service.corrections.schemas import CorrectionsAnswer, measured_document
from service.database import Database
from service.errors import ProblemCode, ServiceError
from service.photos.repository import Photos, PhotoStatus
from service.sandbox import WorkerCrashed
from service.subjects.repository import Subjects
from service.tenancy.keeping_links import About, keep
from service.tenancy.links import CorrectionLink
from service.tenancy.scope import Scope
from service.tenancy.tenant import Actor


class CorrectionViewer:
    """Shows a photo to whoever places its contours."""

    def __init__(self, database: Database, vaults: Vaults, doorkeeper: Analyser) -> None:
        self._database = database
        self._vaults = vaults
        self._doorkeeper = doorkeeper

    def page(self, actor: Actor, photo_id: str) -> CorrectionsAnswer:
        """The photo's contours, or ServiceError where it has none."""
        with self._database.writing(actor.tenant) as session:
            photo = Photos(session, actor.tenant).get(photo_id)
            record(session, actor, Action.CORRECTIONS_READ, photo_id)
            rows = Corrections(session, actor.tenant).history_of(photo_id)
        if measured_document(photo) is None:
            queued = photo.status == PhotoStatus.QUEUED
            raise ServiceError(ProblemCode.NOT_READY if queued else ProblemCode.NO_CONTOURS)
        return CorrectionsAnswer.of(photo, rows)

    def picture(self, actor: Actor, photo_id: str) -> bytes:
        """The photo upright (JPEG), or ServiceError where it cannot be opened."""
        with self._database.writing(actor.tenant) as session:
            photo = Photos(session, actor.tenant).get(photo_id)
            record(session, actor, Action.PICTURE_READ, photo_id)
            vault = self._vaults.of(Subjects(session, actor.tenant).get(photo.subject_id))
        try:
            picture = self._doorkeeper.picture(vault.get(photo.upload_blob))
        except WorkerCrashed:
            picture = None
        if picture is None:
            raise ServiceError(ProblemCode.PICTURE_NOT_FOUND)
        return picture

    def link(self, actor: Actor, photo_id: str, expires_at: datetime) -> CorrectionLink:
        """Permission to see this photo and to correct its contours until ``expires_at``."""
        actor.require(Scope.READ)
        with self._database.writing(actor.tenant) as session:
            photo = Photos(session, actor.tenant).get(photo_id)
            record(session, actor, Action.LINK_MADE, photo_id)
            if photo.status in {PhotoStatus.REFUSED, PhotoStatus.FAILED}:
                raise ServiceError(ProblemCode.NO_CONTOURS)
            link = CorrectionLink(actor.tenant, photo.id, expires_at, actor.name)
            return keep(session, actor, link, About(photo.subject_id, Purpose.CLINICAL))
