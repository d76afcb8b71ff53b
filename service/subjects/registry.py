"""Making subjects, and erasing them."""

from service.audit import Action, record
from service.blobs.vault import Vaults, blob_prefix
from service.database import Database, retry_on_clash
from service.database.base import new_id
from service.database.tables import Subject
from service.jobs import JobEngine, JobKind
from service.subjects.repository import Subjects
from service.tenancy.repository import rows_of_subject
from service.tenancy.tenant import Actor
from service.webhooks.announcing import announce
from service.webhooks.events import Event


class SubjectRegistry:
    """What is done with subjects."""

    def __init__(self, database: Database, vaults: Vaults, jobs: JobEngine) -> None:
        self._database = database
        self._vaults = vaults
        self._jobs = jobs

    def find_or_make(self, actor: Actor, reference: str) -> Subject:
        """The subject called ``reference``, made when it is new."""
        return retry_on_clash(lambda: self._find_or_make(actor, reference))

    def erase(self, actor: Actor, subject_id: str) -> str:
        """Delete the subject's rows and key at once, and have the blobs deleted; the prefix they are under.

        Without the key the blobs are noise from the moment this returns. The job deletes them even if this process
        dies here. A worker that keeps a result of this subject meanwhile may wait for this as this waits for it.
        """
        return retry_on_clash(lambda: self._erase(actor, subject_id))

    def _erase(self, actor: Actor, subject_id: str) -> str:
        with self._database.writing(actor.tenant) as session:
            subjects = Subjects(session, actor.tenant)
            subject = subjects.get_alone(subject_id)
            counts = rows_of_subject(session, actor.tenant, subject_id)
            subjects.delete(subject)
            prefix = blob_prefix(actor.tenant, subject_id)
            record(session, actor, Action.SUBJECT_ERASED, subject_id, counts)
            self._jobs.enqueue(session, actor.tenant, JobKind.ERASE_BLOBS, prefix)
            announce(session, actor.tenant, self._jobs, Event.SUBJECT_ERASED, subject_id)
        return prefix

    def _find_or_make(self, actor: Actor, reference: str) -> Subject:
        with self._database.writing(actor.tenant) as session:
            subjects = Subjects(session, actor.tenant)
            known = subjects.by_reference(reference)
            if known is None:
                return self._make(subjects, actor, reference)
            record(session, actor, Action.SUBJECT_READ, known.id)
            return known

    def _make(self, subjects: Subjects, actor: Actor, reference: str) -> Subject:
        subject_id = new_id()
        key = self._vaults.new_wrapped_key(subject_id)
        subject = subjects.add(Subject(id=subject_id, reference=reference, wrapped_key=key.content, wrapped_by=key.by))
        record(subjects.session, actor, Action.SUBJECT_MADE, subject_id)
        return subject
