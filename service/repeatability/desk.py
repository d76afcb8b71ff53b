"""Making repeatability studies, reading them, and withdrawing them."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from analysis.repeatability import pairs_to_compare, why_too_few
from models.anatomy import View
from models.provenance import METHOD_VERSION
from models.repeatability import Recapture
from service.audit import Action, record
from service.comparisons.repository import Asked, Comparisons, ComparisonStatus
from service.database import Database, retry_on_clash
from service.database.base import new_id, now
from service.database.tables import Comparison, Photo, RepeatabilityStudy, StudyPhoto
from service.errors import ProblemCode, ServiceError
from service.jobs import JobEngine, JobKind
from service.photos.repository import Photos, PhotoStatus
from service.repeatability.repository import Studies, StudyPhotos, StudyStatus
from service.repeatability.schemas import MOST_PHOTOS, NewStudy, StudyAnswer, StudyPhotoAnswer, study_answer
from service.tenancy.idempotency import fingerprint
from service.tenancy.tenant import Actor, TenantId
from service.visits.repository import Visits

Pair = tuple[str, str]
"""Ids of two photos, before and after."""
_UNFIT = frozenset({PhotoStatus.REFUSED, PhotoStatus.FAILED})


class StudyDesk:
    """What is done with repeatability studies."""

    def __init__(self, database: Database, jobs: JobEngine) -> None:
        self._database = database
        self._jobs = jobs

    def make(self, actor: Actor, new: NewStudy) -> RepeatabilityStudy:
        """A new study, or the one that was asked for in the same words and is in force."""
        return retry_on_clash(lambda: self._make(actor, new))

    def see(self, actor: Actor, study_id: str) -> StudyAnswer:
        """The study as it is now, or ServiceError."""
        with self._database.writing(actor.tenant) as session:
            study = Studies(session, actor.tenant).get(study_id)
            record(session, actor, Action.STUDY_READ, study.id)
        return self.peek(actor, study_id)

    def peek(self, actor: Actor, study_id: str) -> StudyAnswer:
        """The same for whoever has just asked for it; the asking is its audit."""
        with self._database.reading(actor.tenant) as session:
            study = Studies(session, actor.tenant).get(study_id)
            return study_answer(study, _persons(session, study), _pending(session, study))

    def withdraw(self, actor: Actor, study_id: str) -> None:
        """Let no later comparison count on it; it stays as history."""
        with self._database.writing(actor.tenant) as session:
            study = Studies(session, actor.tenant).get(study_id)
            if study.ended_at is None:
                study.ended_at, study.ended_by = now(), actor.name
                record(session, actor, Action.STUDY_WITHDRAWN, study.id)

    def _make(self, actor: Actor, new: NewStudy) -> RepeatabilityStudy:
        with self._database.writing(actor.tenant) as session:
            persons = list(_asked_photos(session, actor, new))
            _require_a_study(persons)
            asked = fingerprint("study", new.model_dump_json(), METHOD_VERSION)
            studies = Studies(session, actor.tenant)
            known = studies.same(asked)
            if known is not None and known.status != StudyStatus.FAILED:
                record(session, actor, Action.STUDY_READ, known.id)
                return known
            if known is not None:
                known.ended_at, known.ended_by = now(), actor.name
                session.flush()
            study = studies.add(_new_row(new, asked, actor))
            _add_photos(StudyPhotos(session, actor.tenant), study.id, persons)
            record(session, actor, Action.STUDY_MADE, study.id)
            self._jobs.enqueue(session, actor.tenant, JobKind.EVALUATE_STUDY, study.id)
            return study


def planned_pairs(session: Session, study: RepeatabilityStudy) -> tuple[Pair, ...]:
    """Ids of the photos that are compared for the study, of those that were not refused or erased."""
    fit = [row for row, photo in study_photos(session, study) if photo.status not in _UNFIT]
    return pairs_to_compare([Recapture(row.photo_id, str(row.person), "", {}) for row in fit])


def study_photos(session: Session, study: RepeatabilityStudy) -> list[tuple[StudyPhoto, Photo]]:
    """The study's photos that were not erased, by person and place, without their documents."""
    tenant = TenantId(study.tenant_id)
    rows = StudyPhotos(session, tenant).of(study.id)
    photos = Photos(session, tenant).every_light(Photo.id.in_([row.photo_id for row in rows]))
    by_id = {photo.id: photo for photo in photos}
    return [(row, by_id[row.photo_id]) for row in rows if row.photo_id in by_id]


def known_comparisons(session: Session, study: RepeatabilityStudy, pairs: Sequence[Pair]) -> dict[Pair, Comparison]:
    """The pairs' comparisons by the study's method, of those that were asked for, without their documents."""
    by_asked = {str(Asked(pair[:1], pair[1:])): pair for pair in pairs}
    rows = Comparisons(session, TenantId(study.tenant_id)).every_light(
        Comparison.asked.in_(by_asked), Comparison.method_version == study.method_version
    )
    return {by_asked[row.asked]: row for row in rows}


def waiting_photos(session: Session, study: RepeatabilityStudy) -> int:
    """Photos of the study that are not measured yet."""
    return sum(photo.status == PhotoStatus.QUEUED for _, photo in study_photos(session, study))


def _pending(session: Session, study: RepeatabilityStudy) -> int:
    if study.status != StudyStatus.QUEUED:
        return 0
    pairs = planned_pairs(session, study)
    known = known_comparisons(session, study, pairs).values()
    return len(pairs) - sum(one.status != ComparisonStatus.QUEUED for one in known) + waiting_photos(session, study)


def _persons(session: Session, study: RepeatabilityStudy) -> list[list[StudyPhotoAnswer]]:
    persons: dict[int, list[StudyPhotoAnswer]] = {}
    for row, photo in study_photos(session, study):
        answer = StudyPhotoAnswer(photo_id=photo.id, status=PhotoStatus(photo.status))
        persons.setdefault(row.person, []).append(answer)
    return list(persons.values())


def _asked_photos(session: Session, actor: Actor, new: NewStudy) -> Iterator[list[Photo]]:
    """The photos of each person."""
    photos = Photos(session, actor.tenant)
    if new.photo_ids is not None:
        yield from ([photos.get(photo_id) for photo_id in dict.fromkeys(person)] for person in new.photo_ids)
        return
    of_subject: dict[str, list[Photo]] = {}
    for visit_id in dict.fromkeys(new.visit_ids or ()):
        visit = Visits(session, actor.tenant).get(visit_id)
        frontal = photos.every(Photo.visit_id == visit.id, Photo.view == View.FRONTAL)
        of_subject.setdefault(visit.subject_id, []).extend(frontal)
    yield from of_subject.values()


def _require_a_study(persons: Sequence[Sequence[Photo]]) -> None:
    photos = [photo for person in persons for photo in person]
    if any(photo.view != View.FRONTAL for photo in photos):
        raise ServiceError(ProblemCode.DIFFERENT_VIEWS, "A repeatability study is made of frontal photos.")
    subjects = [{photo.subject_id for photo in person} for person in persons]
    if any(len(one) > 1 for one in subjects) or len(set[str]().union(*subjects)) < len(persons):
        raise ServiceError(ProblemCode.DIFFERENT_SUBJECTS, "Give one list for each person, with that person's photos.")
    if len(photos) > MOST_PHOTOS:
        raise ServiceError(ProblemCode.TOO_MANY_PHOTOS, f"Name at most {MOST_PHOTOS} photos.")
    fit = [sum(photo.status not in _UNFIT for photo in person) for person in persons]
    if why := why_too_few(fit):
        raise ServiceError(ProblemCode.INVALID_STUDY, why)


def _new_row(new: NewStudy, asked: str, actor: Actor) -> RepeatabilityStudy:
    return RepeatabilityStudy(
        id=new_id(),
        name=new.name,
        room=new.room,
        camera=new.camera,
        operator=new.operator,
        fingerprint=asked,
        method_version=METHOD_VERSION,
        status=StudyStatus.QUEUED,
        made_by=actor.name,
    )


def _add_photos(rows: StudyPhotos, study_id: str, persons: Sequence[Sequence[Photo]]) -> None:
    for person, photos in enumerate(persons):
        for place, photo in enumerate(photos):
            ids = {"study_id": study_id, "photo_id": photo.id, "subject_id": photo.subject_id}
            rows.add(StudyPhoto(id=new_id(), person=person, place=place, **ids))
