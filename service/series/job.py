"""The job that keeps a subject's series up to date."""

from typing import Final

from sqlalchemy.orm import Session

from service.audit import Action, record
from service.cohort.members import StoredCourse
from service.comparisons.pairing import new_comparison
from service.comparisons.repository import Asked, Comparisons
from service.database import Database, retry_on_clash
from service.database.base import new_id, now
from service.database.tables import SubjectSeries
from service.documents.series import SeriesDocument
from service.errors import ServiceError
from service.jobs import Job, JobEngine, JobKind
from service.series.asking import update_series
from service.series.making import PlannedSeries, asked_of, made, planned
from service.series.repository import StoredSeries
from service.series.state import SeriesState, series_states
from service.tenancy.tenant import Actor, TenantId
from service.webhooks.announcing import announce
from service.webhooks.events import Event

SYSTEM: Final = "system:series"
"""The actor in the audit of comparisons that a series asked for."""

Update = tuple[PlannedSeries, SeriesDocument | None]
"""A series that is no longer true, with its new document where all comparisons have ended."""


class UpdateSeries:
    """Asks for the comparisons that a series still needs; when all have ended, makes and stores it.

    It never waits: each comparison that ends queues the next update, and of many that wait one is kept.
    """

    def __init__(self, database: Database, jobs: JobEngine) -> None:
        self._database = database
        self._jobs = jobs

    def __call__(self, job: Job) -> None:
        """Bring all of the subject's series up to date; what stays true is left alone."""
        updates = [] if job.is_poison else self._updates(job)
        retry_on_clash(lambda: self._keep(job, updates))

    def _updates(self, job: Job) -> list[Update]:
        with self._database.reading(job.tenant) as session:
            stored = StoredSeries(session, job.tenant)
            stale = [
                state
                for state in _states(session, job.tenant, job.target)
                if not state.is_told_by(stored.of(state.subject_id, state.course_id))
            ]
            return [_update(session, job.tenant, state) for state in stale]

    def _keep(self, job: Job, updates: list[Update]) -> None:
        with self._database.writing(job.tenant) as session:
            if not self._jobs.finish(session, job):
                return
            stored = StoredSeries(session, job.tenant)
            held = {series.state.course_id: _held(stored, series) for series, _ in updates}
            now_so = {state.course_id: state for state in _states(session, job.tenant, job.target)}
            if now_so:
                stored.delete_others(job.target, set(now_so))
            for series, document in updates:
                state = now_so.get(series.state.course_id)
                if state is not None:
                    self._ask(session, job.tenant, series, state)
                    self._store(session, job.tenant, series, document, state, held[state.course_id])

    def _ask(self, session: Session, tenant: TenantId, series: PlannedSeries, state: SeriesState) -> None:
        """Ask for what is still missing, of photos that are still there."""
        there = {photo.id for photo in state.photos}
        comparisons, system = Comparisons(session, tenant), Actor(tenant, SYSTEM, frozenset())
        for before, after in series.missing:
            if asked_of(before, after) not in state.comparisons and {before, after} <= there:
                row = comparisons.add(new_comparison(Asked((before,), (after,)), state.subject_id))
                record(session, system, Action.COMPARISON_MADE, row.id)
                self._jobs.enqueue(session, tenant, JobKind.COMPARE_PHOTOS, row.id, state.subject_id, later=True)

    def _store(
        self,
        session: Session,
        tenant: TenantId,
        series: PlannedSeries,
        document: SeriesDocument | None,
        state: SeriesState,
        held: SubjectSeries | None,
    ) -> None:
        """Store the document, unless what it was made from has changed meanwhile: then another job makes it."""
        if document is None:
            return
        fingerprint = series.state.fingerprint(series.asked)
        if state.fingerprint(series.asked) != fingerprint:
            update_series(session, tenant, self._jobs, state.subject_id)
            return
        row = held or SubjectSeries(id=new_id(), subject_id=state.subject_id, course_id=state.course_id)
        _write(row, series, document, fingerprint)
        StoredSeries(session, tenant).add(row)
        announce(session, tenant, self._jobs, Event.SERIES_CHANGED, state.subject_id, course_id=state.course_id)


def _states(session: Session, tenant: TenantId, subject_id: str) -> list[SeriesState]:
    """The subject's series; none once the subject was erased."""
    try:
        return series_states(session, tenant, subject_id)
    except ServiceError:
        return []


def _update(session: Session, tenant: TenantId, state: SeriesState) -> Update:
    series = planned(session, tenant, state)
    return series, None if series.pending else made(session, tenant, series)


def _held(stored: StoredSeries, series: PlannedSeries) -> SubjectSeries | None:
    return stored.to_replace(series.state.subject_id, series.state.course_id)


def _write(row: SubjectSeries, series: PlannedSeries, document: SeriesDocument, fingerprint: str) -> None:
    due = document.due
    row.fingerprint, row.pairs, row.made_at = fingerprint, " ".join(series.asked), now()
    row.kind, row.document = series.state.protocol.kind, document.model_dump_json()
    row.cohort = StoredCourse.kept(row.document)
    row.due_what, row.due_says = (None, None) if due is None else (due.what, due.says)
    row.due_since, row.due_until = (None, None) if due is None else (due.since, due.until)
