"""Reading comparisons, each reading audited."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.consent import Purpose
from service.audit import Action, record
from service.blobs.vault import Vaults
from service.comparisons.repository import Comparisons, ComparisonStatus
from service.comparisons.schemas import Which
from service.database import Database
from service.database.tables import Comparison
from service.documents import ComparisonDocument, RefusedDocument
from service.errors import ProblemCode, ServiceError
from service.subjects.repository import Subjects
from service.tenancy.keeping_links import About, keep
from service.tenancy.links import ReportLink
from service.tenancy.scope import Scope
from service.tenancy.tenant import Actor


class ComparisonViewer:
    """Reads comparisons for an actor."""

    def __init__(self, database: Database, vaults: Vaults) -> None:
        self._database = database
        self._vaults = vaults

    def see(self, actor: Actor, comparison_id: str) -> Comparison:
        """The comparison's row."""
        with self._database.writing(actor.tenant) as session:
            return _audited(session, actor, comparison_id, Action.COMPARISON_READ)

    def peek(self, actor: Actor, comparison_id: str) -> Comparison:
        """The row for whoever has just asked for it; the asking is its audit."""
        with self._database.reading(actor.tenant) as session:
            return Comparisons(session, actor.tenant).get(comparison_id)

    def shown_photos(self, actor: Actor, comparison_id: str) -> dict[str, str]:
        """The ids of the photos that the report shows; the report's reading is its audit."""
        pair = self.peek(actor, comparison_id)
        return {"before": pair.before_photo_id, "after": pair.after_photo_id}

    def report(self, actor: Actor, comparison_id: str) -> ComparisonDocument:
        """What a report tells, or ServiceError with the reason why there is none."""
        with self._database.writing(actor.tenant) as session:
            pair = _audited(session, actor, comparison_id, Action.REPORT_READ)
        return report_document(pair)

    def printed(self, actor: Actor, comparison_id: str) -> tuple[ComparisonDocument, bytes, bytes]:
        """What a printed report needs: the document and both aligned pictures (JPEG)."""
        with self._database.writing(actor.tenant) as session:
            pair = _audited(session, actor, comparison_id, Action.REPORT_PDF_READ)
            vault = self._vaults.of(Subjects(session, actor.tenant).get(pair.subject_id))
        document = report_document(pair)
        before, after = (vault.get(aligned_blob(pair, which)) for which in Which)
        return document, before, after

    def aligned(self, actor: Actor, comparison_id: str, which: Which) -> bytes:
        """One of the two aligned pictures (JPEG)."""
        with self._database.writing(actor.tenant) as session:
            pair = _audited(session, actor, comparison_id, Action.ALIGNED_READ)
            vault = self._vaults.of(Subjects(session, actor.tenant).get(pair.subject_id))
        return vault.get(aligned_blob(pair, which))

    def link(
        self, actor: Actor, comparison_id: str, expires_at: datetime, *, may_correct: bool, purpose: Purpose
    ) -> ReportLink:
        """Permission to read this comparison's report until ``expires_at``, and to correct contours from it.

        It ends with the consent to the purpose, where that is earlier.
        """
        if may_correct:
            actor.require(Scope.INGEST)
        with self._database.writing(actor.tenant) as session:
            pair = _audited(session, actor, comparison_id, Action.LINK_MADE)
            link = ReportLink(actor.tenant, pair.id, expires_at, corrector=actor.name if may_correct else None)
            return keep(session, actor, link, About(pair.subject_id, purpose))


def report_document(pair: Comparison) -> ComparisonDocument:
    """What a report tells of the comparison, or ServiceError with the reason why there is none."""
    if pair.status != ComparisonStatus.COMPARED or pair.document is None:
        raise _why_no_report(pair)
    document = ComparisonDocument.model_validate_json(pair.document)
    if document.alignment is None:
        raise ServiceError(ProblemCode.NO_REPORT, " ".join(flag.says for flag in document.comparability.flags))
    return document


def aligned_blob(pair: Comparison, which: Which) -> str:
    """The name of an aligned picture's blob, or ServiceError where there is none."""
    if pair.status == ComparisonStatus.QUEUED:
        raise ServiceError(ProblemCode.NOT_READY)
    blob = pair.aligned_before_blob if which is Which.BEFORE else pair.aligned_after_blob
    if blob is None:
        raise ServiceError(ProblemCode.PICTURE_NOT_FOUND)
    return blob


def _audited(session: Session, actor: Actor, comparison_id: str, action: Action) -> Comparison:
    pair = Comparisons(session, actor.tenant).get(comparison_id)
    record(session, actor, action, comparison_id)
    return pair


def _why_no_report(pair: Comparison) -> ServiceError:
    if pair.status == ComparisonStatus.QUEUED:
        return ServiceError(ProblemCode.NOT_READY)
    if pair.document is None or pair.status == ComparisonStatus.FAILED:
        return ServiceError(ProblemCode.NO_REPORT, pair.failure)
    return ServiceError(ProblemCode.NO_REPORT, RefusedDocument.model_validate_json(pair.document).refused.says)
