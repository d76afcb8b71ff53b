"""From a series' records and documents to its plan, and from the plan to its document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from analysis.series.build import build_series
from analysis.series.due import next_due
from analysis.series.plan import SeriesPlan, plan_series
from models.course import Phase
from models.series import Due, SeriesPair, SeriesPhoto
from service.comparisons.repository import Asked, Comparisons, ComparisonStatus
from service.confounders.repository import confounder_of
from service.database.tables import Comparison, Photo, Visit
from service.documents import ComparisonDocument, FlagDocument, MeasurementDocument, RefusedDocument
from service.documents.series import SeriesDocument
from service.documents.series_told import VisitTold, series_document, series_pair, series_photo
from service.photos.repository import Photos, PhotoStatus
from service.series.addresses import picture_address
from service.series.choice import Candidate, chosen
from service.series.state import SeriesState
from service.tenancy.tenant import TenantId


@dataclass(frozen=True, slots=True)
class PlannedSeries:
    """Which photos a series is made of, and which comparisons.

    Parameters
    ----------
    photos : in time, by their ids.
    flags : of each photo, by its id.
    waiting : frontal photos that were not measured yet.
    """

    state: SeriesState
    photos: tuple[SeriesPhoto, ...]
    plan: SeriesPlan
    flags: Mapping[str, tuple[FlagDocument, ...]]
    waiting: int

    @property
    def asked(self) -> list[str]:
        """The plan's comparisons, as in ``Comparison.asked``."""
        return [asked_of(before, after) for before, after in self.plan.pairs]

    @property
    def missing(self) -> list[tuple[str, str]]:
        """Pairs that nobody asked for yet."""
        return [pair for pair in self.plan.pairs if asked_of(*pair) not in self.state.comparisons]

    @property
    def ended(self) -> list[str]:
        """The ids of those that have ended, well or not."""
        known = [self.state.comparisons[asked] for asked in self.asked if asked in self.state.comparisons]
        return [pair.id for pair in known if pair.status != ComparisonStatus.QUEUED]

    @property
    def pending(self) -> int:
        """Comparisons that are still to be made; a photo that waits to be measured will need one."""
        return self.waiting + len(self.plan.pairs) - len(self.ended)


def asked_of(before: str, after: str) -> str:
    """Two photos as :class:`service.comparisons.repository.Asked` writes them."""
    return str(Asked((before,), (after,)))


def planned(session: Session, tenant: TenantId, state: SeriesState) -> PlannedSeries:
    """The plan of a series; the photos' documents are read for it, and no comparison's."""
    ids = [photo.id for photo in state.photos]
    visits = {visit.id: visit for visit in state.visits}
    rows = Photos(session, tenant).every(Photo.id.in_(ids)) if ids else []
    measured = [one for row in rows if (one := _measured(row, visits[row.visit_id])) is not None]
    photos = chosen([one.candidate for one in measured])
    flags = {one.candidate.photo.key: one.flags for one in measured}
    return PlannedSeries(state, photos, plan_series(photos), flags, len(rows) - len(measured))


def made(session: Session, tenant: TenantId, series: PlannedSeries) -> SeriesDocument:
    """The document of a series from all comparisons that have ended; ``pending`` counts the others."""
    state = series.state
    rows = Comparisons(session, tenant).every(Comparison.id.in_(series.ended)) if series.ended else []
    pairs = {row.asked: _Compared.of(row) for row in rows}
    built = build_series(
        series.photos,
        [pair.pair for pair in pairs.values()],
        protocol=state.protocol,
        confounders=[confounder_of(row) for row in state.confounders],
        floors=state.floors,
    )
    told = dict(_told(series, pairs))
    return series_document(replace(built, due=_due(state)), state.protocol, told, series.pending)


@dataclass(frozen=True, slots=True)
class _Measured:
    candidate: Candidate
    flags: tuple[FlagDocument, ...] = ()


def _measured(row: Photo, visit: Visit) -> _Measured | None:
    """A photo as the choice takes it; None while it waits for its first measurement."""
    when = visit.taken_at, Phase(visit.phase), visit.treatment_number, visit.notes or ""
    if row.status == PhotoStatus.FAILED:
        failed = SeriesPhoto(row.id, when[0], when[1], when[2], unusable=row.failure or "", notes=when[3])
        return _Measured(Candidate(visit.id, failed, accepted=False))
    if row.document is None:
        return None
    if row.status == PhotoStatus.REFUSED:
        refused = RefusedDocument.model_validate_json(row.document)
        return _Measured(Candidate(visit.id, series_photo(row.id, refused, *when), accepted=False))
    document = MeasurementDocument.model_validate_json(row.document)
    accepted = document.quality.verdict == "usable"
    return _Measured(Candidate(visit.id, series_photo(row.id, document, *when), accepted), document.quality.flags)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A comparison that has ended."""

    id: str
    pair: SeriesPair
    flags: tuple[FlagDocument, ...]
    has_before: bool
    has_after: bool

    @classmethod
    def of(cls, row: Comparison) -> "_Compared":
        """From the row; its document is read here."""
        pair, flags = _read(row)
        return cls(row.id, pair, flags, row.aligned_before_blob is not None, row.aligned_after_blob is not None)


def _read(row: Comparison) -> tuple[SeriesPair, tuple[FlagDocument, ...]]:
    keys = row.before_photo_id, row.after_photo_id
    if row.document is None or row.status == ComparisonStatus.FAILED:
        return SeriesPair(*keys, (), row.failure or "The comparison could not be made."), ()
    if row.status == ComparisonStatus.REFUSED:
        return series_pair(*keys, RefusedDocument.model_validate_json(row.document)), ()
    document = ComparisonDocument.model_validate_json(row.document)
    return series_pair(*keys, document), document.comparability.flags


def _told(series: PlannedSeries, pairs: Mapping[str, _Compared]) -> Iterator[tuple[str, VisitTold]]:
    """What is told of each photo beside its figures; the reference is shown as any comparison has it."""
    visit_of = {photo.id: photo.visit_id for photo in series.state.photos}
    reference = series.plan.reference
    for photo in series.photos:
        with_it = pairs.get(asked_of(reference or "", photo.key))
        told = VisitTold(visit_of[photo.key], series.flags.get(photo.key, ()))
        if with_it is not None:
            shown = _picture(series.state, with_it, "after") if with_it.has_after else None
            told = replace(told, flags=(*told.flags, *with_it.flags), comparison_id=with_it.id, aligned_image=shown)
        elif photo.key == reference:
            told = replace(told, aligned_image=_picture_of_reference(series, pairs))
        yield photo.key, told


def _picture_of_reference(series: PlannedSeries, pairs: Mapping[str, _Compared]) -> str | None:
    for pair in pairs.values():
        if pair.pair.before == series.plan.reference and pair.has_before:
            return _picture(series.state, pair, "before")
    return None


def _picture(state: SeriesState, pair: _Compared, which: str) -> str:
    return picture_address(state.subject_id, state.course_id, pair.id, which)


def _due(state: SeriesState) -> Due | None:
    """What comes next, judged by all visits, photographed or not; nothing once the subject is on a later course."""
    had = [SeriesPhoto(v.id, v.taken_at, Phase(v.phase), v.treatment_number) for v in state.visits]
    due = next_due(had, state.protocol) if state.is_latest else None
    over = state.course is not None and state.course.ended_on is not None
    return None if due is not None and over and due.what.startswith("session") else due
