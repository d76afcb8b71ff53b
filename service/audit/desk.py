"""Reading the audit, verifying it, and proving an erasure. Each of these is itself in the audit."""

from collections.abc import Sequence

from service.audit.anchor import Anchor
from service.audit.rows import AuditFilter, AuditRows
from service.audit.schemas import AuditAnswer, ErasureAnswer
from service.audit.trail import Action, Whole, record
from service.audit.verification import Verification, verify
from service.blobs.store import BlobStore
from service.blobs.vault import blob_prefix
from service.database import Database
from service.database.tables import AuditRow
from service.errors import ProblemCode, ServiceError
from service.tenancy.repository import rows_of_subject
from service.tenancy.tenant import Actor


class AuditDesk:
    """What is done with a clinic's audit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, actor: Actor, wanted: AuditFilter, after: int, limit: int) -> Sequence[AuditRow]:
        """A page of the rows that are wanted; the reading comes after them."""
        with self._database.writing(actor.tenant) as session:
            rows = AuditRows(session, actor.tenant).page(wanted, after, limit)
            record(session, actor, Action.AUDIT_READ, Whole.AUDIT)
            return rows

    def latest(self, actor: Actor, wanted: AuditFilter, before: int | None, limit: int) -> Sequence[AuditRow]:
        """The same, newest first, before the row with the number ``before``."""
        with self._database.writing(actor.tenant) as session:
            rows = AuditRows(session, actor.tenant).latest(wanted, before, limit)
            record(session, actor, Action.AUDIT_READ, Whole.AUDIT)
            return rows

    def verify(self, actor: Actor, anchors: Sequence[Anchor]) -> Verification:
        """What a walk along the clinic's chain finds; this verification is its last row."""
        with self._database.writing(actor.tenant) as session:
            record(session, actor, Action.AUDIT_VERIFIED, Whole.AUDIT)
        return verify(self._database, actor.tenant, anchors)

    def erasure(self, actor: Actor, subject_id: str, store: BlobStore) -> ErasureAnswer:
        """The proof of a subject's erasure, as things stand now; ServiceError where none was erased under this id."""
        erased = AuditFilter(action=Action.SUBJECT_ERASED, target=subject_id)
        with self._database.writing(actor.tenant) as session:
            rows = AuditRows(session, actor.tenant).page(erased, 0, 1)
            if not rows:
                raise ServiceError(ProblemCode.ERASURE_NOT_FOUND)
            record(session, actor, Action.ERASURE_READ, subject_id)
            left = rows_of_subject(session, actor.tenant, subject_id)
        blobs_left = sum(1 for _ in store.names_under(blob_prefix(actor.tenant, subject_id)))
        told = AuditAnswer.of(rows[0])
        return ErasureAnswer(
            subject_id=subject_id,
            erased_at=told.at,
            erased_by=told.actor,
            rows_erased=told.counts,
            rows_left=left,
            blobs_left=blobs_left,
            complete=not left and blobs_left == 0,
            audit=told,
        )
