"""Brow height: from the pupil's centre up to the brow's lower border."""

import math
from typing import Final

from analysis.edge_following import EyePair, edge_shift
from analysis.eye_distance import EdgeErrors, distance_change
from analysis.eye_frame import EyeFrame
from analysis.eye_tracking import TrackedEye
from analysis.lid_margins import find_brow_border, margin_height_mm
from analysis.registered_pair import RegisteredPair
from analysis.uncertainty import PoseCost
from models.anatomy import Outline, Side
from models.arrays import Plane
from models.comparison import ChangeRefused, MeasuredChange
from models.landmarks import FaceLandmarks
from models.measurement import Circle, Contour, Estimate, NotAssessable
from models.scale import Scale

_ERRORS: Final = EdgeErrors(
    floor_mm=0.055,
    proportional=0.05,
    # The brow stands 10-15 mm before the pupil's plane and arches over it; the mesh's depth there is off by 2-3 mm.
    pose=PoseCost(per_pitch_degree=0.055, per_yaw_degree=0.045),
)
"""From 240 sides of 13 rendered faces, whose brows do not move."""


def measure_brow(
    grey: Plane, landmarks: FaceLandmarks, side: Side, iris: Circle | NotAssessable, scale: Scale
) -> Estimate | NotAssessable:
    """Height of the brow's lower border above the iris' centre, mm, along the eye's own vertical."""
    if isinstance(iris, NotAssessable):
        return iris
    border = find_brow_border(grey, landmarks, side, iris)
    return _height(border, landmarks, side, iris, scale)


def brow_change(pair: RegisteredPair, side: Side, tracked: TrackedEye) -> MeasuredChange | ChangeRefused:
    """Change of the brow's height against the iris, mm; its hair followed from before to after."""
    iris = pair.before.contours[side].iris
    if isinstance(iris, NotAssessable):
        return ChangeRefused(iris.reason)
    border = find_brow_border(pair.before_grey, pair.before.landmarks, side, iris)
    before = _height(border, pair.before.landmarks, side, iris, pair.before.scale)
    eye = tracked.pair.frame
    frame = eye.raised(float(eye.from_face(border.points)[:, 1].mean()))
    brow = edge_shift(EyePair.of(pair, frame), Outline.BROW_LOWER, frame.from_face(border.points))
    return distance_change(pair, before, (brow, tracked.iris), eye, _ERRORS)


def _height(border: Contour, landmarks: FaceLandmarks, side: Side, iris: Circle, scale: Scale) -> Estimate:
    frame = EyeFrame.of(landmarks, side)
    value = margin_height_mm(border, iris, frame) * frame.px_per_mm * scale.mm_per_px
    return Estimate(value, math.hypot(border.uncertainty_mm, value * scale.relative_uncertainty))
