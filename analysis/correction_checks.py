"""Whether a contour placed by hand can be what it says: checked before it is kept, from geometry alone.

Everything is in the pixel frame of the upright photo as uploaded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.anatomy import Side
from models.arrays import FloatArray
from models.correction import ContourName, Correction, CorrectionRefused
from models.measurement import Circle
from models.scale import HVID_MM

FEWEST_POINTS: Final = {
    ContourName.UPPER_LID: 4,
    ContourName.LOWER_LID: 4,
    ContourName.JAWLINE: 5,
    ContourName.NASOLABIAL_FOLD: 3,
}
"""Of which a smooth line with the contour's usual bends can be drawn."""
MOST_POINTS: Final = 400
_FARTHEST_MM: Final = {
    ContourName.IRIS: 8.0,
    ContourName.UPPER_LID: 10.0,
    ContourName.LOWER_LID: 10.0,
    ContourName.JAWLINE: 30.0,
    ContourName.NASOLABIAL_FOLD: 20.0,
}
"""From the contour that was found: beyond, another part of the face was meant."""
_FACE_MARGIN_MM: Final = 130.0
"""About all that was found, where this very contour was not: from an eye to the chin, and a little."""
_IRIS_SHARE: Final = (0.80, 1.25)
"""Of the average iris: 9.4 to 14.6 mm, six standard deviations between persons and the scale's own error."""
_EDGE: Final = -0.5
"""The picture's outer edge: pixel (0, 0) is the centre of the first one."""
_LID_SPAN: Final = 0.75
"""Of the iris' radius to both sides of its centre: there the lid is followed."""


@dataclass(frozen=True, slots=True)
class FaceGeometry:
    """Where a face lies in its photo.

    Parameters
    ----------
    size_px : (width, height).
    contours : of each side, what was found.
    """

    size_px: tuple[int, int]
    mm_per_px: float
    contours: Mapping[Side, Mapping[ContourName, Circle | FloatArray]]

    @property
    def rightward(self) -> FloatArray:
        """Unit vector (2,) along the line of the eyes to the subject's left, which is right in the picture."""
        left, right = (self.contours[side].get(ContourName.IRIS) for side in (Side.LEFT, Side.RIGHT))
        if not isinstance(left, Circle) or not isinstance(right, Circle):
            return np.array([1.0, 0.0])
        away = left.centre - right.centre
        return np.asarray(away / np.linalg.norm(away))

    @property
    def downward(self) -> FloatArray:
        """Unit vector (2,) across it, towards the chin."""
        x, y = self.rightward
        return np.array([-y, x])

    @property
    def everything(self) -> FloatArray:
        """All points (n, 2) of all contours."""
        shapes = [shape for side in self.contours.values() for shape in side.values()]
        return np.concatenate([_points(shape) for shape in shapes]) if shapes else np.empty((0, 2))


def refusal(correction: Correction, face: FaceGeometry) -> CorrectionRefused | None:
    """Why the correction cannot be taken, or None."""
    checks: tuple[Callable[[Correction, FaceGeometry], str | None], ...] = (
        (_outside, _too_far, _radius)
        if correction.contour is ContourName.IRIS
        else (_count, _outside, _repeated, _crossing, _order, _too_far, _span)
    )
    for check in checks:
        reason = check(correction, face)
        if reason is not None:
            return CorrectionRefused(reason)
    return None


def _points(shape: Circle | FloatArray) -> FloatArray:
    if isinstance(shape, Circle):
        return np.array([shape.centre + shape.radius * np.array(away) for away in ((1, 0), (-1, 0), (0, 1), (0, -1))])
    return shape


def _count(correction: Correction, _face: FaceGeometry) -> str | None:
    given, fewest = len(_points(correction.shape)), FEWEST_POINTS[correction.contour]
    if not fewest <= given <= MOST_POINTS:
        return f"The {_named(correction)} needs {fewest} to {MOST_POINTS} points; {given} were given."
    return None


def _outside(correction: Correction, face: FaceGeometry) -> str | None:
    points = _points(correction.shape)
    outside = ((points < _EDGE) | (points > np.array(face.size_px) + _EDGE)).any(axis=1)
    if outside.any():
        x, y = points[int(outside.argmax())]
        wide, high = face.size_px
        return f"The point ({x:.0f}, {y:.0f}) lies outside the picture, which is {wide} by {high} pixels."
    return None


def _repeated(correction: Correction, _face: FaceGeometry) -> str | None:
    steps = np.linalg.norm(np.diff(_points(correction.shape), axis=0), axis=1)
    return None if (steps > 0).all() else f"Two neighbouring points of the {_named(correction)} are the same."


def _crossing(correction: Correction, _face: FaceGeometry) -> str | None:
    points = _points(correction.shape)
    start, end = points[:-1], points[1:]
    for first in range(len(start) - 2):
        later = slice(first + 2, None)
        if _cross(start[first], end[first], start[later], end[later]).any():
            return f"The {_named(correction)} crosses itself."
    return None


def _cross(a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray) -> FloatArray:
    """Which of the segments c-d (n, 2) meet the segment a-b (2,)."""

    def turn(p: FloatArray, q: FloatArray, r: FloatArray) -> FloatArray:
        along, aside = q - p, r - p
        return np.asarray(along[..., 0] * aside[..., 1] - along[..., 1] * aside[..., 0])

    return np.asarray((turn(a, b, c) * turn(a, b, d) < 0) & (turn(c, d, a) * turn(c, d, b) < 0))


def _order(correction: Correction, face: FaceGeometry) -> str | None:
    """Lids run from the outer canthus to the inner, the other lines downward."""
    points = _points(correction.shape)
    if correction.contour in {ContourName.UPPER_LID, ContourName.LOWER_LID}:
        inward = face.rightward if correction.side is Side.RIGHT else -face.rightward
        if (np.diff(points @ inward) <= 0).any():
            return f"The points of the {_named(correction)} must run from the outer corner of the eye to the inner one."
    elif (points[-1] - points[0]) @ face.downward <= 0:
        start = "the mouth corner's level" if correction.contour is ContourName.JAWLINE else "the wing of the nose"
        return f"The points of the {_named(correction)} must run from {start} downward."
    return None


def _too_far(correction: Correction, face: FaceGeometry) -> str | None:
    points = _points(correction.shape)
    found = face.contours[correction.side].get(correction.contour)
    limit_mm = _FARTHEST_MM[correction.contour]
    if found is not None:
        near = _points(found)
    else:
        near, limit_mm = face.everything, _FACE_MARGIN_MM
    if len(near) == 0:
        return None
    away_mm = face.mm_per_px * np.linalg.norm(points[:, None] - near[None], axis=2).min(axis=1).max()
    if away_mm > limit_mm:
        return f"The {_named(correction)} lies {away_mm:.0f} mm from where it can be; at most {limit_mm:.0f} mm."
    return None


def _radius(correction: Correction, face: FaceGeometry) -> str | None:
    assert isinstance(correction.shape, Circle)  # noqa: S101  an iris is a circle, or the record refuses to be
    diameter_mm = 2 * correction.shape.radius * face.mm_per_px
    low, high = (share * HVID_MM for share in _IRIS_SHARE)
    if not low <= diameter_mm <= high:
        return f"The iris would be {diameter_mm:.1f} mm wide; irises are {low:.1f} to {high:.1f} mm."
    return None


def _span(correction: Correction, face: FaceGeometry) -> str | None:
    """A lid is followed in front of the iris, so it must reach across it."""
    iris = face.contours[correction.side].get(ContourName.IRIS)
    if correction.contour not in {ContourName.UPPER_LID, ContourName.LOWER_LID} or not isinstance(iris, Circle):
        return None
    along = (_points(correction.shape) - iris.centre) @ face.rightward / iris.radius
    if along.min() > -_LID_SPAN or along.max() < _LID_SPAN:
        return f"The {_named(correction)} must reach across the iris, from corner to corner of the eye."
    return None


def _named(correction: Correction) -> str:
    return f"{correction.side} {correction.contour.replace('_', ' ')}"
