"""The jawline's shape in one photo: contour, jowl prominence and lower face width."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.jaw_outline import JOWL_HALF_MM, JowlArc, jowl_arc
from models.anatomy import Landmark, Side
from models.arrays import FloatArray
from models.landmarks import FaceLandmarks
from models.measurement import Contour, Estimate, NotAssessable

_FLANK_FROM_MM: Final = 10.0
PROMINENCE_ARC_MM: Final = np.arange(-24.0, 24.1, 1.0)
"""The outline beside the jowl, 10-24 mm from its middle, gives the smooth curve."""


@dataclass(frozen=True, slots=True)
class JawMeasures:
    """What one jawline shows in one photo, mm.

    Parameters
    ----------
    contour : mean bulge of the outline beyond its chord over the jowl window.
    prominence : largest bulge of that arc beyond the smooth curve through the outline beside it.
    """

    contour: Estimate | NotAssessable
    prominence: Estimate | NotAssessable


def measure_jawline(jawline: Contour, landmarks: FaceLandmarks, side: Side, px_per_mm: float) -> JawMeasures:
    """Contour and prominence of one jawline (face frame), each not assessable where the outline does not reach."""
    arc_mm = np.linspace(-JOWL_HALF_MM, JOWL_HALF_MM, 33)
    arc = jowl_arc(jawline, landmarks, side, px_per_mm, arc_mm)
    if isinstance(arc, NotAssessable):
        return JawMeasures(arc, arc)
    bulge = Estimate(float(_beyond_chord_mm(arc, px_per_mm).mean()), jawline.uncertainty_mm)
    return JawMeasures(bulge, _prominence(jawline, landmarks, side, px_per_mm))


def _beyond_chord_mm(arc: JowlArc, px_per_mm: float) -> FloatArray:
    chord = arc.points[-1] - arc.points[0]
    across = np.array([-chord[1], chord[0]]) / np.linalg.norm(chord)
    across *= np.sign(arc.outward.mean(axis=0) @ across)
    return np.asarray((arc.points - arc.points[0]) @ across / px_per_mm)


def _prominence(jawline: Contour, landmarks: FaceLandmarks, side: Side, px_per_mm: float) -> Estimate | NotAssessable:
    arc = jowl_arc(jawline, landmarks, side, px_per_mm, PROMINENCE_ARC_MM)
    if isinstance(arc, NotAssessable):
        return arc
    # The curve beside the jowl is as uncertain as the bulge: both errors add.
    return Estimate(largest_bulge_mm(arc.points / px_per_mm, arc), 1.5 * jawline.uncertainty_mm)


def largest_bulge_mm(points_mm: FloatArray, arc: JowlArc) -> float:
    """Largest bulge over the jowl of an outline beyond the parabola through its flanks, in the chord's frame."""
    chord = points_mm[-1] - points_mm[0]
    along = (points_mm - points_mm[0]) @ chord / np.linalg.norm(chord)
    across = np.array([-chord[1], chord[0]]) / np.linalg.norm(chord)
    out = (points_mm - points_mm[0]) @ (across * np.sign(arc.outward.mean(axis=0) @ across))
    flank = np.abs(arc.arc_mm) >= _FLANK_FROM_MM
    smooth = np.polyval(np.polyfit(along[flank], out[flank], 2), along)
    return float((out - smooth)[np.abs(arc.arc_mm) <= JOWL_HALF_MM].max())


def lower_face_width(
    left: Contour | NotAssessable, right: Contour | NotAssessable, landmarks: FaceLandmarks, px_per_mm: float
) -> Estimate | NotAssessable:
    """Distance in mm between both outlines on the line through the mouth's corners, at the iris plane's scale."""
    if isinstance(left, NotAssessable):
        return left
    if isinstance(right, NotAssessable):
        return right
    edges = _at_mouth_level(left, landmarks), _at_mouth_level(right, landmarks)
    width_mm = float((edges[0] - edges[1]) @ landmarks.rightward) / px_per_mm
    return Estimate(width_mm, float(np.hypot(left.uncertainty_mm, right.uncertainty_mm)))


def _at_mouth_level(jawline: Contour, landmarks: FaceLandmarks) -> FloatArray:
    """The outline's point (2,) on the line through the cheilia; its first points where it begins below."""
    mouth = (landmarks[Landmark.CHEILION, Side.LEFT] + landmarks[Landmark.CHEILION, Side.RIGHT]) / 2
    below = (mouth - jawline.points) @ landmarks.upward
    order = np.argsort(below)
    return np.array([np.interp(0.0, below[order], jawline.points[order, axis]) for axis in (0, 1)])
