"""Where the parts of the face lie that a picture may show, and where a bar hides the eyes; all in the aligned frame."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.geometry import enlargement, transform
from models.analysis import PhotoAnalysis
from models.anatomy import Landmark, Midline, Outline, Side
from models.arrays import FloatArray
from models.consent import Region


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle along the aligned frame's axes, in its pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def centre(self) -> FloatArray:
        """(2,)."""
        return np.array([(self.left + self.right) / 2, (self.top + self.bottom) / 2])

    def grown(self, left: float, top: float, right: float, bottom: float) -> "Box":
        """Larger by so much on each side."""
        return Box(self.left - left, self.top - top, self.right + right, self.bottom + bottom)

    def overlap(self, other: "Box") -> float:
        """The share of this box that lies within ``other``."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0) / (self.width * self.height)


_MARGINS: Final = {
    # Hair above, ears beside, some neck below.
    Region.FACE: (0.22, 0.35, 0.22, 0.25),
    Region.EYES: (0.02, 0.06, 0.02, 0.10),
    Region.LOWER_FACE: (0.06, 0.02, 0.06, 0.14),
    Region.JAWLINE: (0.06, 0.0, 0.06, 0.16),
}
"""Left, top, right, bottom, in face widths."""
_BAR_MARGIN: Final = (0.10, 0.05, 0.10, 0.05)
"""The bar ends beyond both temples' sides of the eyes, above the brows and below the lower lids."""


def region_box(region: Region, photos: Iterable[tuple[PhotoAnalysis, FloatArray]]) -> Box:
    """The part of the face in both photos, with its margins.

    Parameters
    ----------
    photos : each with its (3, 3) matrix from its pixel frame to the aligned frame.
    """
    boxes, widths = zip(*((_bounds(_marks(region, *one)), _face_width(*one)) for one in photos), strict=True)
    return _around(boxes, max(widths), _MARGINS[region])


def bar_box(photos: Iterable[tuple[PhotoAnalysis, FloatArray]]) -> Box:
    """What hides the eyes of both photos, from above the brows to below the lower lids."""
    boxes, widths = zip(*((_bounds(_marks(Region.EYES, *one)), _face_width(*one)) for one in photos), strict=True)
    return _around(boxes, max(widths), _BAR_MARGIN)


def _around(boxes: Iterable[Box], face_width: float, margins: tuple[float, float, float, float]) -> Box:
    corners = np.array([(box.left, box.top, box.right, box.bottom) for box in boxes])
    left, top, *_ = corners.min(axis=0)
    *_, right, bottom = corners.max(axis=0)
    return Box(left, top, right, bottom).grown(*(margin * face_width for margin in margins))


def _bounds(points: FloatArray) -> Box:
    return Box(*points.min(axis=0), *points.max(axis=0))


def _face_width(photo: PhotoAnalysis, to_aligned: FloatArray) -> float:
    return photo.landmarks.face_width / float(photo.face.face_px_per_pixel[0]) * enlargement(to_aligned)


def _marks(region: Region, photo: PhotoAnalysis, to_aligned: FloatArray) -> FloatArray:
    """The landmarks between which the region lies, (n, 2) in the aligned frame."""
    return transform(to_aligned, photo.face.to_pixel(np.vstack(list(_landmarks(region, photo)))))


def _landmarks(region: Region, photo: PhotoAnalysis) -> Iterable[FloatArray]:
    found = photo.landmarks
    if region is Region.FACE:
        yield found.midline(Midline.FACE_OVAL)
        return
    for side in Side:
        if region is Region.EYES:
            yield from (found.outline(name, side) for name in (Outline.BROW, Outline.UPPER_LID, Outline.LOWER_LID))
            yield (found[Landmark.EXOCANTHION, side] + found[Landmark.ZYGION, side])[None] / 2
        else:
            yield found.outline(Outline.JAW, side)[3:]
            top = found.outline(Outline.NOSTRIL, side) if region is Region.LOWER_FACE else _mouth_corner(photo, side)
            yield top


def _mouth_corner(photo: PhotoAnalysis, side: Side) -> FloatArray:
    return photo.landmarks[Landmark.CHEILION, side][None]
