"""Making visits, changing and deleting them."""

from datetime import datetime

from sqlalchemy.orm import Session

from service.audit import Action, record
from service.comparisons.dating import date_anew
from service.comparisons.repository import Comparisons
from service.courses.repository import Courses
from service.database import Database, retry_on_clash
from service.database.base import new_id
from service.database.tables import Photo, Visit
from service.jobs import JobEngine
from service.photos.erasing import erase_photos
from service.photos.repository import Photos
from service.series.asking import update_series
from service.subjects.repository import Subjects
from service.tenancy.idempotency import IdempotencyKeys, fingerprint
from service.tenancy.tenant import Actor
from service.visits.repository import Visits
from service.visits.schemas import NewVisit, VisitPatch


class Diary:
    """What is done with visits."""

    def __init__(self, database: Database, jobs: JobEngine) -> None:
        self._database = database
        self._jobs = jobs

    def make(self, actor: Actor, subject_id: str, new: NewVisit, key: str | None) -> Visit:
        """A new visit of the subject, or the one that the same request made before."""
        return retry_on_clash(lambda: self._make(actor, subject_id, new, key))

    def change(self, actor: Actor, visit_id: str, patch: VisitPatch) -> Visit:
        """The visit with what was sent in place of what it had."""
        with self._database.writing(actor.tenant) as session:
            visit = Visits(session, actor.tenant).get(visit_id)
            _require_course(session, actor, visit.subject_id, patch.course_id)
            was = visit.taken_at
            for name, value in patch.sent.items():
                setattr(visit, name, value)
            if visit.taken_at != was:
                _date_anew(session, actor, visit, was)
            record(session, actor, Action.VISIT_CHANGED if patch.sent else Action.VISITS_READ, visit.id)
            if patch.sent:
                update_series(session, actor.tenant, self._jobs, visit.subject_id)
            return visit

    def delete(self, actor: Actor, visit_id: str) -> list[str]:
        """Delete the visit with its photos and their comparisons; the prefixes of the blobs that are being deleted."""
        with self._database.writing(actor.tenant) as session:
            visits, photos = Visits(session, actor.tenant), Photos(session, actor.tenant)
            visit = visits.get(visit_id)
            prefixes = erase_photos(session, actor, self._jobs, photos.every_light(Photo.visit_id == visit.id))
            IdempotencyKeys(session, actor.tenant).forget(visit.id)
            visits.delete(visit)
            record(session, actor, Action.VISIT_DELETED, visit_id)
            update_series(session, actor.tenant, self._jobs, visit.subject_id)
            return prefixes

    def _make(self, actor: Actor, subject_id: str, new: NewVisit, key: str | None) -> Visit:
        asked = fingerprint("visit", subject_id, new.model_dump_json())
        with self._database.writing(actor.tenant) as session:
            visits, keys = Visits(session, actor.tenant), IdempotencyKeys(session, actor.tenant)
            subject = Subjects(session, actor.tenant).get(subject_id)
            made = keys.made(key, asked)
            if made is not None:
                record(session, actor, Action.VISITS_READ, made)
                return visits.get(made)
            _require_course(session, actor, subject.id, new.course_id)
            visit = visits.add(Visit(id=new_id(), subject_id=subject.id, **new.model_dump()))
            keys.keep(key, asked, subject.id, visit.id)
            record(session, actor, Action.VISIT_MADE, visit.id)
            update_series(session, actor.tenant, self._jobs, subject.id)
            return visit


def _date_anew(session: Session, actor: Actor, visit: Visit, was: datetime) -> None:
    photo_ids = {photo.id for photo in Photos(session, actor.tenant).every_light(Photo.visit_id == visit.id)}
    date_anew(Comparisons(session, actor.tenant), photo_ids, was, visit.taken_at)


def _require_course(session: Session, actor: Actor, subject_id: str, course_id: str | None) -> None:
    if course_id is not None:
        Courses(session, actor.tenant).get_of_subject(subject_id, course_id)
