"""The embedded engine: a table of jobs beside the records, held by leases.

A job is a row; enqueueing is an INSERT in the transaction of the record that needs the work, finishing is a DELETE in
the transaction that writes the result. A worker holds a job for LEASE_S and renews while it lives; when it dies, the
lease runs out and whoever looks next takes the job over, on this machine or another.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from threading import Condition
from typing import Any, Final

from sqlalchemy import ColumnElement, CursorResult, Select, case, delete, event, func, select, update
from sqlalchemy.orm import Session

from service.database import Database
from service.database.tables import JobRow, now
from service.jobs.engine import ALL_KINDS, Job, JobKind, Queue
from service.tenancy.tenant import TenantId

LEASE_S: Final = 15.0
"""A dead worker's jobs are taken over after at most this long."""


class LeasedJobs:
    """Jobs on any database that the service knows."""

    def __init__(self, database: Database, lease_s: float = LEASE_S) -> None:
        self._database = database
        self._lease = timedelta(seconds=lease_s)
        self._news = Condition()
        self._news_count = 0

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
        """Insert the row; workers of this process hear of it once it is committed, others when they next look."""
        about = {"tenant_id": tenant, "kind": kind, "target": target, "subject_id": subject_id}
        session.add(JobRow(**about, later=later, leased_until=now()))
        event.listen(session, "after_commit", lambda _: self.wake(), once=True)

    def enqueue_once(
        self, session: Session, tenant: TenantId, kind: JobKind, target: str, subject_id: str | None = None
    ) -> None:
        """Hold the waiting row until this transaction ends, so that nobody begins it before; else insert one."""
        same = JobRow.tenant_id == tenant, JobRow.kind == kind, JobRow.target == target, JobRow.leased_by.is_(None)
        waiting = select(JobRow.id).where(*same).limit(1).with_for_update(skip_locked=True)
        if session.scalar(waiting) is None:
            self.enqueue(session, tenant, kind, target, subject_id, later=True)

    def hasten(self, session: Session, tenant: TenantId, kind: JobKind, target: str) -> None:
        """Change the row."""
        same = JobRow.tenant_id == tenant, JobRow.kind == kind, JobRow.target == target
        session.execute(update(JobRow).where(*same).values(later=False))

    def claim(self, holder: str, patience_s: float = 0, kinds: Collection[JobKind] = ALL_KINDS) -> Job | None:
        """Lease the oldest row that is due. News that come while looking are not slept through."""
        known_news = self._news_count
        job = self._claim_now(holder, _due().where(JobRow.kind.in_(kinds)).limit(1))
        if job is None:
            with self._news:
                self._news.wait_for(lambda: self._news_count != known_news, patience_s)
        return job

    def renew(self, holder: str) -> None:
        """Put off the end of all the holder's leases."""
        with self._database.writing_across() as session:
            mine = update(JobRow).where(JobRow.leased_by == holder)
            session.execute(mine.values(leased_until=now() + self._lease))

    def finish(self, session: Session, job: Job) -> bool:
        """Delete the row if it is still the holder's."""
        deleted: CursorResult[Any] = session.execute(delete(JobRow).where(*_held(job)))  # type: ignore[assignment]  # DML
        return deleted.rowcount == 1

    def drop(self, session: Session, tenant: TenantId, targets: Collection[str]) -> None:
        """Delete the rows, whoever holds them."""
        session.execute(delete(JobRow).where(JobRow.tenant_id == tenant, JobRow.target.in_(targets)))

    def put_back(self, job: Job, delay_s: float = 0, *, counts: bool = True) -> None:
        """Give up the lease."""
        attempts = job.attempts if counts else job.attempts - 1
        due = now() + timedelta(seconds=delay_s)
        with self._database.writing_across() as session:
            mine = update(JobRow).where(*_held(job))
            session.execute(mine.values(leased_by=None, leased_until=due, attempts=attempts))

    def put_off(self, session: Session, job: Job, delay_s: float) -> bool:
        """Give up the lease if it is still the holder's; an UPDATE, so that no subject's row is waited for."""
        due = now() + timedelta(seconds=delay_s)
        mine = update(JobRow).where(*_held(job)).values(leased_by=None, leased_until=due, attempts=0)
        changed: CursorResult[Any] = session.execute(mine)  # type: ignore[assignment]  # DML
        return changed.rowcount == 1

    def wake(self) -> None:
        """End the patience of all that wait in this process."""
        with self._news:
            self._news_count += 1
            self._news.notify_all()

    def queues(self) -> Sequence[Queue]:
        """One look over the table, which holds nothing that has ended."""
        moment = now()
        held = JobRow.leased_by.is_not(None) & (JobRow.leased_until > moment)
        leased, first_due = func.count(case((held, 1))), func.min(JobRow.leased_until)
        with self._database.reading_across() as session:
            found = session.execute(select(JobRow.kind, func.count(), leased, first_due).group_by(JobRow.kind)).all()
        return [Queue(JobKind(kind), n - held, held, _past_s(moment - due)) for kind, n, held, due in found]

    def next_due(self) -> str | None:
        """Look at the first row that is due."""
        with self._database.reading_across() as session:
            return session.scalar(_due().with_only_columns(JobRow.id).limit(1))

    def _claim_now(self, holder: str, first_due: Select[JobRow]) -> Job | None:
        """Look first: that takes no write lock."""
        if not self._any(first_due):
            return None
        with self._database.writing_across() as session:
            row = session.scalar(first_due.with_for_update(skip_locked=True))
            return None if row is None else self._lease_out(row, holder)

    def _any(self, query: Select[JobRow]) -> bool:
        with self._database.reading_across() as session:
            return session.scalar(query) is not None

    def _lease_out(self, row: JobRow, holder: str) -> Job:
        row.leased_by, row.leased_until = holder, now() + self._lease
        row.attempts += 1
        return Job(row.id, TenantId(row.tenant_id), JobKind(row.kind), row.target, row.attempts, holder)


def _due() -> Select[JobRow]:
    return select(JobRow).where(JobRow.leased_until <= now()).order_by(JobRow.later, JobRow.id)


def _held(job: Job) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return JobRow.id == job.id, JobRow.leased_by == job.holder


def _past_s(since_due: timedelta) -> float | None:
    """Seconds, or None for a job that is due in the future: it was put back for later, or its holder lives."""
    return since_due.total_seconds() if since_due >= timedelta() else None
