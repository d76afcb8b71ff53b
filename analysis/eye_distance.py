"""The change of a vertical distance at the eye: how far one edge rose against another, with its uncertainty."""

import math
from dataclasses import dataclass
from typing import Final

from analysis.edge_following import Shift
from analysis.eye_frame import EyeFrame
from analysis.registered_pair import RegisteredPair
from analysis.tone import sharpness_ratio
from analysis.uncertainty import COVERAGE_FACTOR, PoseCost
from models.comparison import ChangeRefused, ErrorTerm, MeasuredChange
from models.measurement import Estimate, NotAssessable

_FOCUS_MM: Final = 0.18
"""Shift of an edge that is dark on one side, per unit of the logarithm of the photos' sharpness ratio (photos of four
rendered faces blurred by 0.15-0.37 mm)."""


@dataclass(frozen=True, slots=True)
class EdgeErrors:
    """What following two edges costs beyond their own noise.

    Parameters
    ----------
    floor_mm : left between two photos of equal pose.
    proportional : share of the change itself.
    pose : per degree of difference.
    """

    floor_mm: float
    proportional: float
    pose: PoseCost


def distance_change(
    pair: RegisteredPair,
    before: Estimate,
    edges: tuple[Shift | NotAssessable, Shift | NotAssessable],
    frame: EyeFrame,
    errors: EdgeErrors,
) -> MeasuredChange | ChangeRefused:
    """Change in mm of the distance between two edges: rise of the upper less rise of the lower.

    Parameters
    ----------
    before : the distance in the before, mm.
    edges : upper and lower, each followed or the reason why not.
    frame : of the eye, whose prior millimetres the shifts are in.
    """
    upper, lower = edges
    if isinstance(upper, NotAssessable):
        return ChangeRefused(upper.reason, before.value)
    if isinstance(lower, NotAssessable):
        return ChangeRefused(lower.reason, before.value)
    to_mm = frame.px_per_mm / pair.px_per_mm
    change = (upper.up_mm - lower.up_mm) * to_mm
    noise = math.hypot(upper.standard_uncertainty_mm, lower.standard_uncertainty_mm)
    disagreement = math.hypot(upper.disagreement_mm, lower.disagreement_mm) / 2
    focus = _FOCUS_MM * abs(math.log(sharpness_ratio(pair)))
    return MeasuredChange(
        before=before.value,
        change=change,
        error_terms=(
            ErrorTerm("skin texture and noise", noise * to_mm),
            ErrorTerm("disagreement of two methods", disagreement * to_mm),
            ErrorTerm("edge following", math.hypot(errors.floor_mm, errors.proportional * change)),
            errors.pose.term(pair.pitch_difference_deg, pair.yaw_difference_deg),
            ErrorTerm("focus", focus),
            ErrorTerm("scale", abs(change) * pair.before.scale.relative_uncertainty),
        ),
        coverage_factor=COVERAGE_FACTOR,
    )
