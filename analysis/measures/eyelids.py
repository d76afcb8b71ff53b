"""Eyelids: where they lie in one photo, and how far they moved between two.

What is reported is relative to the eye itself, so that what the registration leaves cancels: the fissure is upper minus
lower shift, MRD1 is upper lid minus iris.
"""

import math
from dataclasses import dataclass
from typing import Final

from analysis.eye_distance import EdgeErrors, distance_change
from analysis.eye_frame import EyeFrame
from analysis.eye_tracking import TrackedEye, lid_shift
from analysis.lid_margins import margin_height_mm
from analysis.registered_pair import RegisteredPair
from analysis.uncertainty import PoseCost
from models.anatomy import Outline, Side
from models.comparison import ChangeRefused, MeasuredChange
from models.landmarks import FaceLandmarks
from models.measurement import Estimate, EyeContours, NotAssessable, SideContours
from models.scale import Scale

_UPPER_ERRORS: Final = EdgeErrors(
    # Between two photos of equal pose: lashes, skin texture, resampling. 0.020 on 13 rendered faces, on which the other
    # constants were set too; 0.030 on 28 photographed ones whose lids were moved.
    floor_mm=0.030,
    # Skin beside the margin follows it only in part: slopes of one eye lie about 0.97, their SD is 0.05.
    proportional=0.05,
    # The margins stand 1-2 mm before the iris, more or less than the mesh says, and the eyes turn with the camera.
    pose=PoseCost(per_pitch_degree=0.020, per_yaw_degree=0.014),
)
_LOWER_ERRORS: Final = EdgeErrors(
    floor_mm=0.020, proportional=0.05, pose=PoseCost(per_pitch_degree=0.012, per_yaw_degree=0.010)
)


@dataclass(frozen=True, slots=True)
class EyelidChanges:
    """Changes on one side, mm."""

    mrd1: MeasuredChange | ChangeRefused
    mrd2: MeasuredChange | ChangeRefused
    fissure: MeasuredChange | ChangeRefused


@dataclass(frozen=True, slots=True)
class EyelidMeasures:
    """Values on one side of one photo, mm."""

    mrd1: Estimate | NotAssessable
    mrd2: Estimate | NotAssessable
    fissure: Estimate | NotAssessable


def measure_eyelids(contours: SideContours, landmarks: FaceLandmarks, side: Side, scale: Scale) -> EyelidMeasures:
    """MRD1, MRD2 and their sum in one photo, along the eye's own vertical through the iris' centre.

    The fissure height is the sum of both, so it always equals MRD1 + MRD2.
    """
    eye = contours.eye
    if isinstance(eye, NotAssessable):
        return EyelidMeasures(eye, eye, eye)
    mrd1, mrd2, fissure = _heights(eye, EyeFrame.of(landmarks, side), scale)
    return EyelidMeasures(mrd1, mrd2, fissure)


def _heights(eye: EyeContours, frame: EyeFrame, scale: Scale) -> tuple[Estimate, Estimate, Estimate]:
    """MRD1, MRD2 and fissure height, mm."""
    to_mm = frame.px_per_mm * scale.mm_per_px
    upper, lower = eye.upper_lid, eye.lower_lid
    mrd1 = _estimate(margin_height_mm(upper, eye.iris, frame) * to_mm, upper.uncertainty_mm, scale)
    mrd2 = _estimate(-margin_height_mm(lower, eye.iris, frame) * to_mm, lower.uncertainty_mm, scale)
    # The two margins' errors are nearly independent; the pupil's centre cancels in the sum.
    both = math.hypot(upper.uncertainty_mm, lower.uncertainty_mm)
    return mrd1, mrd2, _estimate(mrd1.value + mrd2.value, both, scale)


def _estimate(value_mm: float, uncertainty_mm: float, scale: Scale) -> Estimate:
    return Estimate(value_mm, math.hypot(uncertainty_mm, value_mm * scale.relative_uncertainty))


def eyelid_changes(pair: RegisteredPair, side: Side, tracked: TrackedEye) -> EyelidChanges:
    """Changes of MRD1, MRD2 and fissure height from before to after.

    The lids' shifts are taken against the iris' own shift; their difference, the fissure's change, does not need it.
    """
    eye, frame = pair.before.contours[side].eye, tracked.pair.frame
    if isinstance(eye, NotAssessable):
        return _all_refused(f"In the before photo: {eye.reason}")
    mrd1, mrd2, fissure = _heights(eye, frame, pair.before.scale)
    upper = lid_shift(tracked.pair, Outline.UPPER_LID, eye.upper_lid, eye.iris)
    lower = lid_shift(tracked.pair, Outline.LOWER_LID, eye.lower_lid, eye.iris)
    return EyelidChanges(
        mrd1=distance_change(pair, mrd1, (upper, tracked.iris), frame, _UPPER_ERRORS),
        mrd2=distance_change(pair, mrd2, (tracked.iris, lower), frame, _LOWER_ERRORS),
        fissure=distance_change(pair, fissure, (upper, lower), frame, _UPPER_ERRORS),
    )


def _all_refused(reason: str) -> EyelidChanges:
    refused = ChangeRefused(reason)
    return EyelidChanges(refused, refused, refused)
