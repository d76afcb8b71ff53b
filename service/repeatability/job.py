"""The job that has a study's photos compared, waits for it, and keeps what they say."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from analysis.repeatability import evaluate
from models.repeatability import Recapture, RecapturePair, StudyResult
from service.comparisons.pairing import Pairing
from service.comparisons.repository import Comparisons, ComparisonStatus
from service.database import Database
from service.database.tables import Comparison, Photo, RepeatabilityStudy
from service.documents import (
    ComparisonDocument,
    MeasurementDocument,
    RefusedDocument,
    StudyDocument,
    study_document,
)
from service.jobs import Job, JobEngine
from service.photos.job import GIVEN_UP
from service.photos.repository import Photos, PhotoStatus
from service.repeatability.desk import known_comparisons, planned_pairs, waiting_photos
from service.repeatability.recaptures import recapture, recapture_pair, why_incomparable
from service.repeatability.repository import Studies, StudyPhotos, StudyStatus, written_floors
from service.tenancy.scope import Scope
from service.tenancy.tenant import Actor, TenantId
from service.visits.repository import Visits

_LOOK_AGAIN_S: Final = 1.0
_NOTHING_COMPARED: Final = "No two photos of one person could be compared. Take them as the flags of the photos advise."
_FAILED_PAIR: Final = "The analysis of the pair failed."
Compared = tuple[RecapturePair, str]
"""A pair, and why it gave nothing at all, empty where it gave something."""


class EvaluateStudy:
    """Asks for the study's comparisons, comes back until all have ended, and keeps the result."""

    def __init__(self, database: Database, jobs: JobEngine) -> None:
        self._database = database
        self._jobs = jobs
        self._pairing = Pairing(database, jobs)

    def __call__(self, job: Job) -> None:
        """Go one step on; or say that it failed, when each earlier attempt crashed."""
        if job.is_poison:
            self._give_up(job)
        elif self._all_compared(job):
            self._keep(job)
        else:
            self._jobs.put_back(job, _LOOK_AGAIN_S, counts=False)

    def _all_compared(self, job: Job) -> bool:
        """Whether nothing is left to wait for; what was not asked for yet is."""
        with self._database.reading(job.tenant) as session:
            study = Studies(session, job.tenant).get(job.target)
            if study.ended_at is not None:
                return True  # withdrawn: nothing more is compared for it
            if waiting_photos(session, study):
                return False
            pairs = planned_pairs(session, study)
            known = known_comparisons(session, study, pairs)
        asker = Actor(job.tenant, study.made_by, frozenset({Scope.INGEST}))
        for before, after in (pair for pair in pairs if pair not in known):
            self._pairing.find_or_ask(asker, before, after)
        return len(known) == len(pairs) and all(one.status != ComparisonStatus.QUEUED for one in known.values())

    def _keep(self, job: Job) -> None:
        with self._database.reading(job.tenant) as session:
            study = Studies(session, job.tenant).get(job.target)
            result, document = _evaluated(session, study)
        with self._database.writing(job.tenant) as session:
            if self._jobs.finish(session, job):
                _write(Studies(session, job.tenant).get(job.target), result, document)

    def _give_up(self, job: Job) -> None:
        with self._database.writing(job.tenant) as session:
            if self._jobs.finish(session, job):
                study = Studies(session, job.tenant).get(job.target)
                study.status, study.failure = StudyStatus.FAILED, GIVEN_UP


def _write(study: RepeatabilityStudy, result: StudyResult, document: StudyDocument) -> None:
    if not any(one.n for one in document.measurands):
        study.status, study.failure = StudyStatus.FAILED, _NOTHING_COMPARED
        return
    study.status, study.document = StudyStatus.STUDIED, document.model_dump_json()
    study.floors = written_floors({one.measurand: one.floor for one in result.measures if one.floor})


def _evaluated(session: Session, study: RepeatabilityStudy) -> tuple[StudyResult, StudyDocument]:
    tenant = TenantId(study.tenant_id)
    photos = list(_recaptures(session, study))
    pairs = planned_pairs(session, study)
    ids = {pair: row.id for pair, row in known_comparisons(session, study, pairs).items()}
    session.expunge_all()  # what follows needs their documents, one after the other
    comparisons = Comparisons(session, tenant)
    compared = [_compared(comparisons.get(ids[pair]) if pair in ids else None, pair) for pair in pairs]
    result = evaluate(photos, [pair for pair, _ in compared])
    remarks = tuple(_remarks(session, tenant, photos))
    return result, study_document(result, [reason for _, reason in compared], remarks=remarks)


def _recaptures(session: Session, study: RepeatabilityStudy) -> Iterator[Recapture]:
    tenant = TenantId(study.tenant_id)
    for row in StudyPhotos(session, tenant).of(study.id):
        photo: Photo = Photos(session, tenant).get(row.photo_id)
        if photo.status == PhotoStatus.ANALYSED and photo.document is not None:
            document = MeasurementDocument.model_validate_json(photo.document)
            yield recapture(photo.id, str(row.person), document)


def _compared(comparison: Comparison | None, pair: tuple[str, str]) -> Compared:
    if comparison is None or comparison.document is None or comparison.status == ComparisonStatus.FAILED:
        return RecapturePair(*pair, {}), _FAILED_PAIR
    kind = ComparisonDocument if comparison.status == ComparisonStatus.COMPARED else RefusedDocument
    document = kind.model_validate_json(comparison.document)
    return recapture_pair(*pair, document), why_incomparable(document)


def _remarks(session: Session, tenant: TenantId, photos: Sequence[Recapture]) -> Iterator[str]:
    """What makes a study say more than the photos differ by."""
    visits = Visits(session, tenant)
    times: dict[str, list[datetime]] = {}
    for photo in photos:
        visit = visits.get(Photos(session, tenant).get(photo.key).visit_id)
        times.setdefault(photo.person, []).append(visit.taken_at)
    days = max((max(taken) - min(taken)).days for taken in times.values()) if times else 0
    if days:
        yield (
            f"The photos of one person were taken up to {days} {'day' if days == 1 else 'days'} apart: what the face "
            "itself did meanwhile counts as repeatability here."
        )
