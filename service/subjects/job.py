"""The job that ends an erasure."""

from service.blobs.vault import Vaults
from service.database import Database
from service.jobs import Job, JobEngine


class EraseBlobs:
    """Deletes the blobs of a subject that is no more."""

    def __init__(self, database: Database, vaults: Vaults, jobs: JobEngine) -> None:
        self._database = database
        self._vaults = vaults
        self._jobs = jobs

    def __call__(self, job: Job) -> None:
        """Delete all under the prefix; never given up, however often it failed."""
        self._vaults.store.delete_under(job.target)
        self._database.scrub()
        with self._database.writing(job.tenant) as session:
            self._jobs.finish(session, job)
