"""What the registration leaves at the lower face, told from skin beside the jowl that no treatment moves.

The mesh's depth is wrong by centimetres at chin and jaw, so a degree of pose leaves up to 0.3 mm there. That error is
the pose difference times a smooth error of depth, alike on both sides; together with a similarity it is fitted to chin
pad, upper lip, lateral cheek and preauricular skin and carried to the jowl.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.alignment import light_normalised, track_points
from analysis.geometry import blurred, log_light
from analysis.registered_pair import RegisteredPair, once_per_pair
from models.anatomy import Midline, Outline, Side
from models.arrays import FloatArray, Plane
from models.landmarks import FaceLandmarks
from models.measurement import NotAssessable

_LARGEST_POSE_DEG: Final = 3.0
_EDGE_BLUR_MM: Final = 0.33
_NORMALISED_MM: Final = 4.0
_FEATURES: Final = 350
_SPACING_MM: Final = 2.4
_WINDOW_MM: Final = 6.0
_LARGEST_ROUND_TRIP_MM: Final = 0.15
_FEWEST_FEATURES: Final = 40
_EDGE_KEPT_CLEAR_MM: Final = 5.0
_JOWL_KEPT_CLEAR_MM: Final = 26.0
"""Beyond it a treated jowl's skin moves by less than a tenth of its middle."""
_UNIT_MM: Final = 50.0
"""Length that makes the terms of the fit alike in size."""
_CHIN_LEVEL_MM: Final = 50.0
_MATCH_SPREAD_MM: Final = 0.07
_SHARED_TEXTURE: Final = 4.0
"""Windows of 6 mm at features 2.4 mm apart overlap: a quarter of the features counts as independent."""
_SIMILARITY_SPREAD_MM: Final = 1.0
_DEPTH_SPREAD_MM: Final = (15.0, 10.0, 10.0, 8.0, 8.0, 8.0, 5.0, 4.0)
"""Prior spread of the mesh's depth error: constant, |x|, y, x², y², |x|y, then one-sided x and xy, at 50 mm."""


@dataclass(frozen=True, slots=True, eq=False)
class SkinDrift:
    """The smooth motion of untreated skin left by the registration.

    Parameters
    ----------
    terms, covariance : (12,), (12, 12), of the fit in mm.
    """

    landmarks: FaceLandmarks
    px_per_mm: float
    pose_deg: tuple[float, float]
    terms: FloatArray
    covariance: FloatArray

    def at(self, points: FloatArray) -> FloatArray:
        """Motion in mm (n, 2) at points (n, 2) of the before's face frame, along the picture's axes."""
        return np.asarray(self._design(points) @ self.terms)

    def uncertainty_mm(self, points: FloatArray, direction: FloatArray) -> float:
        """Standard uncertainty of the mean motion of points (n, 2) along unit vectors (n, 2)."""
        mean = np.einsum("nij,ni->j", self._design(points), direction) / len(points)
        return float(np.sqrt(mean @ self.covariance @ mean))

    def _design(self, points: FloatArray) -> FloatArray:
        return drift_design((points - self.landmarks.centre) / self.px_per_mm, self.landmarks, self.pose_deg)


@dataclass(frozen=True, slots=True, eq=False)
class LowerFace:
    """The pair's lower face, light normalised, and what its untreated skin did.

    Parameters
    ----------
    before, after : uint8 crops of the before's face frame; ``origin`` (2,) is their first pixel there.
    before_log, after_log : log light of the same crops, blurred by 0.33 mm, for edges.
    """

    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    before_log: Plane
    after_log: Plane
    origin: FloatArray
    px_per_mm: float
    drift: SkinDrift


@once_per_pair
def lower_face_of(pair: RegisteredPair) -> LowerFace | NotAssessable:
    """The lower face of a pair.

    Not assessable when too little untreated skin is found again, or when the heads are turned more than 3 degrees
    apart.
    """
    if max(abs(pair.yaw_difference_deg), abs(pair.pitch_difference_deg)) > _LARGEST_POSE_DEG:
        return NotAssessable("The heads are turned too far apart for the jaw.")
    landmarks, px_per_mm = pair.before.landmarks, pair.px_per_mm
    low, high = _bounds(landmarks, px_per_mm, pair.before_grey.shape)
    rows, columns = slice(low[1], high[1]), slice(low[0], high[0])
    sigma = _NORMALISED_MM * px_per_mm
    before = light_normalised(pair.before_grey[rows, columns], sigma)
    after = light_normalised(pair.after_grey[rows, columns], sigma)
    mask = _untreated(landmarks, px_per_mm, before.shape, low)
    corners = cv2.goodFeaturesToTrack(
        before, _FEATURES, qualityLevel=0.01, minDistance=_SPACING_MM * px_per_mm, mask=mask, blockSize=5
    )
    if corners is None:
        return NotAssessable("Too little skin texture was found beside the jaw.")
    start = np.asarray(corners, dtype=np.float64)[:, 0]
    motion_mm, round_trip_mm = _there_and_back(before, after, start, _WINDOW_MM, px_per_mm)
    found = round_trip_mm < _LARGEST_ROUND_TRIP_MM
    if found.sum() < _FEWEST_FEATURES:
        return NotAssessable("Too little skin beside the jaw was found again in the other photo.")
    origin = low.astype(np.float64)
    pose = (pair.yaw_difference_deg, pair.pitch_difference_deg)
    drift = _fit(start[found] + origin, motion_mm[found], landmarks, px_per_mm, pose)
    before_log, after_log = (
        blurred(log_light(grey[rows, columns]), _EDGE_BLUR_MM * px_per_mm)
        for grey in (pair.before_grey, pair.after_grey)
    )
    return LowerFace(before, after, before_log, after_log, origin, px_per_mm, drift)


def _bounds(
    landmarks: FaceLandmarks, px_per_mm: float, shape: tuple[int, ...]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and past-the-last pixel (x, y) of the lower face: from the mesh's centre down, with room for the jaw."""
    oval = landmarks.midline(Midline.FACE_OVAL)
    low = np.array([oval[:, 0].min() - 6 * px_per_mm, landmarks.centre[1] - 4 * px_per_mm])
    high = oval.max(axis=0) + 8 * px_per_mm
    low = np.maximum(np.floor(low), 0)
    return low.astype(np.intp), np.minimum(np.ceil(high), (shape[1], shape[0])).astype(np.intp)


def _untreated(
    landmarks: FaceLandmarks, px_per_mm: float, shape: tuple[int, ...], low: NDArray[np.intp]
) -> NDArray[np.uint8]:
    """255 on skin of the lower face away from its edge, the lips and both jowls."""
    mask = np.zeros(shape[:2], dtype=np.uint8)
    cv2.fillPoly(mask, [np.rint(landmarks.midline(Midline.FACE_OVAL) - low).astype(np.int32)], 255)
    size = int(_EDGE_KEPT_CLEAR_MM * px_per_mm) | 1
    mask = np.asarray(cv2.erode(mask, np.ones((size, size), dtype=np.uint8)), dtype=np.uint8)
    lips = cv2.convexHull(np.rint(landmarks.midline(Midline.LIPS) - low).astype(np.int32))
    cv2.fillConvexPoly(mask, lips, 0)
    for side in Side:
        x, y = np.rint(landmarks.outline(Outline.JOWL, side).mean(axis=0) - low).astype(int)
        cv2.circle(mask, (int(x), int(y)), int(_JOWL_KEPT_CLEAR_MM * px_per_mm), 0, -1)
    return mask


def _there_and_back(
    before: NDArray[np.uint8], after: NDArray[np.uint8], points: FloatArray, window_mm: float, px_per_mm: float
) -> tuple[FloatArray, FloatArray]:
    start = np.asarray(points, dtype=np.float32).reshape(-1, 1, 2)
    window_px = window_mm * px_per_mm
    there = track_points(before, after, start, window_px, 2)
    back = track_points(after, before, there.points, window_px, 2, guess=start)
    round_trip = np.linalg.norm((back.points - start)[:, 0], axis=1) / px_per_mm
    round_trip[~(there.found & back.found)] = np.inf
    return np.asarray((there.points - start)[:, 0] / px_per_mm, dtype=np.float64), np.asarray(round_trip)


def drift_design(from_centre_mm: FloatArray, landmarks: FaceLandmarks, pose_deg: tuple[float, float]) -> FloatArray:
    """Motion per term (n, 2, 12) at places (n, 2) from the mesh's centre: similarity, then pose times depth error."""
    x = from_centre_mm @ landmarks.rightward / _UNIT_MM
    y = (from_centre_mm @ -landmarks.upward - _CHIN_LEVEL_MM) / _UNIT_MM
    one, zero, aside = np.ones_like(x), np.zeros_like(x), np.abs(x)
    depth = np.stack([one, aside, y, x * x, y * y, aside * y, x, x * y], axis=-1)
    yaw, pitch = np.radians(pose_deg)
    horizontal = np.column_stack([one, zero, x, -y, yaw * depth])
    vertical = np.column_stack([zero, one, y, x, pitch * depth])
    return np.stack([horizontal, vertical], axis=1)


def _fit(
    points: FloatArray, motion_mm: FloatArray, landmarks: FaceLandmarks, px_per_mm: float, pose_deg: tuple[float, float]
) -> SkinDrift:
    """Robust least squares with the priors above (Cauchy weights, Holland & Welsch 1977, Commun. Stat. 6:813)."""
    design = drift_design((points - landmarks.centre) / px_per_mm, landmarks, pose_deg)
    prior = np.array([_SIMILARITY_SPREAD_MM] * 4 + list(_DEPTH_SPREAD_MM))
    weight, spread = np.ones(len(points)), _MATCH_SPREAD_MM
    normal, terms = np.diag(1 / prior**2), np.zeros(len(prior))
    for _ in range(8):
        weighted = design * (weight / (_MATCH_SPREAD_MM**2 * _SHARED_TEXTURE))[:, None, None]
        normal = np.tensordot(weighted, design, axes=([0, 1], [0, 1])) + np.diag(1 / prior**2)
        terms = np.linalg.solve(normal, np.tensordot(weighted, motion_mm, axes=([0, 1], [0, 1])))
        misfit = np.linalg.norm(motion_mm - design @ terms, axis=1)
        spread = max(_MATCH_SPREAD_MM, float(np.median(misfit)) / 1.18)
        weight = 1 / (1 + (misfit / (2.4 * spread)) ** 2) ** 2
    return SkinDrift(landmarks, px_per_mm, pose_deg, terms, np.linalg.inv(normal) * (spread / _MATCH_SPREAD_MM) ** 2)
