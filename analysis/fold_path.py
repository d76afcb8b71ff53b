"""Where the nasolabial fold's crease runs in one photo, near the mesh's line."""

from typing import Final

import numpy as np
import scipy

from analysis.crease_band import ACROSS_STEP_MM, ALONG_STEP_MM, CreaseLine, across_mm
from analysis.geometry import Polyline, cheapest_path
from models.anatomy import Landmark, Outline, Side
from models.arrays import FloatArray, Plane
from models.landmarks import FaceLandmarks
from models.measurement import Contour, NotAssessable

_FOLD_PART: Final = (0.08, 0.95)
"""Of the mesh's line: above it is the wing of the nose, below it the marionette line."""
_SEARCH_MM: Final = (-7.0, 3.0)
"""Across from the mesh's line, lateral positive."""
_PRIOR_MM: Final = (-0.8, -2.4)
"""Where human-placed points lie from the mesh's line at its top and bottom (SD 1.6 mm, 34 persons, 204 points)."""
_PRIOR_WEIGHT: Final = 0.7
"""Cost of lying 4 mm from there, in full-contrast columns."""
_VALLEY_ARM_MM: Final = 2.0
_VALLEY_SMOOTHING_MM: Final = 0.6
_FULL_VALLEY_LOG: Final = 0.06
"""A valley this deep is a crease beyond doubt; deeper ones count no more, so that the nostril's does not draw."""
_PATH_UNCERTAINTY_MM: Final = 1.9
"""RMS distance of the path from points placed by hand (180 points, 30 persons kept aside; mean 1.5 mm)."""
_BAND_MM: Final = 10.0


def find_fold(log_plane: Plane, landmarks: FaceLandmarks, side: Side, px_per_mm: float) -> Contour | NotAssessable:
    """The crease's path in the face frame, from the wing of the nose downward.

    The cheapest path through dark valleys of ``log_plane`` (log luminance of the face), about the mesh's line. Not
    assessable when the fold lies outside the picture.
    """
    line = _mesh_line(landmarks, side, px_per_mm)
    if not _inside(line.points, log_plane.shape):
        return NotAssessable("The nasolabial fold is not in the picture.")
    across = across_mm(_BAND_MM)
    valley = _valley(line.smoothed(log_plane, _BAND_MM, _VALLEY_SMOOTHING_MM))
    searched = (across >= _SEARCH_MM[0]) & (across <= _SEARCH_MM[1])
    expected = np.linspace(*_PRIOR_MM, valley.shape[1])
    prior = _PRIOR_WEIGHT * ((across[searched, None] - expected) / 4) ** 2
    cost = 1 - np.tanh(np.maximum(valley[searched], 0) / _FULL_VALLEY_LOG) + prior
    offset = scipy.ndimage.gaussian_filter1d(across[searched][cheapest_path(cost, 0.3, reach=1)], 1.5 / ALONG_STEP_MM)
    return Contour(line.points + offset[:, None] * line.lateral * px_per_mm, _PATH_UNCERTAINTY_MM)


def _mesh_line(landmarks: FaceLandmarks, side: Side, px_per_mm: float) -> CreaseLine:
    whole = Polyline.through(landmarks.outline(Outline.NASOLABIAL_FOLD, side))
    part = whole.at(np.linspace(*_FOLD_PART, 100) * whole.arc[-1])
    return CreaseLine.along(part, landmarks[Landmark.MALAR, side], px_per_mm)


def _valley(band: Plane) -> Plane:
    """How much darker each place is than the less bright of its two neighbours across, smoothed along."""
    arm = round(_VALLEY_ARM_MM / ACROSS_STEP_MM)
    darker = np.minimum(np.roll(band, arm, axis=0), np.roll(band, -arm, axis=0)) - band
    return np.asarray(scipy.ndimage.gaussian_filter1d(darker, 2.0 / ALONG_STEP_MM, axis=1))


def _inside(points: FloatArray, shape: tuple[int, ...]) -> bool:
    return bool((points >= 0).all() and (points[:, 0] < shape[1]).all() and (points[:, 1] < shape[0]).all())
