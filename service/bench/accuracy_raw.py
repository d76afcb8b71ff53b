"""The yardstick: the same changes from raw landmarks, as a program would take them that trusts its mesh.

Lid heights are those of the mesh's lids over its iris, each photo scaled by its own mesh iris; the jowl is the mesh's
jowl points after a similarity (Umeyama 1991) on its rigid points. A fold and lines cannot be had from points. Such a
program states no interval; the one used here is what repeating the detection on the same photo shifted by a few pixels
teaches: points move by 0.1-0.3 mm.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from analysis.geometry import fit_similarity, transform
from analysis.pipeline import open_photo
from models.anatomy import Landmark, Midline, Outline, Side
from models.arrays import FloatArray
from models.face_landmarker.landmarker import FaceLandmarker
from models.landmarks import FaceLandmarks
from models.measurand import MeasurandCode
from models.quality import Refused
from models.scale import HVID_MM

_REPEATED_MM: Final = 0.2
HALF_WIDTH_MM: Final = 1.96 * 2**0.5 * _REPEATED_MM
"""Of a difference of two figures that each repeat to 0.2 mm."""

RawChanges = Mapping[tuple[MeasurandCode, Side | None], float]


def raw_changes(before: bytes, after: bytes, landmarker: FaceLandmarker) -> RawChanges:
    """Changes in mm by measurand and side; empty where a photo has no face."""
    first, second = _mesh(before, landmarker), _mesh(after, landmarker)
    if first is None or second is None:
        return {}
    found: dict[tuple[MeasurandCode, Side | None], float] = {}
    for side in Side:
        mrd1, mrd2 = (
            _height_mm(second, side, lid) - _height_mm(first, side, lid)
            for lid in (Outline.UPPER_LID, Outline.LOWER_LID)
        )
        found[MeasurandCode.MRD1, side], found[MeasurandCode.MRD2, side] = mrd1, -mrd2
        found[MeasurandCode.PALPEBRAL_FISSURE_HEIGHT, side] = mrd1 - mrd2
        found[MeasurandCode.BROW_HEIGHT, side] = _height_mm(second, side, Outline.BROW_LOWER) - _height_mm(
            first, side, Outline.BROW_LOWER
        )
        found[MeasurandCode.JAWLINE_CONTOUR, side] = _jowl_moved_mm(first, second, side)
    return found


def _mesh(upload: bytes, landmarker: FaceLandmarker) -> FaceLandmarks | None:
    opened = open_photo(upload, landmarker)
    if isinstance(opened, Refused):
        return None
    return FaceLandmarks(opened[1].points, opened[1].pose, opened[1].blendshapes)


def _mm_per_px(mesh: FaceLandmarks) -> float:
    irises = [mesh.outline(Outline.IRIS, side) for side in Side]
    return HVID_MM / float(np.mean([np.linalg.norm(iris[0] - iris[2]) for iris in irises]))


def _height_mm(mesh: FaceLandmarks, side: Side, line: Outline) -> float:
    """Height of a line above the mesh's pupil, in the pupil's column along the eye's vertical."""
    away = mesh.outline(line, side) - mesh[Landmark.PUPIL_CENTRE, side]
    across, up = away @ mesh.rightward, away @ mesh.upward
    order = np.argsort(across)
    return float(np.interp(0.0, across[order], up[order])) * _mm_per_px(mesh)


def _jowl_moved_mm(first: FaceLandmarks, second: FaceLandmarks, side: Side) -> float:
    """Mean movement of the jowl's points along the jaw's outward normal, in the before's millimetres."""
    to_first = fit_similarity(second.midline(Midline.RIGID_ANCHORS), first.midline(Midline.RIGID_ANCHORS))
    jowl = first.outline(Outline.JOWL, side)
    moved = (transform(to_first, second.outline(Outline.JOWL, side)) - jowl).mean(axis=0)
    return float(moved @ _outward(jowl, first.centre)) * _mm_per_px(first)


def _outward(jowl: FloatArray, centre: FloatArray) -> FloatArray:
    along = (jowl[1] - jowl[0]) / np.linalg.norm(jowl[1] - jowl[0])
    normal = np.array([-along[1], along[0]])
    return np.asarray(normal * np.sign((jowl.mean(axis=0) - centre) @ normal))
