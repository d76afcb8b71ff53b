"""Asking for exports, seeing them, and noting where they were published. Consent is asked for at every door."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from models.publishing import Layout
from service.audit import Action, Whole, record
from service.blobs.vault import Vaults
from service.consents.permission import require_consent
from service.database import Database, retry_on_clash
from service.database.base import new_id, now
from service.database.export_tables import Export, ExportPublication
from service.errors import ProblemCode, ServiceError
from service.exports.ordering import PairToPublish, composed_texts
from service.exports.repository import ExportPublications, Exports, ExportStatus, ended_of
from service.exports.schemas import ExportAnswer, ExportPage, ExportTexts, NewExport, NewPublication, TakenDown
from service.jobs import JobEngine, JobKind
from service.subjects.repository import Subjects
from service.tenancy.idempotency import IdempotencyKeys, fingerprint
from service.tenancy.tenant import Actor


class ExportDesk:
    """What is done with exports."""

    def __init__(self, database: Database, vaults: Vaults, jobs: JobEngine) -> None:
        self._database = database
        self._vaults = vaults
        self._jobs = jobs

    def ask(self, actor: Actor, new: NewExport, key: str | None) -> str:
        """The id of a new export, which is drawn next, or of the one that the same request made before.

        Raises
        ------
        ServiceError
            ``consent_missing`` where the subject did not agree to this purpose and region.
        """
        require_format(new.format)
        texts = self._composed(actor, new)
        return retry_on_clash(lambda: self._ask(actor, new, texts, key))

    def see(self, actor: Actor, export_id: str) -> ExportAnswer:
        """The export as it stands."""
        with self._database.writing(actor.tenant) as session:
            export = Exports(session, actor.tenant).get(export_id)
            record(session, actor, Action.EXPORT_READ, export.id)
            return _answers(session, actor, [export])[0]

    def peek(self, actor: Actor, export_id: str) -> ExportAnswer:
        """The same for whoever has just asked for it; the asking is its audit."""
        with self._database.reading(actor.tenant) as session:
            return _answers(session, actor, [Exports(session, actor.tenant).get(export_id)])[0]

    def newest(self, actor: Actor, before: str | None, limit: int, subject_id: str | None) -> ExportPage:
        """A page of the clinic's exports or of one subject's, the newest first."""
        with self._database.writing(actor.tenant) as session:
            whose = None if subject_id is None else Subjects(session, actor.tenant).get(subject_id).id
            rows = Exports(session, actor.tenant).newest(before, limit, whose)
            record(session, actor, Action.EXPORTS_LISTED, whose or Whole.EXPORTS)
            items = _answers(session, actor, rows)
        return ExportPage(items=items, next=rows[-1].id if len(rows) == limit else None)

    def note(self, actor: Actor, export_id: str, new: NewPublication) -> ExportAnswer:
        """The export with one more place where it was published; one that has ended may have been published before."""
        with self._database.writing(actor.tenant) as session:
            export = Exports(session, actor.tenant).get(export_id)
            if export.status != ExportStatus.MADE:
                raise ServiceError(ProblemCode.NO_EXPORT)
            told = {**new.model_dump(), "export_id": export.id, "subject_id": export.subject_id}
            ExportPublications(session, actor.tenant).add(ExportPublication(**told, noted_by=actor.name))
            record(session, actor, Action.PUBLICATION_NOTED, export.id)
            return _answers(session, actor, [export])[0]

    def take_down(self, actor: Actor, export_id: str, publication_id: str, taken: TakenDown) -> ExportAnswer:
        """The export with the day since which it is no longer there."""
        with self._database.writing(actor.tenant) as session:
            export = Exports(session, actor.tenant).get(export_id)
            publication = ExportPublications(session, actor.tenant).get(publication_id)
            if publication.export_id != export.id:
                raise ServiceError(ProblemCode.EXPORT_NOT_FOUND)
            if taken.taken_down_on < publication.published_on:
                raise ServiceError(ProblemCode.INVALID_REQUEST, "taken_down_on lies before published_on.")
            publication.taken_down_on = taken.taken_down_on
            record(session, actor, Action.PUBLICATION_CHANGED, export.id)
            return _answers(session, actor, [export])[0]

    def _composed(self, actor: Actor, new: NewExport) -> ExportTexts:
        """The texts, before anything is held for writing: the caption reads the whole cohort."""
        with self._database.reading(actor.tenant) as session:
            pair = PairToPublish.of(session, actor.tenant, self._vaults, new.comparison_id).comparison
            require_consent(session, actor.tenant, pair.subject_id, new.purpose, new.region, now())
            return composed_texts(session, actor.tenant, pair, new.options)

    def _ask(self, actor: Actor, new: NewExport, texts: ExportTexts, key: str | None) -> str:
        asked = fingerprint("export", new.model_dump_json())
        with self._database.writing(actor.tenant) as session:
            keys = IdempotencyKeys(session, actor.tenant)
            made = keys.made(key, asked)
            if made is not None:
                record(session, actor, Action.EXPORT_READ, made)
                return made
            export = self._new(session, actor, new, texts)
            keys.keep(key, asked, export.subject_id, export.id)
            self._jobs.enqueue(session, actor.tenant, JobKind.MAKE_EXPORT, export.id, export.subject_id)
            record(session, actor, Action.EXPORT_MADE, export.id)
            return export.id

    def _new(self, session: Session, actor: Actor, new: NewExport, texts: ExportTexts) -> Export:
        pair = PairToPublish.of(session, actor.tenant, self._vaults, new.comparison_id).comparison
        consent = require_consent(session, actor.tenant, pair.subject_id, new.purpose, new.region, now())
        row = Export(
            id=new_id(),
            subject_id=pair.subject_id,
            comparison_id=pair.id,
            consent_id=consent.id,
            purpose=new.purpose,
            region=new.region,
            options=new.options.model_dump_json(),
            texts=texts.model_dump_json(),
            status=ExportStatus.QUEUED,
            made_by=actor.name,
        )
        return Exports(session, actor.tenant).add(row)


def require_format(layout: Layout) -> None:
    """Raise ServiceError for the format that needs an encoder of its own; drawing may write no file."""
    if layout is Layout.MP4:
        raise ServiceError(ProblemCode.FORMAT_MISSING)


def _answers(session: Session, actor: Actor, rows: Sequence[Export]) -> list[ExportAnswer]:
    ended = ended_of(session, actor.tenant, rows, now())
    publications = ExportPublications(session, actor.tenant).of([row.id for row in rows])
    return [ExportAnswer.of(row, publications, ended=row.id in ended) for row in rows]
