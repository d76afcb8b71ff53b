"""The skin beside the eye as a fan about the outer canthus: columns run outward, rows turn upward.

Lines beside the eye run outward from the canthus, so in the fan they lie along the rows. Averaging outward keeps them
and levels pores and noise; a band-pass across them leaves out the temple's roundness.
"""

from typing import Final

import cv2
import numpy as np

from analysis.geometry import sample
from models.anatomy import Landmark, Side
from models.arrays import FloatArray, Plane
from models.landmarks import FaceLandmarks

_RADII_MM: Final = (6.0, 20.0)
"""Nearer are lashes and the lids' corner, farther is hair."""
_ANGLES_DEG: Final = (-25.0, 45.0)
"""Against the line of the eyes, upward positive: below is the cheek, above the brow's tail."""
_RADIAL_STEP_MM: Final = 0.25
_ANGLE_STEP_DEG: Final = 1.0
_MARGIN_DEG: Final = 12.0
_OUTWARD_SMOOTHING_MM: Final = 1.5
_BAND_PASS_MM: Final = (0.35, 1.0)
_BAND_PASS_RADIUS_MM: Final = 12.0
"""Where the band-pass has its nominal width; it grows outward as the lines do."""

REACH_MM: Final = _RADII_MM[1] + 3.0


def fan_points(apex: FloatArray, landmarks: FaceLandmarks, side: Side, px_per_mm: float) -> FloatArray:
    """Points (angles, radii, 2) of the fan about ``apex`` (2,), in the face frame, margins included."""
    low, high = _ANGLES_DEG
    angle = np.radians(np.arange(low - _MARGIN_DEG, high + _MARGIN_DEG + 0.1, _ANGLE_STEP_DEG))[:, None, None]
    radius = np.arange(*_RADII_MM, _RADIAL_STEP_MM)[None, :, None] * px_per_mm
    outward = side.image_direction * landmarks.rightward
    return np.asarray(apex + radius * (np.cos(angle) * outward + np.sin(angle) * landmarks.upward))


def outline(landmarks: FaceLandmarks, side: Side, px_per_mm: float) -> FloatArray:
    """The fan's edge as a polygon (n, 2) in the face frame."""
    margin = round(_MARGIN_DEG / _ANGLE_STEP_DEG)
    points = fan_points(landmarks[Landmark.EXOCANTHION, side], landmarks, side, px_per_mm)[margin:-margin]
    return np.concatenate([points[0], points[1:, -1], points[-1, -2::-1], points[-2:0:-1, 0]])


def lines_in(plane: Plane, points: FloatArray) -> FloatArray:
    """What is darker or brighter than its surroundings across the fan, in log luminance, margins taken off."""
    fan = cv2.GaussianBlur(sample(plane, points), (0, 0), sigmaX=_OUTWARD_SMOOTHING_MM / _RADIAL_STEP_MM, sigmaY=0.01)
    per_mm = float(np.degrees(1 / _BAND_PASS_RADIUS_MM)) / _ANGLE_STEP_DEG
    fine, broad = (cv2.GaussianBlur(fan, (0, 0), sigmaX=0.01, sigmaY=width * per_mm) for width in _BAND_PASS_MM)
    margin = round(_MARGIN_DEG / _ANGLE_STEP_DEG)
    return np.asarray((fine - broad)[margin:-margin], dtype=np.float64)
