"""Where the days of a series lie in a chart: phases, sessions, what else was recorded, and each photo's place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Final

from models.confounder import CONFOUNDERS, ConfounderKind
from models.course import Phase
from models.measurand import MeasurandCode
from service.documents.series import NoteDocument, SeriesDocument, SeriesVisitDocument
from service.reports.series.first_screen import session_days
from service.reports.series.notes import CONFOUNDER

LEFT: Final = 46.0
"""Where the plot begins, in SVG units: before it stand the figures of the upright axis."""
RIGHT: Final = 418.0
"""Where the plot ends; behind it stands the lasting change."""

_INNER: Final = 16.0  # between the plot's edges and the first and last photo
_SAME_DAY: Final = 7.0  # between photos of one day, which would lie on each other
_DAY_S: Final = 86400.0
_STEPS_WEEKS: Final = (1.0, 2.0, 4.0, 8.0, 13.0, 26.0, 52.0)
_MOST_TICKS: Final = 9
_LETTER: Final = 6.6  # an ample letter of the names' size

_PHASE_NAMES: Final = {
    Phase.BASELINE: "Baseline",
    Phase.TREATMENT: "Course",
    Phase.FOLLOW_UP: "After the course",
    Phase.MAINTENANCE: "Maintenance",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name at the middle ``x``, in the first or second row; a row of -1 hides it, because it has no room."""

    words: str
    x: float
    row: int


@dataclass(frozen=True, slots=True)
class Band:
    """A span of time from ``start`` to ``end`` in x."""

    start: float
    end: float
    name: Name


@dataclass(frozen=True, slots=True)
class Recorded:
    """Something else that was recorded: from where to where in x, and on which measures it acts (empty: on all)."""

    start: float
    end: float
    name: str
    measurands: tuple[MeasurandCode, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The time axis that all charts of a series share.

    Parameters
    ----------
    places : x of each photo by its key.
    sessions : x of each day with a session.
    ticks : x and label of whole weeks since the first photo.
    small : half the distance of two photos where they stand close, which bounds the size of their marks.
    """

    places: dict[str, float]
    phases: tuple[Band, ...]
    sessions: tuple[float, ...]
    ticks: tuple[tuple[float, str], ...]
    recorded: tuple[Recorded, ...]
    small: float


def calendar(document: SeriesDocument) -> Calendar | None:
    """Lay out the days of a series; None where it has no photo."""
    visits = sorted(document.visits, key=lambda visit: visit.taken_at)
    if not visits:
        return None
    axis = _Axis(visits[0].taken_at, visits[-1].taken_at)
    places = dict(_places(visits, axis))
    return Calendar(
        places=places,
        phases=_phases(visits, axis, document.protocol.interval_days),
        sessions=tuple(axis.x_of_day(date.fromisoformat(at)) for at in session_days(document)),
        ticks=tuple(axis.ticks()),
        recorded=tuple(_recorded(document.notes, axis)),
        small=_closest(list(places.values())) / 2,
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    first: datetime
    last: datetime

    @property
    def days(self) -> float:
        return max((self.last - self.first).total_seconds() / _DAY_S, 1.0)

    def x(self, days: float) -> float:
        """The place of so many days after the first photo; what lies outside stays at the plot's edge."""
        start, end = LEFT + _INNER, RIGHT - _INNER
        return round(min(RIGHT, max(LEFT, start + (end - start) * days / self.days)), 1)

    def x_at(self, at: datetime) -> float:
        return self.x((at - self.first).total_seconds() / _DAY_S)

    def x_of_day(self, day: date) -> float:
        return self.x(float((day - self.first.date()).days))

    def ticks(self) -> Iterator[tuple[float, str]]:
        weeks = self.days / 7
        step = next((step for step in _STEPS_WEEKS if weeks / step < _MOST_TICKS), _STEPS_WEEKS[-1])
        for week in range(0, int(weeks + 0.5) + 1, int(step)):
            yield self.x(7.0 * week), str(week)


def _places(visits: Sequence[SeriesVisitDocument], axis: _Axis) -> Iterator[tuple[str, float]]:
    """Photos of one day stand beside each other, in their order."""
    room = min(_SAME_DAY, (RIGHT - LEFT) / len(visits))
    for _, same_day in groupby(visits, key=lambda visit: visit.taken_at.date()):
        photos = list(same_day)
        middle = (len(photos) - 1) / 2
        for number, visit in enumerate(photos):
            yield visit.photo, round(axis.x_at(photos[0].taken_at) + room * (number - middle), 1)


def _phases(visits: Sequence[SeriesVisitDocument], axis: _Axis, interval_days: int) -> tuple[Band, ...]:
    """Runs of photos of one phase, each to halfway to the next; a course at most an interval beyond its last photo."""
    runs = [(phase, [visit for _, visit in run]) for phase, run in groupby(_phased(visits), key=lambda pair: pair[0])]
    between = [
        axis.x_at(run[-1].taken_at + _kept_on(phase, after[0].taken_at - run[-1].taken_at, interval_days))
        for (phase, run), (_, after) in pairwise(runs)
    ]
    edges = [LEFT, *between, RIGHT]
    names = _named([_PHASE_NAMES[phase] for phase, _ in runs], edges)
    return tuple(Band(start, end, name) for start, end, name in zip(edges, edges[1:], names, strict=False))


def _kept_on(phase: Phase, gap: timedelta, interval_days: int) -> timedelta:
    """How long after its last photo a phase is drawn on."""
    return min(gap / 2, timedelta(days=interval_days)) if phase is Phase.TREATMENT else gap / 2


def _phased(visits: Sequence[SeriesVisitDocument]) -> Iterator[tuple[Phase, SeriesVisitDocument]]:
    """Each photo with its phase; one right after a session belongs to the phase of the session."""
    phase = Phase.TREATMENT
    for visit in visits:
        phase = phase if visit.phase is Phase.IMMEDIATELY_AFTER else visit.phase
        yield phase, visit


def _named(words: Sequence[str], edges: Sequence[float]) -> Iterator[Name]:
    """Each name in the middle of its band, in the first of two rows that has room for it."""
    taken = [LEFT, LEFT]
    for number, said in enumerate(words):
        half = _LETTER * len(said) / 2
        middle = (edges[number] + edges[number + 1]) / 2
        x = round(min(RIGHT - half, max(LEFT + half, middle)), 1)
        row = next((row for row, end in enumerate(taken) if x - half >= end - 0.1), -1)
        if row >= 0:
            taken[row] = x + half + _LETTER
        yield Name(said, x, row)


def _recorded(notes: Sequence[NoteDocument], axis: _Axis) -> Iterator[Recorded]:
    for note in notes:
        if not note.code.startswith(CONFOUNDER) or note.since is None:
            continue
        start = axis.x_of_day(note.since)
        end = RIGHT if note.until is None else axis.x_of_day(note.until)
        kind = ConfounderKind(note.code.removeprefix(CONFOUNDER))
        yield Recorded(min(start, RIGHT - 3), max(end, start + 3), CONFOUNDERS[kind].name, note.measurands)


def _closest(places: list[float]) -> float:
    apart = [after - before for before, after in pairwise(places)]
    return sorted(apart)[len(apart) // 4] if apart else RIGHT - LEFT
