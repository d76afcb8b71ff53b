"""The job that compares two photos."""

from models.anatomy import View
from service.analysing import Analyser
from service.blobs.vault import SubjectVault, Vaults
from service.comparisons.dating import dated
from service.comparisons.repository import Comparisons, ComparisonStatus
from service.database import Database
from service.documents import ComparisonDocument
from service.jobs import Job, JobEngine
from service.photos.job import GIVEN_UP
from service.photos.repository import Photos
from service.sandbox import CompareOutcome
from service.subjects.repository import Subjects
from service.visits.repository import Visits

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
        vault, (before, after), view = self._uploads(job)
        outcome = self._analyser.compare(vault.get(before), vault.get(after), view)
        pictures = _keep_pictures(job, vault, outcome)
        if not self._keep_outcome(job, outcome, pictures):
            vault.delete(*pictures)

    def _uploads(self, job: Job) -> tuple[SubjectVault, tuple[str, str], View]:
        """Where both uploads lie, and their view: a pair has one (:mod:`service.comparisons.pairing`)."""
        with self._database.reading() as session:
            photos = Photos(session, job.tenant)
            pair = Comparisons(session, job.tenant).get(job.target)
            vault = self._vaults.of(Subjects(session, job.tenant).get(pair.subject_id))
            before, after = photos.get(pair.before_photo_id), photos.get(pair.after_photo_id)
            return vault, (before.upload_blob, after.upload_blob), View(before.view)

    def _keep_outcome(self, job: Job, outcome: CompareOutcome, pictures: Pictures) -> bool:
        compared = isinstance(outcome.document, ComparisonDocument)
        with self._database.writing() as session:
            if not self._jobs.finish(session, job):
                return False
            pair = Comparisons(session, job.tenant).get(job.target)
            pair.status = ComparisonStatus.COMPARED if compared else ComparisonStatus.REFUSED
            pair.document = dated(
                outcome.document, Visits(session, job.tenant), Photos(session, job.tenant), pair
            ).model_dump_json()
            pair.aligned_before_blob, pair.aligned_after_blob = pictures
            return True

    def _give_up(self, job: Job) -> None:
        with self._database.writing() as session:
            if self._jobs.finish(session, job):
                pair = Comparisons(session, job.tenant).get(job.target)
                pair.status = ComparisonStatus.FAILED
                pair.failure = GIVEN_UP


def _keep_pictures(job: Job, vault: SubjectVault, outcome: CompareOutcome) -> Pictures:
    return (
        _keep_picture(job, vault, "before", outcome.aligned_before_jpeg),
        _keep_picture(job, vault, "after", outcome.aligned_after_jpeg),
    )


def _keep_picture(job: Job, vault: SubjectVault, which: str, jpeg: bytes | None) -> str | None:
    return None if jpeg is None else vault.put(f"comparisons/{job.target}/{which}-{job.attempts}", jpeg)
