"""A pair of photos made from one photograph: the face as it is, and the face changed by known amounts.

Both photos are taken anew, each on its own way from the source's pixels: its own turn of the head, distance, shift,
light, blur, noise and compression, resampled once. No pixel comes through untouched.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np

from models.anatomy import Landmark, Side
from models.arrays import FloatArray, Mask, Plane
from models.measurand import MeasurandCode
from service.bench.accuracy_truth import Truth
from service.bench.controlled_changes.camera import relief_of, seen_from
from service.bench.controlled_changes.eyeball import LidLayer, lid_layer
from service.bench.controlled_changes.fields import Field, jaw_grid, jowl_field, lid_field, pixel_grid
from service.bench.controlled_changes.nuisance import LIMITS, Grade, draw_shot, photographed
from service.bench.controlled_changes.shading import fold_gain, lines_gain, log_light
from service.bench.controlled_changes.source_face import SourceFace

_WINDOW_ARC_MM: Final = np.linspace(-8.0, 8.0, 17)
_WINDOW_INSIDE_MM: Final = np.linspace(2.5, 7.5, 6)
"""The jowl window, as the measurand's definition names it."""


@dataclass(frozen=True, slots=True)
class SideChange:
    """What is done to one side; nothing by default.

    Parameters
    ----------
    upper_lid_mm : how far the margin rises, negative sinks.
    jowl_mm : outward at the jowl's middle.
    fold_percent, lines_percent : of their shading, negative softens.
    """

    upper_lid_mm: float = 0.0
    jowl_mm: float = 0.0
    fold_percent: float = 0.0
    lines_percent: float = 0.0


NO_CHANGE: Final[Mapping[Side, SideChange]] = MappingProxyType({side: SideChange() for side in Side})


@dataclass(frozen=True, slots=True, eq=False)
class ControlledPair:
    """Two JPEGs and what truly changed between them."""

    before: bytes
    after: bytes
    truth: Truth


@dataclass(frozen=True, slots=True, eq=False)
class _Changed:
    """The changed face, as what has to be looked up where in the source.

    Parameters
    ----------
    skin : how skin is moved. layers : lids that slide in front of the eye. gain : added to log luminance, by place in
        the source.
    """

    skin: Field
    layers: tuple[LidLayer, ...] = ()
    gain: Plane | None = field(default=None)


def controlled_pair(
    face: SourceFace,
    changes: Mapping[Side, SideChange],
    grade: Grade,
    rng: np.random.Generator,
    marked_percent: float = 0.0,
) -> ControlledPair:
    """Take a photo of the face, change it, take another.

    Parameters
    ----------
    grade : of the second photo; the first is always within the protocol.
    rng : draws the depth's error, which belongs to the head and so to both photos, and each photo's conditions.
    marked_percent : by how much folds and lines are deepened in both photos: most people photographed are young, and a
        fold that hardly shows cannot be followed.
    """
    relief = relief_of(face, rng)
    unchanged, changed = (_change(face, done, marked_percent) for done in (NO_CHANGE, changes))
    photos = []
    for state, limits in ((unchanged, LIMITS[Grade.PROTOCOL]), (changed, LIMITS[grade])):
        shot = draw_shot(limits, rng)
        linear = _drawn(face, state, seen_from(face, relief, shot.stand))
        photos.append(photographed(face, relief, linear, shot, rng))
    return ControlledPair(photos[0], photos[1], truth_of(face, changes, changed.skin))


def _change(face: SourceFace, changes: Mapping[Side, SideChange], marked_percent: float) -> _Changed:
    grid, light = pixel_grid(face.shape), log_light(face)
    skin, layers, gain = Field.none(face.shape), [], np.zeros(face.shape, dtype=np.float32)
    for side, change in changes.items():
        if change.upper_lid_mm:
            moved = lid_field(face, side, change.upper_lid_mm)
            layers.append(lid_layer(face, side, moved, grid))
            skin = skin.plus(moved)
        skin = skin.plus(jowl_field(face, side, change.jowl_mm))
        fold, lines = (_deepened(marked_percent, by) for by in (change.fold_percent, change.lines_percent))
        gain += fold_gain(face, side, light, fold) + lines_gain(face, side, light, lines)
    return _Changed(skin, tuple(layers), gain if gain.any() else None)


def _deepened(marked_percent: float, changed_percent: float) -> float:
    """Against the source, per cent, of what is first marked and then changed."""
    return 100 * ((1 + marked_percent / 100) * (1 + changed_percent / 100) - 1)


def _drawn(face: SourceFace, changed: _Changed, places: Plane) -> Plane:
    """The linear picture (height, width, 3) whose pixels show ``places`` (height, width, 2) of the changed head."""
    came_from = changed.skin.before_of(places)
    picture = _linear_at(face, came_from)
    if changed.gain is not None:
        picture = picture * np.exp(_looked_up(changed.gain, came_from, cv2.INTER_LINEAR))[..., None]
    for layer in changed.layers:
        lid = _looked_up(layer.lid, came_from, cv2.INTER_LINEAR)
        rows, columns = _bounds(lid < 1)
        behind = layer.eye_at(places[rows, columns])
        right, left = (_linear_at(face, one) for one in (behind.right, behind.left))
        eye = left + behind.right_share[..., None] * (right - left)
        share = lid[rows, columns, None]
        picture[rows, columns] = share * picture[rows, columns] + (1 - share) * eye
    return picture


def _bounds(mask: Mask) -> tuple[slice, slice]:
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if len(rows) == 0:
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _linear_at(face: SourceFace, places: Plane) -> Plane:
    """Linear light (height, width, 3), 0-1, of the source at places; Lanczos, clipped where it overshoots."""
    coded = _looked_up(face.rgb.astype(np.float32), places, cv2.INTER_LANCZOS4)
    return np.asarray(np.clip(coded / 255, 0, 1) ** np.float32(2.2), dtype=np.float32)


def _looked_up(plane: Plane, places: Plane, interpolation: int) -> Plane:
    found = cv2.remap(plane, places[..., 0], places[..., 1], interpolation, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, dtype=np.float32)


def truth_of(face: SourceFace, changes: Mapping[Side, SideChange], skin: Field) -> Truth:
    """The true change of every measurand that the changes determine, in the catalogue's unit.

    Lids and jaw are read off the displacement field at the places that the measurand's definition names; folds and
    lines are the factor that was put in. Where a change reaches a measurand in a way that nobody knows exactly (the
    largest bulge of a moved outline, the length of a softened fold) the measurand is left out.
    """
    truth: dict[tuple[MeasurandCode, Side | None], float] = {
        (MeasurandCode.LOWER_FACE_WIDTH, None): _width_change(face, skin)
    }
    for side, change in changes.items():
        truth |= {(code, side): value for code, value in _side_truth(face, side, change, skin).items()}
    return truth


def _side_truth(face: SourceFace, side: Side, change: SideChange, skin: Field) -> Mapping[MeasurandCode, float]:
    rise = _lid_rise_mm(face, side, skin)
    known = {
        MeasurandCode.MRD1: rise,
        MeasurandCode.MRD2: 0.0,
        MeasurandCode.PALPEBRAL_FISSURE_HEIGHT: rise,
        MeasurandCode.BROW_HEIGHT: 0.0,
        MeasurandCode.JAWLINE_CONTOUR: _jowl_moved_mm(face, side, skin),
        MeasurandCode.NASOLABIAL_FOLD_DEPTH: change.fold_percent,
        MeasurandCode.PERIORBITAL_LINES: change.lines_percent,
    }
    if change.jowl_mm == 0:
        known[MeasurandCode.JOWL_PROMINENCE] = 0.0
        if change.fold_percent == 0:
            known[MeasurandCode.NASOLABIAL_FOLD_LENGTH] = 0.0
    return known


def _lid_rise_mm(face: SourceFace, side: Side, skin: Field) -> float:
    """Movement of the upper lid's margin in the column of the iris' centre, upward."""
    margin = face.upper_lid[side]
    column = margin[np.argmin(np.abs((margin - face.eye[side]) @ face.landmarks.rightward))]
    return float(skin.at(column[None])[0] @ face.landmarks.upward) / face.px_per_mm


def _jowl_moved_mm(face: SourceFace, side: Side, skin: Field) -> float:
    """Mean outward movement of the skin 2.5-7.5 mm inside the outline over the jowl window."""
    places, outward = jaw_grid(face, side, _WINDOW_ARC_MM, _WINDOW_INSIDE_MM)
    return float((skin.at(places) * outward[None]).sum(axis=-1).mean()) / face.px_per_mm


def _width_change(face: SourceFace, skin: Field) -> float:
    """Change of the outline's width on the line through the corners of the mouth."""
    return sum(_outline_moved_mm(face, side, skin) for side in Side)


def _outline_moved_mm(face: SourceFace, side: Side, skin: Field) -> float:
    """How far outward the outline moved at the level of the mouth's corner: its crossing with that level."""
    level = face.landmarks[Landmark.CHEILION, side]
    line = face.jaw[side]
    crossings = [
        _crossing(points, level, face.landmarks.upward, face.outward(side)) for points in (line, line + skin.at(line))
    ]
    return (crossings[1] - crossings[0]) / face.px_per_mm


def _crossing(line: FloatArray, level: FloatArray, upward: FloatArray, outward: FloatArray) -> float:
    """How far outward a line is that comes down to a level, at the level; its end where it begins below."""
    height, away = (line - level) @ upward, (line - level) @ outward
    order = np.argsort(height)
    return float(np.interp(0.0, height[order], away[order]))
