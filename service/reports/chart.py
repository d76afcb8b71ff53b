"""Where an interval is drawn: one axis for each unit of a table, in the coordinates of a small SVG.

Tables have axes of their own: lids move by tenths of a millimetre and would be dots on the axis of a face's width.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

from models.measurand import Unit
from service.documents import ChangeDocument

WIDTH: Final = 180
"""Width of the drawing in SVG units; the page scales it."""

_MARGIN: Final = 12
_WIDEST: Final = 2.0  # times the median reach; a wider interval is cut, so that the others stay legible
_ROUND_LIMITS: Final = (1.0, 2.0, 3.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """A symmetric axis about zero, from ``-limit`` to ``limit`` in ``unit``."""

    unit: Unit
    limit: float

    def x(self, value: float) -> float:
        """The place of a value; beyond the limits it stays at the edge."""
        share = max(-1.0, min(1.0, value / self.limit))
        return round(WIDTH / 2 + share * (WIDTH / 2 - _MARGIN), 1)

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Places and labels of both ends and the middle."""
        end = f"{self.limit:g}"
        return (
            (self.x(-self.limit), f"\N{MINUS SIGN}{end}"),
            (self.x(0.0), "0"),
            (self.x(self.limit), f"+{end} {self.unit}"),
        )


@dataclass(frozen=True, slots=True)
class IntervalBar:
    """A change with its 95 % interval over the zone that a change must leave to be detectable; all places in x."""

    low: float
    middle: float
    high: float
    zone_start: float
    zone_width: float
    cut_low: bool
    cut_high: bool
    zero: float = WIDTH / 2


def axes(changes: Iterable[ChangeDocument]) -> dict[Unit, Axis]:
    """One axis for each unit that the changes have."""
    reaches: dict[Unit, list[float]] = {}
    for change in changes:
        if (reach := _reach(change)) is not None:
            reaches.setdefault(change.unit, []).append(reach)
    return {unit: Axis(unit, _limit(of_unit)) for unit, of_unit in reaches.items()}


def interval_bar(change: ChangeDocument, axis: Axis) -> IntervalBar | None:
    """The drawing of one change; None where there is no figure to draw."""
    if change.change is None or change.ci95 is None or change.mdc95 is None:
        return None
    low, high = change.ci95
    start, end = axis.x(-change.mdc95), axis.x(change.mdc95)
    return IntervalBar(
        low=axis.x(low),
        middle=axis.x(change.change),
        high=axis.x(high),
        zone_start=start,
        zone_width=round(end - start, 1),
        cut_low=low < -axis.limit,
        cut_high=high > axis.limit,
    )


def _reach(change: ChangeDocument) -> float | None:
    if change.ci95 is None or change.mdc95 is None:
        return None
    return max(abs(change.ci95[0]), abs(change.ci95[1]), change.mdc95)


def _limit(reaches: list[float]) -> float:
    needed = min(max(reaches), _WIDEST * median(reaches))
    return _rounded_up(needed) if needed > 0 else 1.0


def _rounded_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * factor for factor in _ROUND_LIMITS if power * factor >= value * (1 - 1e-9))
