"""How skin is moved: smooth displacement fields in the pixels of the source photo, known at every place.

A field says for each place of the before how far it moves. Picture-making needs the reverse, which is found by fixed
point iteration; the fields' slopes stay below one, so that it converges and nothing folds over.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from scipy.spatial import cKDTree

from models.anatomy import Outline, Side
from models.arrays import FloatArray, Plane
from service.bench.controlled_changes.source_face import SourceFace, dense

RIGID_ABOVE_LID_MM: Final = 2.0
"""The skin this far above the margin moves with it as one: the tarsal plate is stiff."""
_FADES_ABOVE_LID_MM: Final = 7.0
"""Where the lid's movement has died out: at the crease or above it, below the brow."""
_STEEPEST: Final = 0.6
"""Largest slope of a field: 1 would fold the skin."""
_FULL_ACROSS_LID: Final = 0.22
"""Share of the eye's width at each canthus over which the movement rises from nothing to its full size."""
_EYE_REACH_MM: Final = 26.0
_JOWL_ALONG_MM: Final = 12.0
"""Standard deviation of the jowl's movement along the outline."""
_JOWL_DEPTH_MM: Final = (9.0, 24.0)
"""How far inside the outline the movement is whole, and where it has died out."""
_JOWL_BEYOND_MM: Final = (2.0, 14.0)
"""The same outside the outline: the neck follows a little."""
_REMAP_WIDTH: Final = 1024
"""OpenCV looks up tables of at most 32767 rows."""
_COARSE_MM: Final = 1.0
_NORMALS_OVER_MM: Final = 25.0
"""Stretch of the outline that its normal is averaged over."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Displacement (height, width, 2) in pixels of the source, by place in the source."""

    moved: Plane

    @classmethod
    def none(cls, shape: tuple[int, int]) -> "Field":
        """Nothing moves."""
        return cls(np.zeros((*shape, 2), dtype=np.float32))

    def plus(self, other: "Field") -> "Field":
        """Both at once; they are made not to overlap where anything is measured."""
        return Field(self.moved + other.moved)

    def at(self, places: FloatArray) -> FloatArray:
        """Displacement (..., 2) at places (..., 2)."""
        count = places.size // 2
        flat = np.zeros((-(-count // _REMAP_WIDTH) * _REMAP_WIDTH, 2), dtype=np.float32)
        flat[:count] = places.reshape(-1, 2)
        table = flat.reshape(-1, _REMAP_WIDTH, 2)
        found = cv2.remap(self.moved, table[..., 0], table[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(found.reshape(-1, 2)[:count].reshape(places.shape), dtype=np.float64)

    def before_of(self, places: Plane, turns: int = 14) -> Plane:
        """Where in the before each place (height, width, 2) of the moved picture comes from."""
        reach = cv2.dilate(np.any(self.moved != 0, axis=-1).astype(np.uint8), np.ones((25, 25), dtype=np.uint8))
        near = cv2.remap(reach, places[..., 0], places[..., 1], cv2.INTER_NEAREST) > 0
        source: FloatArray = places[near]
        for _ in range(turns if near.any() else 0):
            source = places[near] - self.at(source)
        came_from = places.copy()
        came_from[near] = source
        return came_from


def smooth_step(share: FloatArray) -> FloatArray:
    """0 below 0, 1 above 1, smooth between."""
    held = np.clip(share, 0, 1)
    return np.asarray(held * held * (3 - 2 * held))


@dataclass(frozen=True, slots=True, eq=False)
class LidPlace:
    """Where places lie against the upper lid's margin.

    Parameters
    ----------
    along : share of the way from the outer to the inner canthus.
    above_mm : height above the margin, negative in the eye's opening.
    """

    along: FloatArray
    above_mm: FloatArray


def lid_place(face: SourceFace, side: Side, places: FloatArray) -> LidPlace:
    """Where places (..., 2) lie against the upper lid's margin."""
    margin, up, axis = face.upper_lid[side], face.landmarks.upward, -face.outward(side)
    width = float((margin[-1] - margin[0]) @ axis)
    along = ((places - margin[0]) @ axis) / width
    knots = ((margin - margin[0]) @ axis) / width
    order = np.argsort(knots)
    height = np.interp(along, knots[order], ((margin - margin[0]) @ up)[order])
    return LidPlace(along, ((places - margin[0]) @ up - height) / face.px_per_mm)


def share_across_lid(along: FloatArray) -> FloatArray:
    """How much of the lid's movement its margin makes between the canthi: all over the middle, nothing at the ends."""
    return smooth_step(along / _FULL_ACROSS_LID) * smooth_step((1 - along) / _FULL_ACROSS_LID)


def lid_field(face: SourceFace, side: Side, up_mm: float) -> Field:
    """The upper lid moved up by ``up_mm`` along the eye's vertical, its skin with it and fading beyond.

    Whole over the middle of the lid and 2 mm of skin beside the margin; nothing at the canthi and from the crease on.
    """
    if up_mm == 0:
        return Field.none(face.shape)
    rows, columns = eye_window(face, side)
    place = lid_place(face, side, pixel_grid(face.shape)[rows, columns])
    across = share_across_lid(place.along)
    fading = max(_FADES_ABOVE_LID_MM - RIGID_ABOVE_LID_MM, 1.5 * abs(up_mm) / _STEEPEST)
    beyond = 1 - smooth_step((place.above_mm - RIGID_ABOVE_LID_MM) / fading)
    # The eye's own side of the margin is drawn from another layer; the field only has to end there without a fold.
    inside = 1 - smooth_step((-place.above_mm - 2.0) / max(3.0, 1.5 * abs(up_mm) / _STEEPEST))
    size = up_mm * face.px_per_mm * across * np.where(place.above_mm > 0, beyond, inside)
    moved = np.zeros((*face.shape, 2), dtype=np.float32)
    moved[rows, columns] = size[..., None] * face.landmarks.upward
    return Field(moved)


def eye_window(face: SourceFace, side: Side) -> tuple[slice, slice]:
    """Rows and columns about an eye, well beyond anything that a lid's movement reaches."""
    reach = _EYE_REACH_MM * face.px_per_mm
    low = np.maximum(face.eye[side] - reach, 0).astype(int)
    high = np.minimum(face.eye[side] + reach + 1, face.shape[::-1]).astype(int)
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def jowl_middle(face: SourceFace, side: Side) -> FloatArray:
    """The point (2,) of the outline nearest to the middle of the mesh's jowl points."""
    middle = face.landmarks.outline(Outline.JOWL, side).mean(axis=0)
    line = _even(face, side)
    return np.asarray(line[np.argmin(np.linalg.norm(line - middle, axis=1))])


def jowl_field(face: SourceFace, side: Side, outward_mm: float) -> Field:
    """Jowl skin and outline moved along the outline's outward normal, most at the jowl's middle.

    Gaussian along the outline; whole from 2 mm outside to 9 mm inside it, so that what is measured there hardly depends
    on where exactly somebody sees the outline.
    """
    if outward_mm == 0:
        return Field.none(face.shape)
    step = max(1, round(_COARSE_MM * face.px_per_mm))
    coarse = pixel_grid((-(-face.shape[0] // step), -(-face.shape[1] // step))) * step + (step - 1) / 2
    line, normals = _even(face, side), outline_normals(face, side)
    distance, nearest = cKDTree(line).query(coarse.reshape(-1, 2))
    nearest = nearest.reshape(coarse.shape[:2])
    inside_mm = -((coarse - line[nearest]) * normals[nearest]).sum(axis=-1) / face.px_per_mm
    arc_mm = _arc_from(line, jowl_middle(face, side))[nearest] / face.px_per_mm
    # Beyond the outline's ends the nearest point stays the same: there the distance tells how far away a place is.
    aside_mm = np.sqrt(np.maximum((distance.reshape(inside_mm.shape) / face.px_per_mm) ** 2 - inside_mm**2, 0))
    along = np.exp(-0.5 * ((np.abs(arc_mm) + aside_mm) / _JOWL_ALONG_MM) ** 2)
    size = outward_mm * face.px_per_mm * along * _across_outline(inside_mm)
    moved = cv2.resize(
        (size[..., None] * normals[nearest]).astype(np.float32),
        (coarse.shape[1] * step, coarse.shape[0] * step),
        interpolation=cv2.INTER_LINEAR,
    )
    smooth = cv2.GaussianBlur(moved[: face.shape[0], : face.shape[1]], (0, 0), 1.5 * face.px_per_mm)
    return Field(np.asarray(smooth, dtype=np.float32))


def _across_outline(inside_mm: FloatArray) -> FloatArray:
    whole, gone = _JOWL_DEPTH_MM
    near, far = _JOWL_BEYOND_MM
    inside = 1 - smooth_step((inside_mm - whole) / (gone - whole))
    outside = 1 - smooth_step((-inside_mm - near) / (far - near))
    return np.asarray(np.where(inside_mm > 0, inside, outside))


def jaw_grid(face: SourceFace, side: Side, arc_mm: FloatArray, inside_mm: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Places (m, n, 2) at ``inside_mm`` (m,) and ``arc_mm`` (n,) from the jowl's middle, and their normals (n, 2)."""
    line, normals = _even(face, side), outline_normals(face, side)
    arc = _arc_from(line, jowl_middle(face, side)) / face.px_per_mm
    points = np.column_stack([np.interp(arc_mm, arc, line[:, axis]) for axis in (0, 1)])
    turned = np.column_stack([np.interp(arc_mm, arc, normals[:, axis]) for axis in (0, 1)])
    return points[None] - face.px_per_mm * inside_mm[:, None, None] * turned[None], turned


def outline_normals(face: SourceFace, side: Side) -> FloatArray:
    """Outward unit normals (n, 2) of the outline, averaged over 25 mm."""
    line = _even(face, side)
    tangent = np.gradient(line, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    normal *= np.sign(((line - face.landmarks.centre) * normal).sum(axis=1, keepdims=True))
    step = float(np.linalg.norm(line[1] - line[0]))
    half = max(1, int(_NORMALS_OVER_MM * face.px_per_mm / step / 2))
    padded = np.pad(normal, ((half, half), (0, 0)), mode="edge")
    window = np.ones(2 * half + 1)
    mean = np.column_stack([np.convolve(padded[:, axis], window, mode="valid") for axis in (0, 1)])
    return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True))


def _even(face: SourceFace, side: Side) -> FloatArray:
    return dense(face.jaw[side], 400)


def _arc_from(line: FloatArray, middle: FloatArray) -> FloatArray:
    """Arc length of each point (n,), 0 at ``middle``, positive towards the line's end."""
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    return np.asarray(arc - arc[np.argmin(np.linalg.norm(line - middle, axis=1))])


def pixel_grid(shape: tuple[int, int]) -> FloatArray:
    """Every pixel's (x, y), shape (height, width, 2)."""
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    return np.stack([columns, rows], axis=-1)
