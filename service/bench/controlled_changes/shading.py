"""How folds and lines are softened or deepened: their band of log luminance times a known factor, in their place."""

from typing import Final

import cv2
import numpy as np
from scipy.spatial import cKDTree

from models.anatomy import Landmark, Side
from models.arrays import FloatArray, Plane
from service.bench.controlled_changes.fields import pixel_grid, smooth_step
from service.bench.controlled_changes.source_face import SourceFace, dense

FOLD_BAND_MM: Final = (0.3, 6.0)
"""Sigmas of the two blurs between which a fold's shading lies: finer is grain, broader is the cheek's roundness."""
FOLD_PLACE_MM: Final = (5.0, 9.0)
"""Across: whole as far as the first from the fold's path, gone at the second."""
_FOLD_END_MM: Final = 4.0
LINES_BAND_MM: Final = (0.3, 1.5)
"""The same across the lines beside the eye."""
_LINES_ALONG_MM: Final = 3.0
"""A line is what stays when light is averaged over this sigma outward: pores and grain do not."""
_LINES_RADII_MM: Final = (4.0, 6.0, 20.0, 23.0)
_LINES_TURNS_DEG: Final = (-35.0, -25.0, 45.0, 55.0)
"""Where the change begins, is whole, is still whole and has ended: outward, and against the line of the eyes."""
_RADIAL_STEP_MM: Final = 0.2
_TURN_STEP_DEG: Final = 0.5
_FLOOR: Final = 0.004


def log_light(face: SourceFace) -> Plane:
    """Natural logarithm of linear luminance: Rec. 709 weights, gamma 2.2."""
    linear = (face.rgb.astype(np.float32) / 255) ** 2.2
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    return np.asarray(np.log(luminance + _FLOOR), dtype=np.float32)


def fold_gain(face: SourceFace, side: Side, light: Plane, percent: float) -> Plane:
    """What is added to log luminance so that a fold's shading is ``percent`` stronger, (height, width)."""
    if percent == 0:
        return np.zeros(face.shape, dtype=np.float32)
    fine, broad = (cv2.GaussianBlur(light, (0, 0), sigma * face.px_per_mm) for sigma in FOLD_BAND_MM)
    return np.asarray(percent / 100 * (fine - broad) * _fold_place(face, side), dtype=np.float32)


def _fold_place(face: SourceFace, side: Side) -> Plane:
    """1 along the fold, fading across and at its ends."""
    path = dense(face.fold[side], 150)
    reach = (FOLD_PLACE_MM[1] + _FOLD_END_MM) * face.px_per_mm
    low = np.maximum(path.min(axis=0) - reach, 0).astype(int)
    high = np.minimum(path.max(axis=0) + reach, face.shape[::-1]).astype(int)
    places = pixel_grid((high[1] - low[1], high[0] - low[0])) + low
    place = np.zeros(face.shape, dtype=np.float32)
    place[low[1] : high[1], low[0] : high[0]] = _beside_fold(path, places.reshape(-1, 2), face.px_per_mm).reshape(
        places.shape[:2]
    )
    return place


def _beside_fold(path: FloatArray, places: FloatArray, px_per_mm: float) -> FloatArray:
    """The same at places (n, 2)."""
    distance, nearest = cKDTree(path).query(places)
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    beyond = ((places - path[nearest]) * tangent[nearest]).sum(axis=1)
    ends = (nearest == 0) | (nearest == len(path) - 1)
    along = np.where(ends, np.abs(beyond), 0) / px_per_mm
    whole, gone = FOLD_PLACE_MM
    across = 1 - smooth_step((distance / px_per_mm - whole) / (gone - whole))
    return np.asarray(across * (1 - smooth_step(along / _FOLD_END_MM)))


def lines_gain(face: SourceFace, side: Side, light: Plane, percent: float) -> Plane:
    """The same for the lines beside the eye: what runs outward from the outer canthus and is fine across."""
    if percent == 0:
        return np.zeros(face.shape, dtype=np.float32)
    radii = np.arange(0.5, _LINES_RADII_MM[-1] + 6, _RADIAL_STEP_MM)
    turns = np.arange(_LINES_TURNS_DEG[0] - 12, _LINES_TURNS_DEG[-1] + 12, _TURN_STEP_DEG)
    fan = _fan(face, side, light, radii, turns)
    along = cv2.GaussianBlur(fan, (0, 0), sigmaX=_LINES_ALONG_MM / _RADIAL_STEP_MM, sigmaY=0.01)
    lines = _band_across(np.asarray(along, dtype=np.float32), radii) * _lines_place(radii, turns)
    return _back_from_fan(face, side, (percent / 100 * lines).astype(np.float32), radii, turns)


def _fan(face: SourceFace, side: Side, plane: Plane, radii: FloatArray, turns: FloatArray) -> Plane:
    """A plane by turn (rows, upward) and distance (columns) from the outer canthus."""
    angle = np.radians(turns)[:, None, None]
    rays = np.cos(angle) * face.outward(side) + np.sin(angle) * face.landmarks.upward
    places = (face.landmarks[Landmark.EXOCANTHION, side] + radii[None, :, None] * face.px_per_mm * rays).astype(
        np.float32
    )
    fan = cv2.remap(plane, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(fan, dtype=np.float32)


def _band_across(fan: Plane, radii: FloatArray) -> Plane:
    """What is fine across the rays, in millimetres at each distance."""
    band = np.empty_like(fan)
    for column, radius in enumerate(radii):
        per_mm = float(np.degrees(1 / radius)) / _TURN_STEP_DEG
        fine, broad = (
            cv2.GaussianBlur(fan[:, column : column + 1], (0, 0), sigmaX=0.01, sigmaY=sigma * per_mm)
            for sigma in LINES_BAND_MM
        )
        band[:, column] = (fine - broad)[:, 0]
    return band


def _lines_place(radii: FloatArray, turns: FloatArray) -> Plane:
    distance, angle = (
        _plateau(values, *ends) for values, ends in ((radii, _LINES_RADII_MM), (turns, _LINES_TURNS_DEG))
    )
    return np.asarray(angle[:, None] * distance[None], dtype=np.float32)


def _plateau(values: FloatArray, begins: float, whole: float, still: float, ends: float) -> FloatArray:
    return smooth_step((values - begins) / (whole - begins)) * smooth_step((ends - values) / (ends - still))


def _back_from_fan(face: SourceFace, side: Side, fan: Plane, radii: FloatArray, turns: FloatArray) -> Plane:
    away = (pixel_grid(face.shape) - face.landmarks[Landmark.EXOCANTHION, side]) / face.px_per_mm
    outward, upward = away @ face.outward(side), away @ face.landmarks.upward
    columns = (np.hypot(outward, upward) - radii[0]) / _RADIAL_STEP_MM
    rows = (np.degrees(np.arctan2(upward, outward)) - turns[0]) / _TURN_STEP_DEG
    gain = cv2.remap(
        fan, columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
    )
    return np.asarray(gain, dtype=np.float32)
