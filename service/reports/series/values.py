"""The upright axis of a chart: which changes it shows, and where."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from models.measurand import Unit
from service.documents.series import MeasurandSeriesDocument
from service.reports.words import MINUS

TOP: Final = 40.0
BOTTOM: Final = 200.0

_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_INTERVALS: Final = 5
_WIDEST: Final = 2.0
"""Times the median: a wider interval of one photo is cut, so that the others stay legible; a value never is."""


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """From ``low`` to ``high`` in ``unit``, with a figure every ``step``."""

    unit: Unit
    low: float
    high: float
    step: float

    def y(self, value: float) -> float:
        """The place of a value; what lies outside stays at the plot's edge."""
        share = (min(self.high, max(self.low, value)) - self.low) / (self.high - self.low)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Places and figures."""
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9) + (not _is_round(self.step)))
        for number in range(math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9) + 1):
            value = number * self.step
            text = f"{value:+.{decimals}f}".replace("-", MINUS)
            yield self.y(value), text if number else "0"


def value_axis(sides: Sequence[MeasurandSeriesDocument], *, bars: bool = True) -> ValueAxis:
    """One axis for both sides of a measure, so that they can be compared by eye; zero is always on it.

    Parameters
    ----------
    bars : whether room is made for the intervals of single photos.
    """
    needed = [0.0, *(value for one in sides for value in _needed(one))]
    widest = _WIDEST * median([half for one in sides for half in _half_widths(one)] or [0.0])
    seen = [*needed, *(value for one in sides if bars for value in _bars(one, widest))]
    low, high = min(seen), max(seen)
    if high - low <= 0:
        low, high = -1.0, 1.0
    margin = 0.04 * (high - low)
    return ValueAxis(sides[0].unit, low - margin, high + margin, _step((high - low) / _INTERVALS))


def zone(one: MeasurandSeriesDocument) -> float | None:
    """How large a lasting change must be to be detectable; where none is told, what one photo would have to show."""
    if one.cumulative is not None:
        return one.cumulative.mdc95
    halves = list(_half_widths(one))
    return median(halves) if halves else None


def _needed(one: MeasurandSeriesDocument) -> Iterable[float]:
    yield from (point.change_from_baseline for point in one.points if point.change_from_baseline is not None)
    if one.cumulative is not None:
        yield from one.cumulative.ci95
    limit = zone(one)
    if limit is not None:
        yield from (-limit, limit)


def _half_widths(one: MeasurandSeriesDocument) -> Iterator[float]:
    return ((point.ci95[1] - point.ci95[0]) / 2 for point in one.points if point.ci95 is not None)


def _bars(one: MeasurandSeriesDocument, widest: float) -> Iterator[float]:
    for point in one.points:
        if point.ci95 is not None and point.change_from_baseline is not None:
            half = min(widest, (point.ci95[1] - point.ci95[0]) / 2)
            yield from (point.change_from_baseline - half, point.change_from_baseline + half)


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in _STEPS if power * factor >= rough * (1 - 1e-9))


def _is_round(step: float) -> bool:
    """Whether a step has one digit: 0.25 has two."""
    digits = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    return abs(digits - round(digits)) < 1e-6  # noqa: PLR2004  far below the half of 2.5
