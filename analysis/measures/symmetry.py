"""Left less right: the difference of a measurand's two sides in one photo, and how it changed between two.

What both sides share cancels: pitch raises both edges alike, one scale stretches both. Yaw turns one side nearer and
the other away, so its error adds up. Everything else is taken as independent, which errs on the wide side.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

from analysis.registered_pair import RegisteredPair
from analysis.uncertainty import COVERAGE_FACTOR, PoseCost
from models.anatomy import Side
from models.comparison import POSE_TERM, SCALE_TERM, Change, ChangeRefused, ErrorTerm, MeasuredChange
from models.measurand import MEASURANDS, MeasurandCode
from models.measurement import Estimate, Measurement, NotAssessable
from models.scale import Scale

DIFFERENCES: Final = MappingProxyType(
    {entry.code: entry.difference_of for entry in MEASURANDS.values() if entry.difference_of is not None}
)
"""Each asymmetry and the measurand whose sides it compares."""

_POSE_COSTS: Final = MappingProxyType(
    {
        MeasurandCode.MRD1_ASYMMETRY: PoseCost(per_pitch_degree=0.01, per_yaw_degree=0.02),
        MeasurandCode.FISSURE_ASYMMETRY: PoseCost(per_pitch_degree=0.01, per_yaw_degree=0.03),
        MeasurandCode.BROW_ASYMMETRY: PoseCost(per_pitch_degree=0.02, per_yaw_degree=0.04),
        MeasurandCode.JAWLINE_ASYMMETRY: PoseCost(per_pitch_degree=0.015, per_yaw_degree=0.07),
    }
)
"""Slopes of the squared error of left less right over the squared pose difference (109 rendered pairs of 7
identities)."""


def asymmetries(measured: Iterable[Measurement], scale: Scale) -> Iterator[Measurement]:
    """Left less right in one photo, mm, of every measurand of the catalogue that has such a difference.

    Parameters
    ----------
    measured : the measurements of both sides; where one is not assessable, its reason stands for the difference.
    """
    of = {(one.measurand, one.side): one.result for one in measured}
    for code, base in DIFFERENCES.items():
        yield Measurement(code, None, _difference(of[base, Side.LEFT], of[base, Side.RIGHT], scale))


def _difference(
    left: Estimate | NotAssessable, right: Estimate | NotAssessable, scale: Scale
) -> Estimate | NotAssessable:
    if isinstance(left, NotAssessable):
        return _on_side(left, Side.LEFT)
    if isinstance(right, NotAssessable):
        return _on_side(right, Side.RIGHT)
    value = left.value - right.value
    own = (_without_scale(left, scale), _without_scale(right, scale))
    return Estimate(value, math.hypot(*own, value * scale.relative_uncertainty))


def _without_scale(estimate: Estimate, scale: Scale) -> float:
    shared = estimate.value * scale.relative_uncertainty
    return math.sqrt(max(estimate.standard_uncertainty**2 - shared**2, 0.0))


def _on_side(missing: NotAssessable, side: Side) -> NotAssessable:
    return NotAssessable(f"On the {side}: {missing.reason}")


def asymmetry_changes(pair: RegisteredPair, changes: Iterable[Change]) -> Iterator[Change]:
    """Left's change less right's, mm, of every measurand of the catalogue that has such a difference.

    Parameters
    ----------
    changes : of both sides, gates applied; where one is refused, its reason stands for the difference.
    """
    of = {(change.measurand, change.side): change.result for change in changes}
    for code, base in DIFFERENCES.items():
        yield Change(code, None, _change(pair, code, {side: of[base, side] for side in Side}))


def _change(
    pair: RegisteredPair, code: MeasurandCode, sides: Mapping[Side, MeasuredChange | ChangeRefused]
) -> MeasuredChange | ChangeRefused:
    left, right = sides[Side.LEFT], sides[Side.RIGHT]
    if isinstance(left, ChangeRefused) or isinstance(right, ChangeRefused):
        return _refused(left, right)
    change = left.change - right.change
    terms = (
        *_independent(left, right),
        _POSE_COSTS[code].term(pair.pitch_difference_deg, pair.yaw_difference_deg),
        ErrorTerm(SCALE_TERM, abs(change) * pair.before.scale.relative_uncertainty),
    )
    return MeasuredChange(left.before - right.before, change, terms, COVERAGE_FACTOR)


def _independent(left: MeasuredChange, right: MeasuredChange) -> Iterator[ErrorTerm]:
    """Terms of one source from both sides, added as if they knew nothing of each other."""
    sizes: dict[str, float] = {}
    for term in chain(left.error_terms, right.error_terms):
        if term.source not in {POSE_TERM, SCALE_TERM}:
            sizes[term.source] = math.hypot(sizes.get(term.source, 0.0), term.standard_uncertainty)
    return (ErrorTerm(source, size) for source, size in sizes.items())


def _refused(left: MeasuredChange | ChangeRefused, right: MeasuredChange | ChangeRefused) -> ChangeRefused:
    reasons = [
        (side, one.reason) for side, one in ((Side.LEFT, left), (Side.RIGHT, right)) if isinstance(one, ChangeRefused)
    ]
    side, reason = reasons[0]
    # A reason that stops both sides is the pair's and not a side's.
    shared = len({words for _, words in reasons}) < len(reasons)
    before = None if left.before is None or right.before is None else left.before - right.before
    return ChangeRefused(reason if shared else f"On the {side}: {reason}", before)
