"""What stands still behind a moving lid: the eye, continued under the lid where a raised lid uncovers it.

The uncovered part is taken from the same ring about the iris' centre, mirrored where the ring meets the lid: iris and
limbus keep their round shape and texture, and none of it moves.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from models.anatomy import Side
from models.arrays import FloatArray, Plane
from service.bench.controlled_changes.fields import eye_window, lid_place, share_across_lid, smooth_step
from service.bench.controlled_changes.source_face import SourceFace

LASHES_MM: Final = (0.9, 1.5)
"""The lid's layer ends this far below the margin, softly: the lash line and its shadow move with the lid."""
_RING_STEP_MM: Final = 0.1
_RINGS: Final = 140
_TURN_STEP_DEG: Final = 0.5
_TURNS: Final = 260
_FARTHEST_MIRRORED_DEG: Final = 25.0
_BLEND_DEG: Final = 12.0
"""Half the turn over which what is mirrored from the left passes into what is mirrored from the right."""
_MOVES_MM: Final = 0.05
"""A lid that moves less than this at a place is drawn in one layer there."""


@dataclass(frozen=True, slots=True, eq=False)
class StandingEye:
    """Where each of some places of the eye is to be looked up in the source, from either end of its hidden arc.

    Parameters
    ----------
    right, left : (..., 2), mirrored at the arc's end to the right or left in the picture; where the eye is seen, the
        place itself.
    right_share : (...), how much of the right one is to be shown, 0 to 1.
    """

    right: Plane
    left: Plane
    right_share: Plane


@dataclass(frozen=True, slots=True, eq=False)
class LidLayer:
    """How much of each place of the source belongs to an upper lid that moves, and what the eye behind it shows.

    Parameters
    ----------
    lid : (height, width), 1 on the lid's layer, 0 on the eye's.
    right_deg, left_deg : (rings,) turn from straight up at which each ring comes out from under the lid.
    """

    face: SourceFace
    side: Side
    lid: Plane
    right_deg: FloatArray
    left_deg: FloatArray

    def eye_at(self, places: Plane) -> StandingEye:
        """The standing eye at places (..., 2) of the head, those under the lid on its own ring where it is seen."""
        face, away = self.face, places - self.face.eye[self.side]
        radius = np.linalg.norm(away, axis=-1)
        turn = np.degrees(np.arctan2(away @ face.landmarks.rightward, away @ face.landmarks.upward))
        ring = radius / (_RING_STEP_MM * face.px_per_mm)
        right, left = (np.interp(ring, np.arange(_RINGS), deg) for deg in (self.right_deg, self.left_deg))
        hidden = (turn < right) & (turn > -left) & (ring < _RINGS - 1)
        far = _FARTHEST_MIRRORED_DEG
        mirrored = (
            self._on_ring(radius, right + np.minimum(right - turn, far)),
            self._on_ring(radius, -left - np.minimum(turn + left, far)),
        )
        from_right, from_left = (np.where(hidden[..., None], one, places).astype(np.float32) for one in mirrored)
        middle = np.minimum(_BLEND_DEG, np.maximum((right + left) / 4, 0.1))
        share = smooth_step(((turn - (right - left) / 2) / middle + 1) / 2)
        return StandingEye(from_right, from_left, share.astype(np.float32))

    def _on_ring(self, radius: FloatArray, turn_deg: FloatArray) -> FloatArray:
        """Places (..., 2) at a distance and a turn from straight up about the iris' centre."""
        angle, marks = np.radians(turn_deg), self.face.landmarks
        ray = np.sin(angle)[..., None] * marks.rightward + np.cos(angle)[..., None] * marks.upward
        return np.asarray(self.face.eye[self.side] + radius[..., None] * ray)


def lid_layer(face: SourceFace, side: Side, up_mm: float, grid: Plane) -> LidLayer:
    """The layers of an upper lid that rises by ``up_mm``.

    Parameters
    ----------
    grid : (height, width, 2) of pixel_grid.
    """
    window = eye_window(face, side)
    place = lid_place(face, side, grid[window])
    near, far = LASHES_MM
    skin = smooth_step((place.above_mm + far) / (far - near))
    moves = smooth_step(share_across_lid(place.along) * abs(up_mm) / _MOVES_MM)
    in_front = np.ones(face.shape, dtype=np.float32)
    in_front[window] = 1 - (1 - skin) * moves
    right, left = (_comes_out_deg(face, side, sign) for sign in (1, -1))
    return LidLayer(face, side, in_front, right, left)


def _comes_out_deg(face: SourceFace, side: Side, sign: int) -> FloatArray:
    """Turn from straight up, to the right (+1) or left (-1), at which each ring comes out from under the lid."""
    radius = np.arange(_RINGS) * _RING_STEP_MM * face.px_per_mm
    turns = np.radians(np.arange(_TURNS) * _TURN_STEP_DEG)
    marks = face.landmarks
    rays = np.cos(turns)[:, None] * marks.upward + sign * np.sin(turns)[:, None] * marks.rightward
    places = face.eye[side] + radius[:, None, None] * rays[None]
    seen = lid_place(face, side, places).above_mm <= -LASHES_MM[1]
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), _TURNS - 1)
    return np.asarray(first * _TURN_STEP_DEG)
