"""Where a cohort's dots and shares are drawn, in the coordinates of small SVGs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from models.measurand import Unit
from models.series import DETECTABLE
from service.cohort.claim import Claim
from service.documents.cohort import CohortMeasureDocument, ShareDocument
from service.reports.chart import Axis, rounded_up

STRIP_WIDTH: Final = 220
STRIP_HEIGHT: Final = 44
SHARE_WIDTH: Final = 150
_MARGIN: Final = 10
_DOT: Final = 6
"""Width of a dot: nearer ones are stacked."""
_ROWS: Final = 5
"""Dots in a stack before they lie on each other."""


@dataclass(frozen=True, slots=True)
class DrawnDot:
    """One subject's change; ``detectable`` ones are filled."""

    x: float
    y: float
    detectable: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """All changes of a measure with their median and the middle half; all places in the drawing's units."""

    dots: tuple[DrawnDot, ...]
    box_start: float
    box_width: float
    median: float
    zero: float


@dataclass(frozen=True, slots=True)
class ShareBar:
    """A share with its interval on 0 to 100 %, what chance gives, and a claim."""

    low: float
    value: float
    high: float
    chance: float
    claim_start: float
    claim_width: float


def axes(measures: Iterable[CohortMeasureDocument]) -> dict[Unit, Axis]:
    """One axis for each unit, that holds every change."""
    largest: dict[Unit, float] = {}
    for one in measures:
        far = max(abs(dot.change) for dot in one.changes)
        largest[one.unit] = max(far, largest.get(one.unit, 0.0))
    return {unit: Axis(unit, rounded_up(far) if far > 0 else 1.0, STRIP_WIDTH) for unit, far in largest.items()}


def strip(measure: CohortMeasureDocument, axis: Axis) -> Strip:
    """The drawing of one measure's changes."""
    places = [axis.x(dot.change) for dot in measure.changes]
    start, end = (axis.x(bound) for bound in measure.quartiles)
    return Strip(
        dots=tuple(
            DrawnDot(x, y, dot.own_verdict in DETECTABLE)
            for x, y, dot in zip(places, _stacked(places), measure.changes, strict=True)
        ),
        box_start=start,
        box_width=round(end - start, 1),
        median=axis.x(measure.median),
        zero=axis.x(0.0),
    )


def share_bar(share: ShareDocument, chance: float, claim: Claim | None) -> ShareBar:
    """The drawing of one share.

    Parameters
    ----------
    chance : share that is expected where nothing changed.
    """
    start, end = (0.0, 0.0) if claim is None else (_per_cent(claim.low), _per_cent(claim.high))
    return ShareBar(
        low=_per_cent(100 * share.ci95[0]),
        value=_per_cent(100 * share.share),
        high=_per_cent(100 * share.ci95[1]),
        chance=_per_cent(100 * chance),
        claim_start=start,
        claim_width=0.0 if claim is None else max(1.5, round(end - start, 1)),
    )


def _per_cent(value: float) -> float:
    return round(_MARGIN + value / 100 * (SHARE_WIDTH - 2 * _MARGIN), 1)


def _stacked(places: Sequence[float]) -> list[float]:
    """Heights at which dots that are near each other, sorted by place, do not lie on each other."""
    heights: list[float] = []
    row, left = 0, float("-inf")
    for x in places:
        row = (row + 1) % _ROWS if x - left < _DOT else 0
        left = left if row else x
        heights.append(round(STRIP_HEIGHT - 8 - row * (STRIP_HEIGHT - 16) / (_ROWS - 1), 1))
    return heights
