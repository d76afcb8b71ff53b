"""Recording confounders, changing and deleting the records."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from service.audit import Action, record
from service.confounders.repository import RecordedConfounders
from service.confounders.schemas import ConfounderPatch, NewConfounder, columns, impossible
from service.database import Database, retry_on_clash
from service.database.base import new_id
from service.database.tables import RecordedConfounder
from service.errors import ProblemCode, ServiceError
from service.jobs import JobEngine
from service.series.asking import update_series
from service.subjects.repository import Subjects
from service.tenancy.idempotency import IdempotencyKeys, fingerprint
from service.tenancy.tenant import Actor


class ConfounderDesk:
    """What is done with confounders."""

    def __init__(self, database: Database, jobs: JobEngine) -> None:
        self._database = database
        self._jobs = jobs

    def make(self, actor: Actor, subject_id: str, new: NewConfounder, key: str | None) -> RecordedConfounder:
        """A new record, or the one that the same request made before."""
        return retry_on_clash(lambda: self._make(actor, subject_id, new, key))

    def change(self, actor: Actor, confounder_id: str, patch: ConfounderPatch) -> RecordedConfounder:
        """The record with what was sent in place of what it had, or ServiceError where that cannot be."""
        with self._database.writing(actor.tenant) as session:
            row = RecordedConfounders(session, actor.tenant).get(confounder_id)
            if patch.sent:
                _apply(row, patch)
                self._note(session, actor, Action.CONFOUNDER_CHANGED, row)
            else:
                record(session, actor, Action.CONFOUNDERS_READ, row.id)
            return row

    def delete(self, actor: Actor, confounder_id: str) -> None:
        """Delete a record, for instance one made by mistake."""
        with self._database.writing(actor.tenant) as session:
            rows = RecordedConfounders(session, actor.tenant)
            row = rows.get(confounder_id)
            rows.delete(row)
            IdempotencyKeys(session, actor.tenant).forget(confounder_id)
            self._note(session, actor, Action.CONFOUNDER_DELETED, row)

    def page(self, actor: Actor, subject_id: str, after: str | None, limit: int) -> Sequence[RecordedConfounder]:
        """A page of a subject's confounders: health data, so the reading is audited."""
        with self._database.writing(actor.tenant) as session:
            subject = Subjects(session, actor.tenant).get(subject_id)
            record(session, actor, Action.CONFOUNDERS_READ, subject.id)
            return RecordedConfounders(session, actor.tenant).page_of_subject(subject.id, after, limit)

    def see(self, actor: Actor, confounder_id: str) -> RecordedConfounder:
        """One record, its reading audited."""
        with self._database.writing(actor.tenant) as session:
            row = RecordedConfounders(session, actor.tenant).get(confounder_id)
            record(session, actor, Action.CONFOUNDERS_READ, row.id)
            return row

    def _make(self, actor: Actor, subject_id: str, new: NewConfounder, key: str | None) -> RecordedConfounder:
        asked = fingerprint("confounder", subject_id, new.model_dump_json())
        with self._database.writing(actor.tenant) as session:
            rows, keys = RecordedConfounders(session, actor.tenant), IdempotencyKeys(session, actor.tenant)
            subject = Subjects(session, actor.tenant).get(subject_id)
            made = keys.made(key, asked)
            if made is not None:
                record(session, actor, Action.CONFOUNDERS_READ, made)
                return rows.get(made)
            row = rows.add(RecordedConfounder(id=new_id(), subject_id=subject.id, **columns(new.model_dump())))
            keys.keep(key, asked, subject.id, row.id)
            self._note(session, actor, Action.CONFOUNDER_MADE, row)
            return row

    def _note(self, session: Session, actor: Actor, action: Action, row: RecordedConfounder) -> None:
        record(session, actor, action, row.id)
        update_series(session, actor.tenant, self._jobs, row.subject_id)


def _apply(row: RecordedConfounder, patch: ConfounderPatch) -> None:
    for name, value in columns(dict(patch.sent)).items():
        setattr(row, name, value)
    wrong = impossible(row.since, row.until)
    if wrong is not None:
        raise ServiceError(ProblemCode.INVALID_REQUEST, f"{wrong.capitalize()}.")
