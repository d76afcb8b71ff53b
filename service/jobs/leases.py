"""The embedded engine: a table of jobs beside the records, held by leases.

A job is a row; enqueueing is an INSERT in the transaction of the record that needs the work, finishing is a DELETE in
the transaction that writes the result. A worker holds a job for LEASE_S and renews while it lives; when it dies, the
lease runs out and whoever looks next takes the job over, on this machine or another.

Leases are reckoned by one clock: the database server's, or the machine's where the database is a file. It may be put
forward or back at any moment: a lease that was given later than now is no longer believed.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from threading import Condition
from typing import Any, Final

from sqlalchemy import ColumnElement, CursorResult, DateTime, Select, case, delete, event, func, select, update
from sqlalchemy.orm import Session

from service.database import Database
from service.database.base import now
from service.database.tables import JobRow
from service.jobs.engine import ALL_KINDS, Job, JobKind, Queue
from service.tenancy.tenant import TenantId

LEASE_S: Final = 15.0
"""A dead worker's jobs are taken over after at most this long."""

Moment = datetime | ColumnElement[datetime]


class LeasedJobs:
    """Jobs on any database that the service knows."""

    def __init__(self, database: Database, lease_s: float = LEASE_S) -> None:
        self._database = database
        self._lease = timedelta(seconds=lease_s)
        self._news = Condition()
        self._news_count = 0
        self._had_its_turn = ""

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
        session.add(JobRow(**about, later=later, **_leased(_clock(session))))
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
        """Lease a row that is due, of each clinic in turn. News that come while looking are not slept through."""
        known_news = self._news_count
        job = self._claim_now(holder, kinds)
        if job is None:
            with self._news:
                self._news.wait_for(lambda: self._news_count != known_news, patience_s)
        return job

    def renew(self, job: Job) -> None:
        """Put off the end of the lease if it is still the holder's."""
        with self._database.writing_across() as session:
            session.execute(update(JobRow).where(*_held(job)).values(_leased(_clock(session), self._lease)))

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
        with self._database.writing_across() as session:
            due = _leased(_clock(session), timedelta(seconds=delay_s))
            session.execute(update(JobRow).where(*_held(job)).values(leased_by=None, attempts=attempts, **due))

    def put_off(self, session: Session, job: Job, delay_s: float) -> bool:
        """Give up the lease if it is still the holder's; an UPDATE, so that no subject's row is waited for."""
        due = _leased(_clock(session), timedelta(seconds=delay_s))
        mine = update(JobRow).where(*_held(job)).values(leased_by=None, attempts=0, **due)
        changed: CursorResult[Any] = session.execute(mine)  # type: ignore[assignment]  # DML
        return changed.rowcount == 1

    def wake(self) -> None:
        """End the patience of all that wait in this process."""
        with self._news:
            self._news_count += 1
            self._news.notify_all()

    def queues(self) -> Sequence[Queue]:
        """One look over the table, which holds nothing that has ended."""
        with self._database.reading_across() as session:
            moment = _read(session)
            held = JobRow.leased_by.is_not(None) & ~self._is_due(moment)
            leased, first_due = func.count(case((held, 1))), func.min(JobRow.leased_until)
            found = session.execute(select(JobRow.kind, func.count(), leased, first_due).group_by(JobRow.kind)).all()
        return [Queue(JobKind(kind), n - held, held, _past_s(moment - due)) for kind, n, held, due in found]

    def next_due(self) -> str | None:
        """Look at the first row that is due."""
        with self._database.reading_across() as session:
            return session.scalar(self._due(session).with_only_columns(JobRow.id).limit(1))

    def _claim_now(self, holder: str, kinds: Collection[JobKind]) -> Job | None:
        """Look first: that takes no write lock."""
        if not self._any_due(kinds):
            return None
        with self._database.writing_across() as session:
            row = self._next(session, kinds)
            return None if row is None else self._lease_out(row, holder, _read(session))

    def _next(self, session: Session, kinds: Collection[JobKind]) -> JobRow | None:
        """The first row that is due of the next clinic, by their ids, that has one; then the first clinic again."""
        first = self._due_by_clinic(session, kinds).limit(1).with_for_update(skip_locked=True)
        return session.scalar(first.where(JobRow.tenant_id > self._had_its_turn)) or session.scalar(first)

    def _any_due(self, kinds: Collection[JobKind]) -> bool:
        with self._database.reading_across() as session:
            first = self._due_by_clinic(session, kinds).with_only_columns(JobRow.id).limit(1)
            return session.scalar(first) is not None

    def _lease_out(self, row: JobRow, holder: str, moment: datetime) -> Job:
        row.leased_by, row.leased_at, row.leased_until = holder, moment, moment + self._lease
        row.attempts += 1
        self._had_its_turn = row.tenant_id
        return Job(row.id, TenantId(row.tenant_id), JobKind(row.kind), row.target, row.attempts, holder)

    def _due(self, session: Session) -> Select[JobRow]:
        return select(JobRow).where(self._is_due(_clock(session))).order_by(JobRow.later, JobRow.id)

    def _due_by_clinic(self, session: Session, kinds: Collection[JobKind]) -> Select[JobRow]:
        """In the order of an index, so that the database looks no further than the first."""
        query = select(JobRow).where(self._is_due(_clock(session)), JobRow.kind.in_(kinds))
        return query.order_by(JobRow.tenant_id, JobRow.later, JobRow.id)

    def _is_due(self, moment: Moment) -> ColumnElement[bool]:
        """Whether it is time; or whether, by the clock, it was leased or put back at a time that is yet to come."""
        return (JobRow.leased_until <= moment) | (func.coalesce(JobRow.leased_at, moment) > moment + self._lease)


def _clock(session: Session) -> Moment:
    """The one clock of all processes, as part of a statement."""
    if session.get_bind().dialect.name == "sqlite":
        return now()
    return func.statement_timestamp(type_=DateTime(timezone=True))


def _read(session: Session) -> datetime:
    """What the one clock says."""
    moment = _clock(session)
    return moment if isinstance(moment, datetime) else session.execute(select(moment)).scalar_one()


def _leased(moment: Moment, lease: timedelta = timedelta()) -> dict[str, Any]:
    """The columns of a lease that begins now; without any length, of a job that is due."""
    return {"leased_at": moment, "leased_until": moment + lease}


def _held(job: Job) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return JobRow.id == job.id, JobRow.leased_by == job.holder


def _past_s(since_due: timedelta) -> float | None:
    """Seconds, or None for a job that is due in the future: it was put back for later, or its holder lives."""
    return since_due.total_seconds() if since_due >= timedelta() else None
