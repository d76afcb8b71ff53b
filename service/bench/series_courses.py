"""Courses of known truth, seen through comparisons with errors of known size: what the series is held against.

The error of a photo is in every comparison of it, each comparison adds a smaller one, and each day adds what a face
does by itself. No photo is needed, so thousands of courses are judged in a minute; what photos do is the business of
the accuracy benchmark.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from analysis.series.plan import plan_series
from models.anatomy import Side
from models.arrays import FloatArray
from models.comparison import Change, ErrorTerm, MeasuredChange
from models.course import Phase
from models.measurand import MeasurandCode
from models.series import SeriesPair, SeriesPhoto

PHOTO_SD: Final = 0.04
"""One photo's error, mm: about that of a lid's height in rendered photos of one protocol."""
_PAIR_SD: Final = 0.01
_WRONG_BY: Final = (0.7, 1.4)
"""A comparison may state its photo's error too small or too large by these factors."""
_FIRST_DAY: Final = datetime(2026, 3, 2, 10, tzinfo=UTC)
_BASELINES: Final = 2

SHAPES: Final[Mapping[str, Callable[[FloatArray], FloatArray]]] = {
    "nothing": lambda weeks: 0 * weeks,
    "straight": lambda weeks: 0.06 * weeks,
    "saturating": lambda weeks: 0.6 * (1 - np.exp(-weeks / 3)),
    "mild": lambda weeks: 0.15 * (1 - np.exp(-weeks / 3)),
    "at once": lambda weeks: 0.3 * (weeks > 0),
    "in one step": lambda weeks: 0.4 * (weeks >= 3),  # noqa: PLR2004  in the fourth week
}
"""The lasting effect in mm, by weeks since the first session."""


@dataclass(frozen=True, slots=True)
class SimulatedCourse:
    """A weekly course.

    Parameters
    ----------
    shape : a name of :data:`SHAPES`.
    visits : photos before sessions, the first of them of the untreated face.
    day_sd : SD of what a day adds by itself, in a photo's error.
    """

    shape: str
    visits: int
    day_sd: float

    @property
    def photos(self) -> tuple[SeriesPhoto, ...]:
        """Two re-captured baselines, and a photo before each session."""
        untreated = (_photo(f"b{n}", n / 100, Phase.BASELINE, None) for n in range(_BASELINES))
        treated = (_photo(f"t{n}", 7.0 * n, Phase.TREATMENT, n) for n in range(1, self.visits + 1))
        return *untreated, *treated

    @property
    def weeks(self) -> FloatArray:
        """Weeks since the first session of each photo."""
        return np.array([0.0] * _BASELINES + [float(n) for n in range(self.visits)])

    @property
    def end(self) -> float:
        """The lasting effect before the last session, mm."""
        return float(SHAPES[self.shape](self.weeks)[-1])

    @property
    def slope(self) -> float:
        """Its least-squares slope over the distinct weeks, mm a week."""
        weeks = np.unique(self.weeks)
        centred = weeks - weeks.mean()
        return float(centred @ SHAPES[self.shape](weeks) / (centred @ centred))

    def pairs(self, measurands: Sequence[tuple[MeasurandCode, Side]], rng: np.random.Generator) -> list[SeriesPair]:
        """What the planned comparisons find; each measurand's errors are its own."""
        seen = {key: self._states(rng) for key in measurands}
        place = {photo.key: index for index, photo in enumerate(self.photos)}
        return [
            SeriesPair(
                before,
                after,
                tuple(_change(key, seen[key][place[after]] - seen[key][place[before]], rng) for key in measurands),
            )
            for before, after in plan_series(self.photos).pairs
        ]

    def _states(self, rng: np.random.Generator) -> FloatArray:
        photos = self.photos
        days = {photo.taken_at.date(): rng.normal(0, self.day_sd * PHOTO_SD) for photo in photos}
        own = PHOTO_SD * rng.uniform(*_WRONG_BY, len(photos)) * rng.normal(size=len(photos))
        of_day = np.array([days[photo.taken_at.date()] for photo in photos])
        return np.asarray(SHAPES[self.shape](self.weeks) + own + of_day, dtype=np.float64)


def _photo(key: str, day: float, phase: Phase, number: int | None) -> SeriesPhoto:
    return SeriesPhoto(key, _FIRST_DAY + timedelta(days=day), phase, number)


def _change(key: tuple[MeasurandCode, Side], difference: float, rng: np.random.Generator) -> Change:
    term = ErrorTerm("simulated", float(np.hypot(PHOTO_SD * np.sqrt(2), _PAIR_SD)))
    return Change(*key, MeasuredChange(4.0, float(difference + rng.normal(0, _PAIR_SD)), (term,), 1.96))
