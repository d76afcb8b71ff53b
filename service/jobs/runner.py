"""Threads that take jobs and have them done. The heavy part of a job runs in the sandbox's processes, not here."""

import logging
import os
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final, Self

from service.blobs import BlobDamagedError, BlobMissingError, BlobsUnavailableError
from service.blobs.master_key import UnknownMasterKeyError
from service.database import OUT_OF_SERVICE
from service.jobs.engine import Job, JobEngine, JobKind
from service.jobs.leases import LEASE_S
from service.sandbox import SandboxUnavailableError

_log = logging.getLogger(__name__)

_LOOK_S: Final = 0.5
_RETRY_S: Final = 5.0
_DOUBT_S: Final = 20.0
TRANSIENT: Final = (
    OSError,
    *OUT_OF_SERVICE,
    BlobsUnavailableError,
    SandboxUnavailableError,
    UnknownMasterKeyError,
)
"""What is wrong with this machine or its neighbours, and not with the photo."""
_DOUBTFUL: Final = (BlobMissingError, BlobDamagedError)
"""A store that lies for a while, or a photo that is lost: waited for, but not for ever."""

Doer = Callable[[Job], None]
"""Does a job and finishes it. It raises when the job should be tried again."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Threads for jobs of these kinds alone: those of other kinds neither wait for them nor hold them up."""

    doers: Mapping[JobKind, Doer]
    workers: int


class JobRunner:
    """The lanes' threads at their jobs, and one that renews all leases."""

    def __init__(self, jobs: JobEngine, lanes: Sequence[Lane]) -> None:
        self._jobs = jobs
        self._stop = Event()
        named = [(_new_name(), lane.doers) for lane in lanes for _ in range(lane.workers)]
        self._workers = [Thread(target=self._work, args=of, name=f"job-{of[0]}") for of in named]
        self._in_hand: dict[str, Job] = {}
        self._pulse = Thread(target=self._beat, name="job-leases")

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let each worker end the job it is at, then stop."""
        self._stop.set()
        self._jobs.wake()
        for thread in self._threads:
            thread.join()

    @property
    def alive(self) -> bool:
        """Whether every thread is at work."""
        return all(thread.is_alive() for thread in self._threads)

    @property
    def _threads(self) -> list[Thread]:
        return [*self._workers, self._pulse] if self._workers else []

    def _work(self, name: str, doers: Mapping[JobKind, Doer]) -> None:
        while not self._stop.is_set():
            job = self._claim(name, frozenset(doers))
            if job is not None:
                self._in_hand[name] = job
                self._do(job, doers[job.kind])
                del self._in_hand[name]

    def _claim(self, name: str, kinds: frozenset[JobKind]) -> Job | None:
        try:
            return self._jobs.claim(name, _LOOK_S, kinds)
        except Exception:  # noqa: BLE001  whatever it is, a thread that ended would leave the jobs to nobody
            _log.warning("the jobs cannot be reached; looking again", exc_info=True)
            self._stop.wait(_RETRY_S)
            return None

    def _do(self, job: Job, do: Doer) -> None:
        try:
            do(job)
        except TRANSIENT:
            _log.warning("job %s (%s) could not be done yet", job.id, job.kind, exc_info=True)
            self._put_back(job, _RETRY_S, counts=False)
        except _DOUBTFUL:
            _log.error(
                "job %s (%s), attempt %d: its blob cannot be read", job.id, job.kind, job.attempts, exc_info=True
            )
            self._put_back(job, _DOUBT_S, counts=True)
        except Exception:  # noqa: BLE001  a crash of any kind counts against the job, and this thread goes on
            _log.exception("job %s (%s), attempt %d, failed", job.id, job.kind, job.attempts)
            self._put_back(job, 0, counts=True)

    def _put_back(self, job: Job, delay_s: float, *, counts: bool) -> None:
        try:
            self._jobs.put_back(job, delay_s, counts=counts)
        except Exception:  # noqa: BLE001  as above; its lease runs out by itself
            _log.warning("job %s was left to its lease", job.id, exc_info=True)

    def _beat(self) -> None:
        """Only of what is in hand: a job whose claim or return got lost with the database is for whoever comes next."""
        while not self._stop.wait(LEASE_S / 3):
            for job in list(self._in_hand.values()):
                self._renew(job)

    def _renew(self, job: Job) -> None:
        try:
            self._jobs.renew(job)
        except Exception:  # noqa: BLE001  as above
            _log.warning("the lease of job %s was not renewed", job.id, exc_info=True)


def _new_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
