"""Canthal tilt: how far the eye's outer corner stands above its inner one, as an angle to the intercanthal line.

The mesh's canthi say where to look. What changed is how the skin at the same four corners moved in the registered
after, followed as texture; two tilts read off two meshes would scatter by more than a degree.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.alignment import light_normalised, track_points
from analysis.registered_pair import RegisteredPair, once_per_pair
from analysis.uncertainty import COVERAGE_FACTOR, PoseCost
from models.anatomy import Landmark, Side
from models.arrays import FloatArray
from models.comparison import ChangeRefused, ErrorTerm, MeasuredChange
from models.landmarks import FaceLandmarks
from models.measurement import Estimate, NotAssessable

TILT_UNCERTAINTY_DEG: Final = 2.5
"""SD of the mesh's tilt against that of human-placed canthi on 48 photos (2.6 left, 2.3 right; bias below 0.5)."""
_CANTHI: Final = tuple(product((Landmark.ENDOCANTHION, Landmark.EXOCANTHION), Side))
_AWAY_FROM_THE_EYE_MM: Final = 1.5
"""The disc of skin that is followed lies beside the corner: the eyeball turns with the gaze and would pull."""
_DISC_MM: Final = 3.0
_SPACING_MM: Final = 0.75
_WINDOW_MM: Final = 2.5
_MARGIN_MM: Final = 10.0
_NORMALISED_MM: Final = 4.5
_LARGEST_ROUND_TRIP_MM: Final = 0.10
_FARTHEST_MM: Final = 2.5
_LEAST_FOUND: Final = 0.4
_SHARED_TEXTURE: Final = 12.0
"""Windows of 2.5 mm about points 0.75 mm apart overlap: one point in twelve counts as independent."""
_FLOOR_DEG: Final = 0.15
_PROPORTIONAL: Final = 0.3
"""A lid that rises by 1 mm draws the skin beside its outer corner along, and the tilt reads 0.3 degrees too much
(48 rendered pairs of 7 identities)."""
_POSE_COST: Final = PoseCost(per_pitch_degree=0.05, per_yaw_degree=0.05)


@dataclass(frozen=True, slots=True)
class _Move:
    """How far one canthus moved to the subject's left and up, mm, and the standard uncertainty of either."""

    left_mm: float
    up_mm: float
    uncertainty_mm: float


_Moves = Mapping[tuple[Landmark, Side], _Move | NotAssessable]


def measure_tilt(landmarks: FaceLandmarks, side: Side) -> Estimate:
    """The tilt of one eye in one photo, in degrees, positive with the outer corner up; from the mesh alone."""
    return Estimate(_tilt_deg(_upright(landmarks), side), TILT_UNCERTAINTY_DEG)


def tilt_change(pair: RegisteredPair, side: Side) -> MeasuredChange | ChangeRefused:
    """Change of the tilt in degrees: both endocanthia and this side's exocanthion followed from before to after.

    Refused where one of the three is not found again.
    """
    corners = _upright(pair.before.landmarks)
    before = _tilt_deg(corners, side)
    moved, uncertainties = dict(corners), dict[tuple[Landmark, Side], float]()
    for canthus, move in _moves(pair).items():
        if canthus == (Landmark.EXOCANTHION, side.other):
            continue
        if isinstance(move, NotAssessable):
            return ChangeRefused(move.reason, before)
        moved[canthus] = corners[canthus] + pair.px_per_mm * np.array([move.left_mm, move.up_mm])
        uncertainties[canthus] = move.uncertainty_mm
    change = _tilt_deg(moved, side) - before
    terms = (
        ErrorTerm("skin texture and noise", _noise_deg(corners, side, uncertainties, pair.px_per_mm)),
        ErrorTerm("tracking", math.hypot(_FLOOR_DEG, _PROPORTIONAL * change)),
        _POSE_COST.term(pair.pitch_difference_deg, pair.yaw_difference_deg),
    )
    return MeasuredChange(before, change, terms, COVERAGE_FACTOR)


def _upright(landmarks: FaceLandmarks) -> Mapping[tuple[Landmark, Side], FloatArray]:
    """The canthi, (2,) each, as (to the subject's left, up) along the line of the eyes, px."""
    axes = np.stack([landmarks.rightward, landmarks.upward])
    return {canthus: axes @ landmarks[canthus] for canthus in _CANTHI}


def _tilt_deg(corners: Mapping[tuple[Landmark, Side], FloatArray], side: Side) -> float:
    inner, outer = (corners[canthus, side] for canthus in (Landmark.ENDOCANTHION, Landmark.EXOCANTHION))
    across = corners[Landmark.ENDOCANTHION, Side.LEFT] - corners[Landmark.ENDOCANTHION, Side.RIGHT]
    level = np.degrees(np.arctan2(across[1], across[0]))
    away = outer - inner
    slope = np.degrees(np.arctan2(away[1], side.image_direction * away[0]))
    return float(slope - side.image_direction * level)


def _noise_deg(
    corners: Mapping[tuple[Landmark, Side], FloatArray],
    side: Side,
    uncertainties: Mapping[tuple[Landmark, Side], float],
    px_per_mm: float,
) -> float:
    """Each canthus' uncertainty through the angle's slope: a rise of 1 mm at 26 mm is 2.2 degrees."""
    inner = {one: corners[Landmark.ENDOCANTHION, one] for one in Side}
    fissure = float(np.linalg.norm(corners[Landmark.EXOCANTHION, side] - inner[side])) / px_per_mm
    between = float(np.linalg.norm(inner[Side.LEFT] - inner[Side.RIGHT])) / px_per_mm
    own, other = uncertainties[Landmark.ENDOCANTHION, side], uncertainties[Landmark.ENDOCANTHION, side.other]
    parts = (
        uncertainties[Landmark.EXOCANTHION, side] / fissure,
        own * (1 / fissure + 1 / between),
        other / between,
    )
    return float(np.degrees(np.linalg.norm(parts)))


@once_per_pair
def _moves(pair: RegisteredPair) -> _Moves:
    """How each canthus' skin moved from before to after, the head's own motion taken out."""
    landmarks, px_per_mm = pair.before.landmarks, pair.px_per_mm
    corners = np.array([landmarks[canthus] for canthus in _CANTHI])
    low = np.maximum(np.floor(corners.min(axis=0) - _MARGIN_MM * px_per_mm), 0).astype(int)
    high = np.ceil(corners.max(axis=0) + _MARGIN_MM * px_per_mm).astype(int)
    sigma = _NORMALISED_MM * px_per_mm
    before, after = (
        light_normalised(np.ascontiguousarray(grey[low[1] : high[1], low[0] : high[0]]), sigma)
        for grey in (pair.before_grey, pair.after_grey)
    )
    return {
        (canthus, side): _followed(pair, (before, after), _disc(landmarks, canthus, side, px_per_mm) - low)
        for canthus, side in _CANTHI
    }


def _disc(landmarks: FaceLandmarks, canthus: Landmark, side: Side, px_per_mm: float) -> FloatArray:
    """Points (n, 2) of the face frame on the skin beside one canthus."""
    away = side.image_direction * (1 if canthus is Landmark.EXOCANTHION else -1)
    centre = landmarks[canthus, side] + away * _AWAY_FROM_THE_EYE_MM * px_per_mm * landmarks.rightward
    steps = np.arange(-_DISC_MM, _DISC_MM + 1e-9, _SPACING_MM)
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    return np.asarray(centre + px_per_mm * grid[np.linalg.norm(grid, axis=1) <= _DISC_MM])


def _followed(
    pair: RegisteredPair, textures: tuple[NDArray[np.uint8], NDArray[np.uint8]], points: FloatArray
) -> _Move | NotAssessable:
    """Median move of ``points`` (n, 2), there and back."""
    before, after = textures
    start = points.astype(np.float32).reshape(-1, 1, 2)
    there = track_points(before, after, start, _WINDOW_MM * pair.px_per_mm, 2)
    back = track_points(after, before, there.points, _WINDOW_MM * pair.px_per_mm, 2, guess=start)
    move_mm = (there.points - start)[:, 0].astype(np.float64) / pair.px_per_mm
    round_trip_mm = np.linalg.norm((back.points - start)[:, 0], axis=1) / pair.px_per_mm
    found = there.found & back.found & (round_trip_mm < _LARGEST_ROUND_TRIP_MM)
    found &= np.linalg.norm(move_mm, axis=1) < _FARTHEST_MM
    if found.mean() < _LEAST_FOUND:
        return NotAssessable("The skin at a corner of the eye was not found again: make-up, lashes or light differ.")
    axes = np.stack([pair.before.landmarks.rightward, pair.before.landmarks.upward])
    moved = move_mm[found] @ axes.T
    middle = np.median(moved, axis=0)
    spread = 1.48 * float(np.median(np.abs(moved - middle)))
    return _Move(float(middle[0]), float(middle[1]), spread * float(np.sqrt(_SHARED_TEXTURE / found.sum())))
