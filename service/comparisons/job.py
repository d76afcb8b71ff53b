"""The job that compares two photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from models.anatomy import View
from models.burst import FrameUse
from service.analysing import Analyser
from service.blobs.vault import SubjectVault, Vaults
from service.comparisons.dating import dated
from service.comparisons.repository import Asked, Comparisons, ComparisonStatus
from service.database import Database
from service.database.base import now
from service.database.tables import Comparison
from service.documents import ComparisonDocument, GivenFloor, RefusedDocument, Shot
from service.jobs import Job, JobEngine
from service.measuring.knowledge import Knowledge, gather, is_still_so
from service.photos.job import GIVEN_UP
from service.photos.repository import Photos
from service.repeatability.floors import pair_floors
from service.repeatability.labels import Labels
from service.sandbox import CompareOutcome
from service.series.asking import update_series
from service.subjects.repository import Subjects
from service.visits.repository import Visits
from service.webhooks.announcing import announce
from service.webhooks.events import Event

_EVENTS: Final = {
    ComparisonStatus.COMPARED: Event.COMPARISON_COMPARED,
    ComparisonStatus.REFUSED: Event.COMPARISON_REFUSED,
}

Pictures = tuple[str | None, str | None]
"""Names of the two aligned pictures' blobs, before and after."""


class ComparePhotos:
    """Has a pair compared and keeps what was found."""

    def __init__(self, database: Database, vaults: Vaults, jobs: JobEngine, analyser: Analyser) -> None:
        self._database = database
        self._vaults = vaults
        self._jobs = jobs
        self._analyser = analyser

    def __call__(self, job: Job) -> None:
        """Compare; or say that it failed, when each earlier attempt crashed."""
        if job.is_poison:
            self._give_up(job)
            return
        task = self._task(job)
        outcome = self._analyser.compare_shots(
            task.shots(task.asked.before),
            task.shots(task.asked.after),
            task.known.subject,
            task.view,
            checked=True,
            floors=task.floors,
        )
        pictures = _keep_pictures(job, task.vault, outcome)
        task.vault.delete(*self._keep_outcome(job, outcome, pictures, task))

    def _task(self, job: Job) -> "_Task":
        with self._database.reading(job.tenant) as session:
            pair = Comparisons(session, job.tenant).get(job.target)
            asked = Asked.of(pair.asked)
            photos = {photo_id: Photos(session, job.tenant).get(photo_id) for photo_id in asked.all}
            before, after = (
                Labels.of(Visits(session, job.tenant).get(photos[ids[0]].visit_id))
                for ids in (asked.before, asked.after)
            )
            return _Task(
                asked,
                {photo_id: photo.upload_blob for photo_id, photo in photos.items()},
                View(photos[asked.before[0]].view),
                gather(session, job.tenant, pair.subject_id, asked.all),
                self._vaults.of(Subjects(session, job.tenant).get(pair.subject_id)),
                pair_floors(session, job.tenant, before, after),
            )

    def _keep_outcome(self, job: Job, outcome: CompareOutcome, pictures: Pictures, task: "_Task") -> Pictures:
        """Keep what was found; the pictures that are of no use from now on, the new ones or those they replace."""
        with self._database.writing(job.tenant) as session:
            if not self._jobs.finish(session, job):
                return pictures
            pair = Comparisons(session, job.tenant).get(job.target)
            self._update_series(session, job, pair)
            if not is_still_so(task.known, session, job.tenant, pair.subject_id, task.asked.all):
                return pictures  # a correction came in meanwhile, and with it another job
            document = _with_ids(outcome.document, task.asked)
            if isinstance(document, ComparisonDocument):
                _show_best(pair, document)
            pair.status, pair.measured_at = _status(document), now()
            pair.document = dated(
                document, Visits(session, job.tenant), Photos(session, job.tenant), pair
            ).model_dump_json()
            replaced = pair.aligned_before_blob, pair.aligned_after_blob
            pair.aligned_before_blob, pair.aligned_after_blob = pictures
            self._announce(session, job, _EVENTS[_status(document)], pair)
            return replaced

    def _give_up(self, job: Job) -> None:
        with self._database.writing(job.tenant) as session:
            if self._jobs.finish(session, job):
                pair = Comparisons(session, job.tenant).get(job.target)
                pair.status = ComparisonStatus.FAILED
                pair.failure = GIVEN_UP
                self._update_series(session, job, pair)
                self._announce(session, job, Event.COMPARISON_FAILED, pair)

    def _announce(self, session: Session, job: Job, event: Event, pair: Comparison) -> None:
        announce(session, job.tenant, self._jobs, event, pair.subject_id, comparison_id=pair.id)

    def _update_series(self, session: Session, job: Job, pair: Comparison) -> None:
        """Comparisons of two photos make series."""
        if Asked.of(pair.asked).is_pair:
            update_series(session, job.tenant, self._jobs, pair.subject_id)


@dataclass(frozen=True, slots=True)
class _Task:
    """What one comparison needs: the photos asked for, their blobs' names, what is known of them, their vault.

    All have one view (:mod:`service.comparisons.pairing`). ``floors`` are what the clinic's own repeatability studies
    say of their visits.
    """

    asked: Asked
    blobs: Mapping[str, str]
    view: View
    known: Knowledge
    vault: SubjectVault
    floors: tuple[GivenFloor, ...]

    def shots(self, photo_ids: Sequence[str]) -> list[Shot]:
        """The photos with their corrections."""
        return [Shot(self.vault.get(self.blobs[one]), self.known.corrections[one]) for one in photo_ids]


def _status(document: ComparisonDocument | RefusedDocument) -> ComparisonStatus:
    compared = isinstance(document, ComparisonDocument)
    return ComparisonStatus.COMPARED if compared else ComparisonStatus.REFUSED


def _with_ids(document: ComparisonDocument | RefusedDocument, asked: Asked) -> ComparisonDocument | RefusedDocument:
    """The document with the photos' ids in place of their numbers alone."""
    if isinstance(document, RefusedDocument):
        return document
    ids = {"before": asked.before, "after": asked.after}
    frames = tuple(frame.model_copy(update={"photo_id": ids[frame.which][frame.index]}) for frame in document.frames)
    return document.model_copy(update={"frames": frames})


def _show_best(pair: Comparison, document: ComparisonDocument) -> None:
    """Name the photos that are shown."""
    for frame in document.frames:
        if frame.use is FrameUse.SHOWN and frame.photo_id is not None:
            setattr(pair, f"{frame.which}_photo_id", frame.photo_id)


def _keep_pictures(job: Job, vault: SubjectVault, outcome: CompareOutcome) -> Pictures:
    return (
        _keep_picture(job, vault, "before", outcome.aligned_before_jpeg),
        _keep_picture(job, vault, "after", outcome.aligned_after_jpeg),
    )


def _keep_picture(job: Job, vault: SubjectVault, which: str, jpeg: bytes | None) -> str | None:
    return None if jpeg is None else vault.put(f"comparisons/{job.target}/{which}-{job.id}-{job.attempts}", jpeg)
