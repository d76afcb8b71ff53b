"""A pair of photos made from one photograph: the face as it is, and the face changed by known amounts.

Both photos are taken anew, each on its own way from the source's pixels: its own turn of the head, distance, shift,
light, blur, noise and compression, resampled once. No pixel comes through untouched.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from models.anatomy import Side
from models.arrays import Mask, Plane
from service.bench.accuracy_truth import Truth
from service.bench.controlled_changes.camera import relief_of, seen_from
from service.bench.controlled_changes.changes import NO_CHANGE, SideChange
from service.bench.controlled_changes.eyeball import LidLayer, lid_layer
from service.bench.controlled_changes.fields import Field, jowl_field, lid_field, pixel_grid
from service.bench.controlled_changes.nuisance import LIMITS, Grade, draw_shot, photographed
from service.bench.controlled_changes.plan import PlannedPair
from service.bench.controlled_changes.shading import fold_gain, lines_gain, log_light
from service.bench.controlled_changes.source_face import SourceFace
from service.bench.controlled_changes.truth import truth_of


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
    layers: tuple[LidLayer, ...]
    gain: Plane


def controlled_pair(face: SourceFace, planned: PlannedPair) -> ControlledPair:
    """Take a photo of the face, change it as planned, take another."""
    rng = planned.rng
    relief = relief_of(face, rng)
    unchanged, changed = (_change(face, done, planned) for done in (NO_CHANGE, planned.changes))
    photos = []
    for state, limits in ((unchanged, LIMITS[Grade.PROTOCOL]), (changed, LIMITS[planned.grade])):
        shot = draw_shot(limits, rng)
        linear = _drawn(face, state, seen_from(face, relief, shot.stand))
        photos.append(photographed(face, relief, linear, shot, rng))
    return ControlledPair(photos[0], photos[1], truth_of(face, planned.changes, changed.skin))


def _change(face: SourceFace, changes: Mapping[Side, SideChange], planned: PlannedPair) -> _Changed:
    grid, light = pixel_grid(face.shape), log_light(face)
    skin, layers, gain = Field.none(face.shape), [], np.zeros(face.shape, dtype=np.float32)
    for side, change in changes.items():
        if change.upper_lid_mm:
            layers.append(lid_layer(face, side, change.upper_lid_mm, grid))
            skin = skin.plus(lid_field(face, side, change.upper_lid_mm))
        skin = skin.plus(jowl_field(face, side, change.jowl_mm))
        gain += fold_gain(face, side, light, _deepened(planned.fold_marked_percent, change.fold_percent))
        gain += lines_gain(face, side, planned.lines[side], change.lines_percent)
    return _Changed(skin, tuple(layers), gain)


def _deepened(marked_percent: float, changed_percent: float) -> float:
    """Against the source, per cent, of what is first marked and then changed."""
    return 100 * ((1 + marked_percent / 100) * (1 + changed_percent / 100) - 1)


def _drawn(face: SourceFace, changed: _Changed, places: Plane) -> Plane:
    """The linear picture (height, width, 3) whose pixels show ``places`` (height, width, 2) of the changed head."""
    came_from = changed.skin.before_of(places)
    picture = _linear_at(face, came_from)
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
