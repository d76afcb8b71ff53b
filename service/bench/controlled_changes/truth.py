"""What truly changed in a pair that was made: read off the field that moved the skin, where the definitions say."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from models.anatomy import Landmark, Side
from models.arrays import FloatArray
from models.measurand import MeasurandCode
from service.bench.accuracy_truth import Truth
from service.bench.controlled_changes.changes import SideChange
from service.bench.controlled_changes.fields import Field, jaw_grid
from service.bench.controlled_changes.source_face import SourceFace

_WINDOW_ARC_MM: Final = np.linspace(-8.0, 8.0, 17)
_WINDOW_INSIDE_MM: Final = np.linspace(2.5, 7.5, 6)
"""The jowl window, as the measurand's definition names it."""


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
