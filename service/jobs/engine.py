"""What a job is, and what an engine of jobs promises."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from sqlalchemy.orm import Session

from service.tenancy.tenant import TenantId

MAX_ATTEMPTS: Final = 3
"""A job that was begun so often and never ended is not begun again: its photo is what kills the worker."""


class JobKind(StrEnum):
    """What is to be done."""

    ANALYSE_PHOTO = "analyse_photo"
    COMPARE_PHOTOS = "compare_photos"
    ERASE_BLOBS = "erase_blobs"
    UPDATE_SERIES = "update_series"
    EVALUATE_STUDY = "evaluate_study"
    MAKE_EXPORT = "make_export"
    DELIVER_WEBHOOK = "deliver_webhook"


ALL_KINDS: Final = frozenset(JobKind)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work, as its present holder sees it.

    Parameters
    ----------
    target : id of the photo, comparison, export, subject, study or delivery, or a blob prefix to erase; never content.
    attempts : how often it was begun, this time included.
    holder : the worker that holds its lease.
    """

    id: str
    tenant: TenantId
    kind: JobKind
    target: str
    attempts: int
    holder: str

    @property
    def is_poison(self) -> bool:
        """Whether it was begun as often as allowed and never ended: now it is to be given up, not tried."""
        return self.attempts > MAX_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Queue:
    """All jobs of one kind that have not ended.

    Parameters
    ----------
    queued : held by nobody alive, those included that were put back for later.
    leased : held by a worker that lives.
    waiting_s : for how long the one that is due longest has been due; None where none is due.
    """

    kind: JobKind
    queued: int
    leased: int
    waiting_s: float | None


class JobEngine(Protocol):
    """Keeps jobs so that each is done at least once, and its result is written exactly once."""

    def enqueue(
        self,
        session: Session,
        tenant: TenantId,
        kind: JobKind,
        target: str,
        subject_id: str | None = None,
        *,
        later: bool = False,
    ) -> None:
        """Add a job in the caller's transaction: it exists exactly when that is committed.

        It goes with its subject where ``subject_id`` says whose it is. One for which nobody is waiting may come
        ``later`` than all others.
        """

    def enqueue_once(
        self, session: Session, tenant: TenantId, kind: JobKind, target: str, subject_id: str | None = None
    ) -> None:
        """Add a job that may come later, unless one of this kind and target waits that nobody has begun.

        Whoever does the job sees what the caller's transaction writes.
        """

    def hasten(self, session: Session, tenant: TenantId, kind: JobKind, target: str) -> None:
        """Let a job that might come later take its place among the others: now somebody waits for it."""

    def claim(self, holder: str, patience_s: float = 0, kinds: Collection[JobKind] = ALL_KINDS) -> Job | None:
        """Take a job that nobody holds; else wait for news of one, but not longer than ``patience_s``.

        Clinics take turns, so one with many jobs holds up another's by one job and no more. Of one clinic the oldest
        comes first; those that may come later come last. None means: ask again.

        Parameters
        ----------
        kinds : of which it may be.
        """

    def renew(self, job: Job) -> None:
        """Say that the holder is alive and still at this job.

        Jobs are renewed one by one: one whose claim or return got lost on the way is held by nobody who knows of it.
        """

    def finish(self, session: Session, job: Job) -> bool:
        """End the job in the transaction that writes its result.

        False when it is no longer the caller's, because another worker took it over or the subject was erased: then
        nothing may be written.
        """

    def drop(self, session: Session, tenant: TenantId, targets: Collection[str]) -> None:
        """End all jobs about ``targets``, in the transaction that deletes them: nobody can finish such a job then."""

    def put_back(self, job: Job, delay_s: float = 0, *, counts: bool = True) -> None:
        """Let it be claimed again after ``delay_s``; ``counts`` is False where the job was not to blame."""

    def put_off(self, session: Session, job: Job, delay_s: float) -> bool:
        """The same in the transaction that writes why, with its attempts forgotten; False as of :meth:`finish`."""

    def wake(self) -> None:
        """End the patience of all that wait in this process."""

    def queues(self) -> Sequence[Queue]:
        """How many jobs there are of each kind that has any, of all clinics."""

    def next_due(self) -> str | None:
        """The id of the job that the next claim would take."""
