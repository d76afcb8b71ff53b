"""Judging what a camera sees against a subject's earlier photo."""

from service.analysing import Analyser
from service.audit import Action, record
from service.database import Database
from service.documents import MeasurementDocument
from service.documents.pose_hints import HeldHeadDocument, PoseHintsDocument
from service.errors import ProblemCode, ServiceError
from service.photos.repository import Photos, PhotoStatus
from service.sandbox import WorkerCrashed
from service.subjects.repository import Subjects
from service.tenancy.tenant import Actor


class HintDesk:
    """Tells what to change. What the camera sees is kept nowhere."""

    def __init__(self, database: Database, guide: Analyser) -> None:
        self._database = database
        self._guide = guide

    def hints(self, actor: Actor, subject_id: str, baseline_photo_id: str | None, preview: bytes) -> PoseHintsDocument:
        """What to change, or ServiceError where the preview cannot be looked at."""
        held = self._held(actor, subject_id, baseline_photo_id)
        try:
            found = self._guide.pose_hints(preview, held)
        except WorkerCrashed as crash:
            raise ServiceError(ProblemCode.UNREADABLE_PHOTO) from crash
        if found is None:
            raise ServiceError(ProblemCode.UNREADABLE_PHOTO)
        return found

    def _held(self, actor: Actor, subject_id: str, photo_id: str | None) -> HeldHeadDocument | None:
        with self._database.writing(actor.tenant) as session:
            subject = Subjects(session, actor.tenant).get(subject_id)
            record(session, actor, Action.POSE_HINTS_READ, photo_id or subject.id)
            if photo_id is None:
                return None
            photo = Photos(session, actor.tenant).get_of_subject(subject.id, photo_id)
        if photo.document is None or photo.status != PhotoStatus.ANALYSED:
            raise ServiceError(ProblemCode.NO_CONTOURS)
        return HeldHeadDocument.of(MeasurementDocument.model_validate_json(photo.document))
