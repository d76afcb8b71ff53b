"""From an upload to a photo that is never lost: blob first, then one transaction with all that belongs to it."""

from typing import Final

from sqlalchemy.orm import Session

from models.quality import FLAGS, FlagCode
from service.analysing import Analyser
from service.audit import Action, record
from service.blobs.vault import SubjectVault, Vaults
from service.database import Database, retry_on_clash
from service.database.base import new_id
from service.database.tables import Photo, Visit
from service.errors import ProblemCode, ServiceError
from service.jobs import JobEngine, JobKind
from service.limiting.allowances import Allowances
from service.limiting.storage import require_room, require_within
from service.photos.receiving import Upload
from service.photos.repository import Photos, PhotoStatus
from service.sandbox import WorkerCrashed
from service.subjects.repository import Subjects
from service.tenancy.idempotency import IdempotencyKeys, fingerprint
from service.tenancy.tenant import Actor
from service.visits.repository import Visits

_NO_PICTURE: Final = {
    FlagCode.EMPTY_FILE: ProblemCode.EMPTY_FILE,
    FlagCode.NOT_AN_IMAGE: ProblemCode.NOT_AN_IMAGE,
    FlagCode.UNSUPPORTED_FORMAT: ProblemCode.UNSUPPORTED_FORMAT,
    FlagCode.TOO_MANY_PIXELS: ProblemCode.TOO_MANY_PIXELS,
}


class PhotoKeeper:
    """Keeps uploads."""

    def __init__(
        self, database: Database, vaults: Vaults, jobs: JobEngine, doorkeeper: Analyser, allowances: Allowances
    ) -> None:
        self._database = database
        self._allowances = allowances
        self._vaults = vaults
        self._jobs = jobs
        self._doorkeeper = doorkeeper

    def require_place(self, actor: Actor, visit_id: str, key: str | None, size_bytes: int) -> None:
        """Raise ServiceError where there is no such visit, or no room in it, before a photo travels in vain.

        A request that was answered before needs no room: its answer may have been lost on the way.

        Parameters
        ----------
        size_bytes : at least so large is the photo.
        """
        allowed = self._allowances.of(actor.tenant)
        with self._database.reading(actor.tenant) as session:
            Visits(session, actor.tenant).get(visit_id)
            if not IdempotencyKeys(session, actor.tenant).has(key):
                require_room(session, actor.tenant, allowed, size_bytes)

    def keep(self, actor: Actor, visit_id: str, upload: Upload, key: str | None) -> Photo:
        """The photo, on disk and queued when this returns; or the one that the same request made before."""
        asked = fingerprint("photo", visit_id, upload.view, upload.sha256)
        known = self._known(actor, key, asked)
        if known is not None:
            return known
        self._refuse_what_is_no_picture(upload.content)
        return self._keep_new(actor, visit_id, upload, key, asked)

    def _known(self, actor: Actor, key: str | None, asked: str) -> Photo | None:
        """Look first: that takes no write lock."""
        with self._database.reading(actor.tenant) as session:
            if IdempotencyKeys(session, actor.tenant).made(key, asked) is None:
                return None
        with self._database.writing(actor.tenant) as session:
            return _made_before(session, actor, key, asked)

    def _refuse_what_is_no_picture(self, content: bytes) -> None:
        try:
            refused = self._doorkeeper.check(content)
        except WorkerCrashed as crash:
            raise ServiceError(ProblemCode.UNREADABLE_PHOTO, FLAGS[FlagCode.ANALYSIS_CRASHED].remedy) from crash
        if refused is not None:
            code = _NO_PICTURE.get(refused.refused.code, ProblemCode.UNREADABLE_PHOTO)
            raise ServiceError(code, refused.refused.says)

    def _keep_new(self, actor: Actor, visit_id: str, upload: Upload, key: str | None, asked: str) -> Photo:
        photo_id, vault = new_id(), self._vault(actor, visit_id)
        vault.put(_blob_name(photo_id), upload.content)
        try:
            kept = retry_on_clash(lambda: self._write(actor, visit_id, upload, photo_id, key, asked))
        except ServiceError:
            vault.delete(_blob_name(photo_id))
            raise
        # After any other error it may have been committed all the same: an orphaned blob is harmless, a lost one not.
        if kept.id != photo_id:
            vault.delete(_blob_name(photo_id))
        return kept

    def _vault(self, actor: Actor, visit_id: str) -> SubjectVault:
        with self._database.reading(actor.tenant) as session:
            visit = Visits(session, actor.tenant).get(visit_id)
            return self._vaults.of(Subjects(session, actor.tenant).get(visit.subject_id))

    def _write(self, actor: Actor, visit_id: str, upload: Upload, photo_id: str, key: str | None, asked: str) -> Photo:
        with self._database.writing(actor.tenant) as session:
            known = _made_before(session, actor, key, asked)
            if known is not None:
                return known
            visit = Visits(session, actor.tenant).get(visit_id)
            photo = Photos(session, actor.tenant).add(_new_row(photo_id, visit, upload))
            IdempotencyKeys(session, actor.tenant).keep(key, asked, visit.subject_id, photo_id)
            record(session, actor, Action.PHOTO_UPLOADED, photo_id)
            self._jobs.enqueue(session, actor.tenant, JobKind.ANALYSE_PHOTO, photo_id, visit.subject_id)
            require_within(session, actor.tenant, self._allowances)
            return photo


def _made_before(session: Session, actor: Actor, key: str | None, asked: str) -> Photo | None:
    made = IdempotencyKeys(session, actor.tenant).made(key, asked)
    if made is None:
        return None
    photo = Photos(session, actor.tenant).get(made)
    record(session, actor, Action.PHOTO_READ, photo.id)
    return photo


def _new_row(photo_id: str, visit: Visit, upload: Upload) -> Photo:
    return Photo(
        id=photo_id,
        subject_id=visit.subject_id,
        visit_id=visit.id,
        view=upload.view,
        sha256=upload.sha256,
        size_bytes=len(upload.content),
        upload_blob=_blob_name(photo_id),
        status=PhotoStatus.QUEUED,
    )


def _blob_name(photo_id: str) -> str:
    return f"photos/{photo_id}/upload"
