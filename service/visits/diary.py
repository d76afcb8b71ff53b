"""Making visits."""

from service.audit import Action, record
from service.database import Database, retry_on_clash
from service.database.tables import Visit, new_id
from service.subjects.repository import Subjects
from service.tenancy.idempotency import IdempotencyKeys, fingerprint
from service.tenancy.tenant import Actor
from service.visits.repository import Visits
from service.visits.schemas import NewVisit


class Diary:
    """What is done with visits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, actor: Actor, subject_id: str, new: NewVisit, key: str | None) -> Visit:
        """A new visit of the subject, or the one that the same request made before."""
        return retry_on_clash(lambda: self._make(actor, subject_id, new, key))

    def _make(self, actor: Actor, subject_id: str, new: NewVisit, key: str | None) -> Visit:
        asked = fingerprint("visit", subject_id, new.model_dump_json())
        with self._database.writing() as session:
            visits, keys = Visits(session, actor.tenant), IdempotencyKeys(session, actor.tenant)
            subject = Subjects(session, actor.tenant).get(subject_id)
            made = keys.made(key, asked)
            if made is not None:
                return visits.get(made)
            visit = visits.add(Visit(id=new_id(), subject_id=subject.id, **new.model_dump()))
            keys.keep(key, asked, subject.id, visit.id)
            record(session, actor, Action.VISIT_MADE, visit.id)
            return visit
