"""Both photos on one frame: each pixel is looked up once in its original, by rotation, scale and translation alone."""

from typing import Final

import cv2
import numpy as np

from analysis.decode import whole_size_px
from analysis.geometry import decoded_to_pixel, enlargement, moved, transform
from analysis.publishing.crop import crop
from analysis.publishing.regions import Box, bar_box, region_box
from models.analysis import PhotoAnalysis
from models.arrays import FloatArray, Pixels
from models.photo import Photo
from models.publishing import MOVING, ONE_BY_ONE, Layout, NotPublishable, Publishing, Size
from models.publishing_frame import Frame

PRINT_LONG_SIDE_PX: Final = 4000
SOCIAL_WIDTH_PX: Final = 1080
LARGEST_LONG_SIDE_PX: Final = 4500
"""Of a finished picture at its original size: what drawing it takes of the process' memory and time."""
ANIMATED_LONG_SIDE_PX: Final = 1080
GAP: Final = 0.012
"""Between two photos side by side, in widths of both."""
_LEAST_PX: Final = 16
_BAR: Final = (0, 0, 0)

_TOO_SMALL: Final = NotPublishable("The photos are too small to be cropped like this.")

Bar = tuple[int, int, int, int]
"""Left, top, right and bottom of a bar in output pixels, the last two beyond it."""

Moved = tuple[PhotoAnalysis, FloatArray]
"""A photo and its (3, 3) matrix from its pixel frame, at full resolution, to the aligned frame."""


def frame_of(asked: Publishing, before: Moved, after: Moved, *, across: float, down: float) -> Frame | NotPublishable:
    """The frame that both photos are cut to.

    Its resolution is the coarser photo's own, or less where the size asks for less: no photo is enlarged.

    Parameters
    ----------
    across, down : so many photos stand beside and below each other in the finished picture.
    """
    photos = (before, after)
    decoded = [_decoded(photo.photo, matrix) for photo, matrix in photos]
    box = crop(asked.region, asked.aspect, region_box(asked.region, photos), decoded)
    if isinstance(box, NotPublishable):
        return box
    finest = min(1 / enlargement(matrix) for _, matrix in decoded)
    scale = min(finest, _most(asked, box, across, down))
    width, height = (int(side * scale) for side in (box.width, box.height))
    return _TOO_SMALL if min(width, height) < _LEAST_PX else Frame(box.left, box.top, scale, (width, height))


def _most(asked: Publishing, box: Box, across: float, down: float) -> float:
    """Output pixels per aligned pixel that the size allows."""
    wide, long = box.width * across, max(box.width * across, box.height * down)
    if asked.layout in MOVING:
        return ANIMATED_LONG_SIDE_PX / long
    return {
        Size.ORIGINAL: LARGEST_LONG_SIDE_PX / long,
        Size.PRINT: PRINT_LONG_SIDE_PX / long,
        Size.SOCIAL: SOCIAL_WIDTH_PX / wide,
    }[asked.size]


def smaller(frame: Frame, long_side_px: int) -> Frame:
    """The same frame with fewer pixels, at most so many along its longer side."""
    shrink = min(1.0, long_side_px / max(frame.size_px))
    width, height = (max(1, int(side * shrink)) for side in frame.size_px)
    return Frame(frame.left, frame.top, frame.px_per_aligned * shrink, (width, height))


def picture_of(photo: Photo, to_aligned: FloatArray, frame: Frame) -> Pixels:
    """One photo on the frame, colours untouched: one look-up a pixel in the original as it was decoded."""
    matrix = (_to_output(frame) @ (to_aligned @ decoded_to_pixel(photo.decoded_scale)))[:2]
    return moved(photo.pixels, matrix, frame.size_px, borderMode=cv2.BORDER_REPLICATE)


def to_output(to_aligned: FloatArray, frame: Frame) -> FloatArray:
    """(3, 3) from a photo's pixel frame, at full resolution, to the output's."""
    return np.asarray(_to_output(frame) @ to_aligned)


def bar_on(frame: Frame, before: Moved, after: Moved) -> Bar:
    """The eye bar on the frame, the same for both photos; rounded outward."""
    box, matrix = bar_box((before, after)), _to_output(frame)
    corners = transform(matrix, np.array([(box.left, box.top), (box.right, box.bottom)]))
    outward = np.array([np.floor(corners[0]), np.ceil(corners[1]) + 1])
    (left, top), (right, bottom) = np.clip(outward, 0, frame.size_px).astype(int).tolist()
    return left, top, right, bottom


def barred(picture: Pixels, bar: Bar) -> Pixels:
    """The picture with nothing left of what the bar covers."""
    left, top, right, bottom = bar
    hidden = picture.copy()
    hidden[top:bottom, left:right] = _BAR
    return hidden


def _to_output(frame: Frame) -> FloatArray:
    scale = frame.px_per_aligned
    # Aligned coordinates are of pixel centres; the frame's corner is in the same coordinates.
    return np.array([[scale, 0, -scale * frame.left], [0, scale, -scale * frame.top], [0, 0, 1]])


def _decoded(photo: Photo, to_aligned: FloatArray) -> tuple[tuple[int, int], FloatArray]:
    """The size of the photo decoded whole, and the (3, 3) matrix from there; it need not be decoded for that."""
    size = whole_size_px(photo.size_px)
    scale = size[0] / photo.size_px[0], size[1] / photo.size_px[1]
    return size, np.asarray(to_aligned @ decoded_to_pixel(scale))


def arrangement(layout: Layout) -> tuple[float, float]:
    """How many photos, the gap between them included, the finished picture is wide and high."""
    if layout in ONE_BY_ONE or layout in MOVING:
        return 1, 1
    return (2 * (1 + GAP), 1) if layout is Layout.SIDE_BY_SIDE else (1, 2)
