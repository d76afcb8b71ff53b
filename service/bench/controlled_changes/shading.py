"""How folds and lines are softened or deepened by a known factor.

A fold's own band of log luminance is multiplied in its place. Lines beside the eye are drawn, in both photos: a filter
cannot tell a person's own lines from pores, and what it could not tell it could not change by a known amount.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from scipy.spatial import cKDTree

from models.anatomy import Landmark, Midline, Outline, Side
from models.arrays import FloatArray, Plane
from service.bench.controlled_changes.fields import pixel_grid, smooth_step
from service.bench.controlled_changes.source_face import SourceFace, dense

FOLD_BAND_MM: Final = (0.12, 10.0)
"""Sigmas of the two blurs between which a fold's shading lies: finer is grain, broader the cheek's roundness. Wide, so
that all of a crease's profile is changed by the same factor, whichever part of it somebody looks at."""
FOLD_PLACE_MM: Final = (6.0, 10.0)
"""Across: whole as far as the first from the fold's path, gone at the second."""
_NOSE_AND_LIPS_MM: Final = (0.5, 2.5)
_FOLD_END_MM: Final = 4.0
_LINES: Final = (5, 8)
"""How many lines are drawn beside an eye."""
_LINES_DEEP_LOG: Final = (0.18, 0.35)
_LINES_WIDE_MM: Final = (0.30, 0.50)
"""Depth of a line's valley in log luminance, and its sigma across: plain lines, five times the skin's own texture."""
_LINES_FROM_MM: Final = (5.0, 8.0)
_LINES_LONG_MM: Final = (9.0, 15.0)
_LINES_TURNS_DEG: Final = (-22.0, 42.0)
"""Where the lines are: outward from the outer canthus, against the line of the eyes, upward positive."""
_LINES_BEND_DEG: Final = 12.0
_LINE_END_MM: Final = 2.0
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
    return np.asarray(place * _clear_of_nose_and_lips(face), dtype=np.float32)


def _clear_of_nose_and_lips(face: SourceFace) -> Plane:
    """0 on nostrils and lips, 1 from a few mm away on: a fold that softens leaves them as they are."""
    free = np.ones(face.shape, dtype=np.uint8)
    nostrils = (face.landmarks.outline(Outline.NOSTRIL, side) for side in Side)
    tip = face.landmarks.midline(Midline.NOSE_TIP)
    for polygon in (*(np.vstack([own, tip]) for own in nostrils), face.landmarks.midline(Midline.LIPS)):
        cv2.fillConvexPoly(free, cv2.convexHull(np.rint(polygon).astype(np.int32)), 0)
    away_mm = np.asarray(cv2.distanceTransform(free, cv2.DIST_L2, 5), dtype=np.float64) / face.px_per_mm
    near, clear = _NOSE_AND_LIPS_MM
    return np.asarray(smooth_step((away_mm - near) / (clear - near)), dtype=np.float32)


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


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """One line beside the eye, outward from the outer canthus.

    Parameters
    ----------
    turn_deg : its direction against the line of the eyes at its middle, upward positive.
    bend_deg : by how much the direction changes along it.
    begins_mm, ends_mm : distance from the canthus.
    deep_log, wide_mm : depth of its valley in log luminance, and the valley's sigma.
    """

    turn_deg: float
    bend_deg: float
    begins_mm: float
    ends_mm: float
    deep_log: float
    wide_mm: float


def draw_lines(rng: np.random.Generator) -> tuple[DrawnLine, ...]:
    """Lines beside one eye: as many people photographed are young, their own cannot be followed."""
    turns = np.linspace(*_LINES_TURNS_DEG, int(rng.integers(_LINES[0], _LINES[1] + 1)))
    deep = rng.uniform(*_LINES_DEEP_LOG)
    return tuple(_draw_line(float(turn), float(deep), rng) for turn in turns)


def _draw_line(turn_deg: float, deep_log: float, rng: np.random.Generator) -> DrawnLine:
    begins = float(rng.uniform(*_LINES_FROM_MM))
    return DrawnLine(
        turn_deg=turn_deg + float(rng.uniform(-3, 3)),
        bend_deg=float(rng.uniform(-_LINES_BEND_DEG, _LINES_BEND_DEG)),
        begins_mm=begins,
        ends_mm=begins + float(rng.uniform(*_LINES_LONG_MM)),
        deep_log=deep_log * float(rng.uniform(0.7, 1.3)),
        wide_mm=float(rng.uniform(*_LINES_WIDE_MM)),
    )


def lines_gain(face: SourceFace, side: Side, lines: Iterable[DrawnLine], percent: float) -> Plane:
    """What is added to log luminance for lines that are ``percent`` deeper than drawn, (height, width)."""
    away = (pixel_grid(face.shape) - face.landmarks[Landmark.EXOCANTHION, side]) / face.px_per_mm
    outward, upward = away @ face.outward(side), away @ face.landmarks.upward
    radius, turn = np.hypot(outward, upward), np.degrees(np.arctan2(upward, outward))
    valleys = sum((_valley(line, radius, turn) for line in lines), np.zeros(face.shape))
    return np.asarray(-(1 + percent / 100) * valleys, dtype=np.float32)


def _valley(line: DrawnLine, radius_mm: FloatArray, turn_deg: FloatArray) -> FloatArray:
    """A Gaussian valley about the line, fading over 2 mm at its ends."""
    share = (radius_mm - line.begins_mm) / (line.ends_mm - line.begins_mm)
    course = line.turn_deg + line.bend_deg * (share - 0.5)
    aside_mm = np.radians(turn_deg - course) * radius_mm
    ends = smooth_step((radius_mm - line.begins_mm) / _LINE_END_MM) * smooth_step(
        (line.ends_mm - radius_mm) / _LINE_END_MM
    )
    return np.asarray(line.deep_log * ends * np.exp(-0.5 * (aside_mm / line.wide_mm) ** 2))
