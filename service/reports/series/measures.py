"""The tables: every measure and side with its effects and its points."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.anatomy import Side
from models.course import Phase
from models.measurand import MEASURANDS, Family, MeasurandCode, Unit
from models.series import NoteCode
from service.documents.series import MeasurandSeriesDocument, NoteDocument, PointDocument, SeriesDocument
from service.reports.series.effects import EffectWords, effect_words, trend_words
from service.reports.words import day, interval, named, side_words, signed

PLACES: Final = {code: place for place, code in enumerate(MEASURANDS)}

PHASES: Final = {
    Phase.BASELINE: "Baseline",
    Phase.TREATMENT: "Before the session",
    Phase.IMMEDIATELY_AFTER: "Minutes after the session",
    Phase.FOLLOW_UP: "Follow-up",
    Phase.MAINTENANCE: "Maintenance",
}
"""What a page calls the phase of one photo."""


@dataclass(frozen=True, slots=True)
class PointRow:
    """One photo's change from the baseline; ``note`` says why it is missing or does not count."""

    photo: str
    day: str
    phase: str
    change: str
    interval: str
    counts: bool
    note: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure on one side; an effect that the photos do not carry is None, ``missing`` says why of the lasting."""

    id: str
    code: MeasurandCode
    side: Side | None
    side_words: str
    name: str
    full_name: str
    what: str
    unit: Unit
    family: Family
    lasting: EffectWords | None
    passing: EffectWords | None
    after_course: EffectWords | None
    maintenance: EffectWords | None
    trend: str
    missing: str
    points: tuple[PointRow, ...]


def measure_rows(document: SeriesDocument) -> tuple[MeasureRow, ...]:
    """Tell every measure, in the catalogue's order, the subject's right first."""
    return tuple(_row(one, document) for one in in_order(document))


def in_order(document: SeriesDocument) -> list[MeasurandSeriesDocument]:
    """The measures as the catalogue sorts them; the right side first, as it stands first in the picture."""
    return sorted(document.measurands, key=lambda one: (PLACES[one.measurand], one.side is not Side.RIGHT))


def series_row_id(one: MeasurandSeriesDocument) -> str:
    """The row's anchor in the page."""
    return f"{one.measurand}-{one.side or 'face'}"


def phase_words(phase: Phase, number: int | None) -> str:
    """A photo's phase with its session: ``Before session 3``."""
    if number is None or phase not in {Phase.TREATMENT, Phase.IMMEDIATELY_AFTER, Phase.MAINTENANCE}:
        return PHASES[phase]
    if phase is Phase.MAINTENANCE:
        return f"Maintenance, session {number}"
    return PHASES[phase].replace("the session", f"session {number}")


def _row(one: MeasurandSeriesDocument, document: SeriesDocument) -> MeasureRow:
    numbers = {visit.photo: visit.treatment_number for visit in document.visits}
    told = [effect_words(part, one.measurand, one.unit) for part in (one.cumulative, one.acute, one.after_course)]
    lasting, passing, after_course = told
    return MeasureRow(
        id=series_row_id(one),
        code=one.measurand,
        side=one.side,
        side_words=side_words(one.side),
        name=one.name,
        full_name=named(one.name, one.side),
        what=one.what,
        unit=one.unit,
        family=one.family,
        lasting=lasting,
        passing=passing,
        after_course=after_course,
        maintenance=effect_words(one.maintenance, one.measurand, one.unit),
        trend=trend_words(one.trend, one.unit),
        missing="" if lasting else why_missing(one, document.notes),
        points=tuple(_point(point, one.unit, numbers.get(point.photo)) for point in one.points),
    )


def why_missing(one: MeasurandSeriesDocument, notes: Sequence[NoteDocument]) -> str:
    """Why nothing is said of a lasting change: the series' own note on it, else the commonest reason of its photos."""
    about = [note.says for note in notes if note.code in _STOPPING and one.measurand in (note.measurands or ())]
    stopped = Counter(point.reason for point in one.points if point.change_from_baseline is None and point.reason)
    reasons = [*about, *(reason for reason, _ in stopped.most_common(1))]
    general = [note.says for note in notes if note.code in _STOPPING and not note.measurands]
    return next(iter((*reasons, *general)), "No photo at the end of the course carries it.")


_STOPPING: Final = frozenset({NoteCode.NO_BASELINE, NoteCode.NO_END_OF_COURSE})


def _point(point: PointDocument, unit: Unit, number: int | None) -> PointRow:
    known = point.change_from_baseline is not None
    return PointRow(
        photo=point.photo,
        day=day(point.taken_at),
        phase=phase_words(point.phase, number),
        change=signed(point.change_from_baseline, unit) if point.change_from_baseline is not None else "",
        interval=interval(point.ci95, unit) if known and point.ci95 is not None else "",
        counts=point.counts,
        note=point.reason or "",
    )
