"""The job that measures a photo."""

from typing import Final

from sqlalchemy.orm import Session

from models.anatomy import View
from service.analysing import Analyser
from service.blobs.vault import SubjectVault, Vaults
from service.database import Database
from service.database.base import now
from service.database.tables import Photo
from service.documents import MeasurementDocument
from service.jobs import MAX_ATTEMPTS, Job, JobEngine
from service.measuring.knowledge import Knowledge, gather, is_still_so
from service.photos.judged import Judged
from service.photos.repository import Photos, PhotoStatus
from service.sandbox import MeasureOutcome
from service.series.asking import update_series
from service.subjects.repository import Subjects
from service.webhooks.announcing import announce
from service.webhooks.events import Event

GIVEN_UP: Final = (
    f"The analysis did not succeed in {MAX_ATTEMPTS} attempts. Save the photo anew as JPEG and send it again."
)
"""What is said of a file whose analysis crashed each time."""

Pictures = tuple[str | None, str | None]
"""Names of the blobs of the overlay and of the small picture."""


class AnalysePhoto:
    """Has a photo measured and keeps what was found."""

    def __init__(self, database: Database, vaults: Vaults, jobs: JobEngine, analyser: Analyser) -> None:
        self._database = database
        self._vaults = vaults
        self._jobs = jobs
        self._analyser = analyser

    def __call__(self, job: Job) -> None:
        """Measure; or say that it failed, when each earlier attempt crashed."""
        if job.is_poison:
            self._give_up(job)
            return
        vault, blob, view, known = self._upload(job)
        outcome = self._analyser.measure(
            vault.get(blob), view, known.corrections[job.target], known.subject, checked=True
        )
        pictures = self._keep_pictures(job, vault, outcome)
        for useless in self._keep_outcome(job, outcome, pictures, known):
            vault.delete(useless)

    def _upload(self, job: Job) -> tuple[SubjectVault, str, View, Knowledge]:
        with self._database.reading(job.tenant) as session:
            photo = Photos(session, job.tenant).get(job.target)
            vault = self._vaults.of(Subjects(session, job.tenant).get(photo.subject_id))
            known = gather(session, job.tenant, photo.subject_id, [photo.id])
            return vault, photo.upload_blob, View(photo.view), known

    def _keep_pictures(self, job: Job, vault: SubjectVault, outcome: MeasureOutcome) -> Pictures:
        return (
            _keep_picture(job, vault, "overlay", outcome.overlay_jpeg),
            _keep_picture(job, vault, "thumbnail", outcome.thumbnail_jpeg),
        )

    def _keep_outcome(self, job: Job, outcome: MeasureOutcome, pictures: Pictures, known: Knowledge) -> Pictures:
        """Keep what was found; the pictures that are of no use from now on, the new ones or those they replace."""
        measured = isinstance(outcome.document, MeasurementDocument)
        with self._database.writing(job.tenant) as session:
            if not self._jobs.finish(session, job):
                return pictures
            photo = Photos(session, job.tenant).get(job.target)
            _update_series_of(photo, session, job, self._jobs)
            if not is_still_so(known, session, job.tenant, photo.subject_id, [photo.id]):
                return pictures  # a correction came in meanwhile, and with it another job
            photo.status = PhotoStatus.ANALYSED if measured else PhotoStatus.REFUSED
            photo.document, photo.measured_at = outcome.document.model_dump_json(), now()
            photo.judged = Judged.by(outcome.document).model_dump_json()
            replaced = photo.overlay_blob, photo.thumbnail_blob
            photo.overlay_blob, photo.thumbnail_blob = pictures
            self._announce(session, job, Event.PHOTO_ANALYSED if measured else Event.PHOTO_REFUSED, photo)
            return replaced

    def _give_up(self, job: Job) -> None:
        with self._database.writing(job.tenant) as session:
            if self._jobs.finish(session, job):
                photo = Photos(session, job.tenant).get(job.target)
                photo.status = PhotoStatus.FAILED
                photo.failure = GIVEN_UP
                _update_series_of(photo, session, job, self._jobs)
                self._announce(session, job, Event.PHOTO_FAILED, photo)

    def _announce(self, session: Session, job: Job, event: Event, photo: Photo) -> None:
        announce(session, job.tenant, self._jobs, event, photo.subject_id, photo_id=photo.id, visit_id=photo.visit_id)


def _keep_picture(job: Job, vault: SubjectVault, which: str, jpeg: bytes | None) -> str | None:
    """Keep it under a name of this attempt's own, so that a late attempt cannot replace another's."""
    return None if jpeg is None else vault.put(f"photos/{job.target}/{which}-{job.id}-{job.attempts}", jpeg)


def _update_series_of(photo: Photo, session: Session, job: Job, jobs: JobEngine) -> None:
    """Frontal photos make series."""
    if photo.view == View.FRONTAL:
        update_series(session, job.tenant, jobs, photo.subject_id)
