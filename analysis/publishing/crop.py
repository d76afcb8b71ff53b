"""The crop: one rectangle for both photos, as asked for and within what both of them show."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import scipy

from analysis.geometry import transform
from analysis.publishing.regions import Box
from models.arrays import FloatArray
from models.consent import Region
from models.publishing import Aspect, NotPublishable

_SUPPORT_PX: Final = 2.0
"""Cubic interpolation reads two pixels on each side."""
_LEAST_KEPT: Final = {Region.FACE: 0.3}
_LEAST_KEPT_OF_A_PART: Final = 0.55
"""Of a region a picture must show so much, or it is none of it; a wide crop of a whole face shows its middle."""
_NEARNESS: Final = 1e-6
"""Weight of staying at the wished centre against being large, per pixel."""

_NO_ROOM: Final = NotPublishable("The two photos show too little of this part of the face in common.")
_DOES_NOT_FIT: Final = NotPublishable(
    "This shape would cut off nearly half of this part of the face. Choose another shape, or 'original'."
)


def crop(
    region: Region, aspect: Aspect, part: Box, photos: Iterable[tuple[tuple[int, int], FloatArray]]
) -> Box | NotPublishable:
    """The rectangle that is shown, every pixel of it from inside both photos.

    It shrinks, and moves as little as need be, where it would leave a photo: no border is made up. A part of the face
    is never shown with more around it than its own box, because consent may end there.

    Parameters
    ----------
    part : the region's box, in the aligned frame.
    photos : (width, height) of each as decoded and its (3, 3) matrix to the aligned frame, the before first.
    """
    outlines = [_outline(*photo) for photo in photos]
    wished = _wished(region, aspect, part, outlines[0])
    least = _LEAST_KEPT.get(region, _LEAST_KEPT_OF_A_PART)
    if part.overlap(wished) < least:
        return _DOES_NOT_FIT
    found = _within(wished, outlines)
    return _NO_ROOM if found is None or part.overlap(found) < least else found


def _wished(region: Region, aspect: Aspect, part: Box, before: FloatArray) -> Box:
    if region is not Region.FACE:
        return part if aspect.ratio is None else _inside(part, aspect.ratio)
    whole = Box(*before.min(axis=0), *before.max(axis=0))
    return whole if aspect.ratio is None else _around(part, aspect.ratio)


def _inside(box: Box, ratio: float) -> Box:
    """The largest rectangle of this shape in the middle of ``box``."""
    width, height = min(box.width, box.height * ratio), min(box.height, box.width / ratio)
    return _centred(box.centre, width, height)


def _around(box: Box, ratio: float) -> Box:
    """The smallest rectangle of this shape around ``box``."""
    width, height = max(box.width, box.height * ratio), max(box.height, box.width / ratio)
    return _centred(box.centre, width, height)


def _centred(centre: FloatArray, width: float, height: float) -> Box:
    x, y = map(float, centre)
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _outline(size_px: tuple[int, int], to_aligned: FloatArray) -> FloatArray:
    """Corners (4, 2) of what a photo has pixels for, in the aligned frame."""
    right, bottom = (side - 1 - _SUPPORT_PX for side in size_px)
    corners = [(_SUPPORT_PX, _SUPPORT_PX), (right, _SUPPORT_PX), (right, bottom), (_SUPPORT_PX, bottom)]
    return transform(to_aligned, np.array(corners))


def _within(wished: Box, outlines: Iterable[FloatArray]) -> Box | None:
    """The largest rectangle of the wished shape, not larger, inside all outlines, and nearest to the wished place.

    A linear programme in the rectangle's scale, its centre, and how far that moves in x and y.
    """
    half = np.array([wished.width, wished.height]) / 2
    rows, bounds = zip(*(_edges(outline, half) for outline in outlines), strict=True)
    axes = np.eye(2)
    moves = np.block([[np.zeros((2, 1)), sign * axes, -axes] for sign in (1, -1)])
    limits = np.concatenate([wished.centre, -wished.centre])
    found = scipy.optimize.linprog(
        c=[-1, 0, 0, _NEARNESS, _NEARNESS],
        A_ub=np.vstack([*rows, moves]),
        b_ub=np.concatenate([*bounds, limits]),
        bounds=[(0, 1), (None, None), (None, None), (0, None), (0, None)],
    )
    if not found.success or found.x[0] <= 0:
        return None
    width, height = 2 * found.x[0] * half
    return _centred(found.x[1:3], float(width), float(height))


def _edges(outline: FloatArray, half: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rows and bounds of a programme that keeps a rectangle of half sizes scale * ``half`` within a convex outline."""
    along = np.roll(outline, -1, axis=0) - outline
    outward = np.column_stack([along[:, 1], -along[:, 0]])
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    rows = np.column_stack([np.abs(outward) @ half, outward, np.zeros((len(outline), 2))])
    return rows, (outward * outline).sum(axis=1)
