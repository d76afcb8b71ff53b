"""Lay two photos of one face on each other by the skin that moves with the skull alone.

Corner features on forehead, temples and nose, tracked by pyramidal Lucas-Kanade (Bouguet 2000) on pictures normalised
for local light, and a rigid motion with depth through them (:mod:`analysis.rigid_motion`). Mouth, jaw, brows and the
cheek under treatment take no part.
"""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.geometry import DARK_OFFSET, fit_similarity, wide_blur
from analysis.rigid_motion import TERMS, DepthMap, Displace, FlowFit, RigidMotion, fit_flow, flow_basis
from models.alignment import AlignmentRefused
from models.anatomy import Midline, Outline, Side
from models.arrays import FloatArray, Plane
from models.landmarks import FaceLandmarks

_FEATURES: Final = 400
_SPACING_MM: Final = 2.2
_CONTRAST_FLOOR: Final = 0.02
"""Log contrast below which flat skin is not blown up into noise."""
_NORMALISED_WIDTH: Final = 0.03
"""Sigma of the local mean and contrast, in face widths."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """One round of tracking: window in mm, pyramid levels above the first, farthest plausible move in mm, terms."""

    window_mm: float
    levels: int
    reach_mm: float
    terms: int


_PASSES: Final = (_Pass(8.0, 2, 6.0, 6), _Pass(6.0, 1, 2.5, TERMS), _Pass(5.0, 0, 1.5, TERMS))
_LARGEST_ROUND_TRIP_PX: Final = 0.4
_FEWEST_MATCHES: Final = 80
LARGEST_SPREAD_MM: Final = 0.30
_FEWEST_INLIERS: Final = 0.70
_INLIER_SPREADS: Final = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """The head's motion and how well it was found.

    Parameters
    ----------
    matches : features (n, 2) of the before's face frame that were found again.
    misfit : (n, 2) what the motion leaves at each, in before face-frame pixels.
    residual_mm : RMS distance of the inliers from where the motion puts them.
    """

    motion: RigidMotion
    matches: FloatArray
    misfit: FloatArray
    residual_mm: float
    fit: FlowFit


def register(
    before: Plane, after: Plane, before_landmarks: FaceLandmarks, after_landmarks: FaceLandmarks, px_per_mm: float
) -> Registration | AlignmentRefused:
    """The head's motion from ``before`` to ``after`` (grey, each in its own face frame).

    Parameters
    ----------
    px_per_mm : of the before's face frame.

    Refused when fewer than 80 features are found again, when they scatter by more than 0.30 mm or when less than 70 %
    of them obey one motion: another person, another pose, or light that changed the skin's texture.
    """
    skin = _RigidSkin.of(before, before_landmarks, px_per_mm)
    if len(skin.corners) < _FEWEST_MATCHES:
        return AlignmentRefused("Too little skin texture was found on forehead and nose.", None)
    anchors = (landmarks.midline(Midline.RIGID_ANCHORS) for landmarks in (before_landmarks, after_landmarks))
    motion = RigidMotion(fit_similarity(*anchors), DepthMap.of(before_landmarks, px_per_mm))
    *coarse, finest = _PASSES
    for tracking in coarse:
        nearer = _follow(skin, after, motion, tracking)
        if isinstance(nearer, AlignmentRefused):
            return nearer
        motion = nearer.motion
    found = _follow(skin, after, motion, finest)
    if isinstance(found, AlignmentRefused):
        return found
    if found.fit.spread / px_per_mm > LARGEST_SPREAD_MM or found.fit.inliers < _FEWEST_INLIERS:
        return AlignmentRefused("Forehead and nose do not move as one between the photos.", found.residual_mm)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _RigidSkin:
    """The part of the before that moves with the skull, cut out and made ready for tracking.

    Parameters
    ----------
    origin : (2,) of the cut-out's top-left pixel in the before's face frame.
    texture : normalised for local light.
    corners : (n, 1, 2) features in the cut-out.
    sigma : of the light's normalisation, px.
    """

    origin: FloatArray
    texture: NDArray[np.uint8]
    corners: NDArray[np.float32]
    sigma: float
    px_per_mm: float

    @classmethod
    def of(cls, before: Plane, landmarks: FaceLandmarks, px_per_mm: float) -> "_RigidSkin":
        mask = rigid_mask(before.shape, landmarks)
        # Room for the widest window and the farthest move, so that no track ends at the cut.
        margin = round((_PASSES[0].window_mm + _PASSES[0].reach_mm) * px_per_mm)
        left, top, width, height = cv2.boundingRect(mask)
        rows = slice(max(top - margin, 0), top + height + margin)
        columns = slice(max(left - margin, 0), left + width + margin)
        sigma = max(2.0, _NORMALISED_WIDTH * landmarks.face_width)
        texture = light_normalised(np.ascontiguousarray(before[rows, columns]), sigma)
        corners = _corners(texture, np.ascontiguousarray(mask[rows, columns]), px_per_mm)
        return cls(np.array([columns.start, rows.start], dtype=np.float64), texture, corners, sigma, px_per_mm)

    def seen_in(self, after: Plane, motion: RigidMotion) -> NDArray[np.uint8]:
        """The same cut-out of the after, moved onto the before, as texture."""
        looked_up = displacement_map(lambda points: motion(points + self.origin), self.texture.shape)
        return light_normalised(np.maximum(warp(after, looked_up), 0), self.sigma)


def _follow(skin: _RigidSkin, after: Plane, motion: RigidMotion, tracking: _Pass) -> Registration | AlignmentRefused:
    """The motion bettered by one round of tracking in the after already moved by it."""
    start, displacement = _track(skin, skin.seen_in(after, motion), tracking)
    if len(start) < _FEWEST_MATCHES:
        return AlignmentRefused("Too little of forehead and nose was found again in the other photo.", None)
    basis = flow_basis(start, motion.depth)
    fit = fit_flow(basis, displacement, tracking.terms)
    misfit = displacement - basis @ fit.terms
    distance = np.linalg.norm(misfit, axis=1)
    residual_px = float(np.sqrt(np.mean(distance[distance < _INLIER_SPREADS * fit.spread] ** 2)))
    return Registration(motion.plus(fit.terms), start, misfit, residual_px / skin.px_per_mm, fit)


def light_normalised(grey: Plane, sigma: float) -> NDArray[np.uint8]:
    """Local mean taken out and local contrast made even, of log light, as 8 bits for tracking."""
    log = np.asarray(cv2.log(np.maximum(grey, 0) + np.float32(DARK_OFFSET)), dtype=np.float32)
    detail = cv2.subtract(log, wide_blur(log, sigma))
    power = np.asarray(cv2.multiply(detail, detail), dtype=np.float32)
    contrast = cv2.sqrt(wide_blur(power, sigma) + np.float32(_CONTRAST_FLOOR**2))
    # convertScaleAbs rounds and saturates, so that 0 to 255 holds what lies within 2.8 local contrasts.
    return np.asarray(cv2.convertScaleAbs(np.maximum(cv2.divide(detail, contrast) * 45 + 128, 0)), dtype=np.uint8)


def displacement_map(displace: Displace, shape: tuple[int, ...]) -> Plane:
    """Where ``displace`` takes each pixel of a picture of ``shape``: (height, width, 2) float32, (x, y).

    The displacement is evaluated on a coarse grid and interpolated: it is smooth over the face.
    """
    height, width = shape[:2]
    step = max(8, width // 100)
    columns, rows = np.arange(0, width + 2 * step, step), np.arange(0, height + 2 * step, step)
    grid = np.stack(np.meshgrid(columns, rows), axis=-1).astype(np.float64)
    coarse = displace(grid.reshape(-1, 2)).reshape(grid.shape).astype(np.float32)
    # warpAffine maps the coarse grid's node k exactly to pixel k * step, which resize would not.
    enlarge = np.array([[1 / step, 0, 0], [0, 1 / step, 0]], dtype=np.float64)
    full = cv2.warpAffine(coarse, enlarge, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(full, dtype=np.float32)


def warp(picture: Plane, looked_up: Plane) -> Plane:
    """``picture`` (height, width[, channels]), float32, looked up at each place of a displacement map.

    Cubic: it may overshoot by a few per cent of an edge's height.
    """
    x, y = cv2.split(looked_up)
    values = cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(values, dtype=np.float32)


def rigid_mask(shape: tuple[int, ...], landmarks: FaceLandmarks) -> NDArray[np.uint8]:
    """255 on skin that moves with the skull: nose and bridge, forehead, temples."""
    mask = np.zeros(shape[:2], dtype=np.uint8)
    polygons = [landmarks.midline(Midline.NOSE), landmarks.midline(Midline.FOREHEAD)]
    for side in Side:
        polygons += [landmarks.outline(Outline.FOREHEAD_SIDE, side), landmarks.outline(Outline.TEMPLE, side)]
    for polygon in polygons:
        cv2.fillPoly(mask, [np.rint(polygon).astype(np.int32)], 255)
    return mask


def _corners(texture: NDArray[np.uint8], mask: NDArray[np.uint8], px_per_mm: float) -> NDArray[np.float32]:
    corners: Any = cv2.goodFeaturesToTrack(
        texture,
        _FEATURES,
        qualityLevel=0.02,
        minDistance=_SPACING_MM * px_per_mm,
        mask=mask,
        blockSize=max(3, int(1.2 * px_per_mm) | 1),
    )
    # None where there is no corner at all, which OpenCV's types do not say.
    return np.asarray(np.empty((0, 1, 2)) if corners is None else corners, dtype=np.float32)


def _track(skin: _RigidSkin, moved: NDArray[np.uint8], tracking: _Pass) -> tuple[FloatArray, FloatArray]:
    """Corners (n, 2) of the face frame found again, there and back, and their displacements (n, 2)."""
    corners, window_px = skin.corners, tracking.window_mm * skin.px_per_mm
    there = track_points(skin.texture, moved, corners, window_px, tracking.levels)
    back = track_points(moved, skin.texture, there.points, window_px, tracking.levels, guess=corners)
    displacement = (there.points - corners)[:, 0].astype(np.float64)
    round_trip = np.linalg.norm((back.points - corners)[:, 0], axis=1)
    kept = (
        there.found
        & back.found
        & (round_trip < _LARGEST_ROUND_TRIP_PX)
        & (np.linalg.norm(displacement, axis=1) < tracking.reach_mm * skin.px_per_mm)
    )
    return corners[kept, 0].astype(np.float64) + skin.origin, displacement[kept]


@dataclass(frozen=True, slots=True, eq=False)
class Tracked:
    """Points (n, 1, 2) float32 and whether each was found."""

    points: NDArray[np.float32]
    found: NDArray[np.bool_]


def track_points(
    reference: NDArray[np.uint8],
    moved: NDArray[np.uint8],
    points: NDArray[np.float32],
    window_px: float,
    levels: int,
    guess: NDArray[np.float32] | None = None,
) -> Tracked:
    """Pyramidal Lucas-Kanade from ``points`` (n, 1, 2), starting at ``guess`` or at the same place."""
    window = max(9, int(window_px) | 1)
    found_points, status, _ = cv2.calcOpticalFlowPyrLK(
        reference,
        moved,
        points,
        (points if guess is None else guess).copy(),
        winSize=(window, window),
        maxLevel=levels,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        criteria=(cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 20, 0.005),
    )
    return Tracked(np.asarray(found_points, dtype=np.float32), status[:, 0] > 0)
