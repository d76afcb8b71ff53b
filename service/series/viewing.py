"""Reading series, each reading audited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.consent import Purpose
from service.audit import Action, record
from service.blobs.vault import Vaults
from service.comparisons.repository import Comparisons
from service.comparisons.schemas import Which
from service.comparisons.viewing import aligned_blob, report_document
from service.database import Database
from service.database.tables import Comparison
from service.documents import ComparisonDocument
from service.documents.series import SeriesDocument
from service.errors import ProblemCode, ServiceError
from service.jobs import JobEngine
from service.series.asking import update_series
from service.series.making import made, planned
from service.series.repository import StoredSeries
from service.series.state import SeriesState, the_series
from service.subjects.repository import Subjects
from service.tenancy.keeping_links import About, keep
from service.tenancy.links import NO_COURSE, SeriesLink
from service.tenancy.tenant import Actor


@dataclass(frozen=True, slots=True)
class SeenSeries:
    """A series as it was asked for: the subject, the course that it is of, and what is known by now."""

    subject_id: str
    course_id: str | None
    document: SeriesDocument


class SeriesViewer:
    """Reads series for an actor."""

    def __init__(self, database: Database, vaults: Vaults, jobs: JobEngine) -> None:
        self._database = database
        self._vaults = vaults
        self._jobs = jobs

    def ask(self, actor: Actor, subject_id: str, course_id: str | None, action: Action) -> bool:
        """Whether the stored series is true; has it brought up to date where it is not. The asking is audited."""
        with self._database.writing(actor.tenant) as session:
            state = the_series(session, actor.tenant, subject_id, course_id)
            record(session, actor, action, subject_id)
            true = _is_true(session, actor, state)
            if not true:
                update_series(session, actor.tenant, self._jobs, subject_id)
            return true

    def is_true(self, actor: Actor, subject_id: str, course_id: str | None) -> bool:
        """Whether the stored series is true by now."""
        with self._database.reading(actor.tenant) as session:
            return _is_true(session, actor, the_series(session, actor.tenant, subject_id, course_id))

    def tell(self, actor: Actor, subject_id: str, course_id: str | None) -> SeenSeries:
        """The stored series while it is true, else one made from what is there."""
        with self._database.reading(actor.tenant) as session:
            state = the_series(session, actor.tenant, subject_id, course_id)
            row = StoredSeries(session, actor.tenant).of(subject_id, state.course_id)
            if row is not None and state.is_told_by(row):
                document = SeriesDocument.model_validate_json(row.document)
            else:
                document = made(session, actor.tenant, planned(session, actor.tenant, state))
            return SeenSeries(subject_id, state.course_id, document)

    def pictures(self, actor: Actor, seen: SeenSeries) -> Mapping[str, bytes]:
        """The aligned photos of a series that was just told (JPEG), by photo; the telling is their audit."""
        with self._database.reading(actor.tenant) as session:
            comparisons = Comparisons(session, actor.tenant).every_light(Comparison.subject_id == seen.subject_id)
            vault = self._vaults.of(Subjects(session, actor.tenant).get(seen.subject_id))
        by_id = {row.id: row for row in comparisons}
        shown = {visit.photo: visit.aligned_image for visit in seen.document.visits if visit.aligned_image}
        blobs = {photo: _blob_at(address, by_id) for photo, address in shown.items()}
        return {photo: vault.get(blob) for photo, blob in blobs.items() if blob is not None}

    def picture(self, actor: Actor, subject_id: str, course_id: str | None, comparison_id: str, which: Which) -> bytes:
        """One aligned photo of a comparison of this series (JPEG)."""
        with self._database.writing(actor.tenant) as session:
            pair = _of_series(session, actor, subject_id, course_id, comparison_id)
            record(session, actor, Action.ALIGNED_READ, pair.id)
            vault = self._vaults.of(Subjects(session, actor.tenant).get(subject_id))
        return vault.get(aligned_blob(pair, which))

    def comparison(
        self, actor: Actor, subject_id: str, course_id: str | None, comparison_id: str
    ) -> ComparisonDocument:
        """What the report of a comparison of this series tells, or ServiceError with the reason why there is none."""
        with self._database.writing(actor.tenant) as session:
            pair = _of_series(session, actor, subject_id, course_id, comparison_id)
            record(session, actor, Action.REPORT_READ, pair.id)
        return report_document(pair)

    def link(
        self, actor: Actor, subject_id: str, course_id: str | None, expires_at: datetime, purpose: Purpose
    ) -> SeriesLink:
        """Permission to read this series until ``expires_at``, or until consent to the purpose ends."""
        with self._database.writing(actor.tenant) as session:
            state = the_series(session, actor.tenant, subject_id, course_id)
            link = SeriesLink(actor.tenant, subject_id, state.course_id or NO_COURSE, expires_at)
            record(session, actor, Action.LINK_MADE, subject_id)
            return keep(session, actor, link, About(subject_id, purpose))


def _is_true(session: Session, actor: Actor, state: SeriesState) -> bool:
    return state.is_told_by(StoredSeries(session, actor.tenant).of(state.subject_id, state.course_id))


def _of_series(
    session: Session, actor: Actor, subject_id: str, course_id: str | None, comparison_id: str
) -> Comparison:
    """The comparison, where both its photos are of the series; else the same error as for none."""
    state = the_series(session, actor.tenant, subject_id, course_id)
    pair = Comparisons(session, actor.tenant).get(comparison_id)
    if not {pair.before_photo_id, pair.after_photo_id} <= {photo.id for photo in state.photos}:
        raise ServiceError(ProblemCode.COMPARISON_NOT_FOUND)
    return pair


def _blob_at(address: str, pairs: Mapping[str, Comparison]) -> str | None:
    """The blob of the picture that a series names by its address."""
    comparison_id, which = address.partition("?")[0].split("/")[-2:]
    pair = pairs.get(comparison_id)
    if pair is None:
        return None
    return pair.aligned_before_blob if which == Which.BEFORE else pair.aligned_after_blob
