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
_WIDEST: Final = 2.0
"""Times the median: a wider interval around zero is cut, so that the others stay legible; no other ever is."""
_ROUND_LIMITS: Final = (1.0, 1.5, 2.0, 3.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """A symmetric axis about zero, from ``-limit`` to ``limit`` in ``unit``, in a drawing ``width`` units wide."""

    unit: Unit
    limit: float
    width: float = WIDTH

    def x(self, value: float) -> float:
        """The place of a value; beyond the limits it stays at the edge."""
        share = max(-1.0, min(1.0, value / self.limit))
        return round(self.width / 2 + share * (self.width / 2 - _MARGIN), 1)

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Places and labels of both ends and the middle."""
        end = f"{self.limit:g}"
        return (
            (self.x(-self.limit), f"\N{MINUS SIGN}{end}"),
            (self.x(0.0), "0"),
            (self.x(self.limit), f"+{end}{'' if self.unit is Unit.DEGREE else ' '}{self.unit}"),
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
    measured: dict[Unit, list[_Extent]] = {}
    for change in changes:
        if (extent := _extent(change)) is not None:
            measured.setdefault(change.unit, []).append(extent)
    return {unit: Axis(unit, _limit(extents)) for unit, extents in measured.items()}


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


@dataclass(frozen=True, slots=True)
class _Extent:
    """How far from zero a change is drawn: what must be seen of it, and its far end."""

    needed: float
    far: float


def _extent(change: ChangeDocument) -> _Extent | None:
    if change.change is None or change.ci95 is None or change.mdc95 is None:
        return None
    low, high = change.ci95
    far = max(abs(low), abs(high), change.mdc95)
    return _Extent(needed=far if low > 0 or high < 0 else abs(change.change), far=far)


def _limit(extents: list[_Extent]) -> float:
    widest = _WIDEST * median(extent.far for extent in extents)
    shown = max(max(extent.needed, min(extent.far, widest)) for extent in extents)
    return rounded_up(shown) if shown > 0 else 1.0


def rounded_up(value: float) -> float:
    """The next round limit at or above ``value``, which is positive."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * factor for factor in _ROUND_LIMITS if power * factor >= value * (1 - 1e-9))
