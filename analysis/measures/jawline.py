"""Jawline: contour, jowl prominence and lower face width, in one photo and between two.

In a frontal photo the skin just inside the jaw's edge carries the jowl's motion; the edge itself meets hair and neck and
slides over the skin. A change is therefore the motion of that skin, tracked in the registered pair, minus what untreated
skin of the lower face did (:mod:`analysis.lower_face`), which halves the error.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.geometry import Polyline
from analysis.jaw_outline import JOWL_HALF_MM, SKIN_MM, JowlArc, find_jawline, jowl_arc, jowl_window
from analysis.lower_face import LowerFace, lower_face_of
from analysis.registered_pair import RegisteredPair
from analysis.uncertainty import COVERAGE_FACTOR, PoseCost
from models.anatomy import Landmark, Side
from models.arrays import FloatArray
from models.comparison import ChangeRefused, ErrorTerm, MeasuredChange
from models.landmarks import FaceLandmarks
from models.measurement import Contour, Estimate, NotAssessable

__all__ = [
    "JawMeasures",
    "find_jawline",
    "jawline_change",
    "jowl_window",
    "lower_face_width",
    "measure_jawline",
    "prominence_change",
    "width_change",
]

_FLANK_MM: Final = (10.0, 24.0)
"""Where the outline beside the jowl is taken for the smooth curve, from the jowl's middle."""
_BAND_ARC_MM: Final = np.arange(-9.0, 9.1, 1.0)
_BAND_DEPTH_MM: Final = np.arange(2.5, 8.8, 1.25)
_WINDOW_MM: Final = 4.0
_ROUND_TRIP_MM: Final = 0.05
_LEAST_AGREEMENT: Final = 0.35
_POSE_COST: Final = PoseCost(per_pitch_degree=0.04, per_yaw_degree=0.05)
_FLOOR_MM: Final = 0.05
_SCALE_SHARE: Final = 0.02
"""The jowl lies 15-25 mm behind the iris plane, 1-2 % of a portrait's distance."""
_LARGEST_POSE_DEG: Final = 3.0


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
    near, far = _FLANK_MM
    arc_mm = np.arange(-far, far + 0.1, 0.5)
    arc = jowl_arc(jawline, landmarks, side, px_per_mm, arc_mm)
    if isinstance(arc, NotAssessable):
        return arc
    along, out = _in_chord_frame(arc, px_per_mm)
    flank = np.abs(arc_mm) >= near
    smooth = np.polyval(np.polyfit(along[flank], out[flank], 2), along)
    bulge = (out - smooth)[np.abs(arc_mm) <= JOWL_HALF_MM]
    return Estimate(float(bulge.max()), 1.5 * jawline.uncertainty_mm)


def _in_chord_frame(arc: JowlArc, px_per_mm: float) -> tuple[FloatArray, FloatArray]:
    chord = arc.points[-1] - arc.points[0]
    chord = chord / np.linalg.norm(chord)
    return np.asarray((arc.points - arc.points[0]) @ chord / px_per_mm), _beyond_chord_mm(arc, px_per_mm)


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


def jawline_change(pair: RegisteredPair, side: Side) -> MeasuredChange | ChangeRefused:
    """Mean motion in mm, outward positive, of the skin 2.5-7.5 mm inside the outline over the jowl window.

    Refused without an outline in the before, when untreated skin beside the jaw or the jowl's own texture is not found
    again, and when the heads are turned more than 3 degrees apart.
    """
    jawline = pair.before.contours[side].jawline
    if isinstance(jawline, NotAssessable):
        return ChangeRefused(jawline.reason)
    before = measure_jawline(jawline, pair.before.landmarks, side, pair.px_per_mm).contour
    if isinstance(before, NotAssessable):
        return ChangeRefused(before.reason)
    if max(abs(pair.yaw_difference_deg), abs(pair.pitch_difference_deg)) > _LARGEST_POSE_DEG:
        return ChangeRefused("The heads are turned too far apart for the jaw.", before.value)
    lower = lower_face_of(pair)
    if isinstance(lower, NotAssessable):
        return ChangeRefused(lower.reason, before.value)
    arc = jowl_arc(jawline, pair.before.landmarks, side, pair.px_per_mm, _BAND_ARC_MM)
    if isinstance(arc, NotAssessable):
        return ChangeRefused(arc.reason, before.value)
    motion = _skin_motion(lower, arc)
    if isinstance(motion, NotAssessable):
        return ChangeRefused(motion.reason, before.value)
    terms = (
        ErrorTerm("skin texture", motion.noise_mm),
        ErrorTerm("untreated skin beside it", motion.drift_mm),
        _POSE_COST.term(pair.pitch_difference_deg, pair.yaw_difference_deg),
        ErrorTerm("tracking", _FLOOR_MM),
        ErrorTerm("scale", _SCALE_SHARE * abs(motion.outward_mm)),
    )
    return MeasuredChange(before.value, motion.outward_mm, terms, COVERAGE_FACTOR)


@dataclass(frozen=True, slots=True)
class _SkinMotion:
    """Outward motion of the jowl's skin beyond the drift, its noise and the drift's uncertainty, mm."""

    outward_mm: float
    noise_mm: float
    drift_mm: float


def _skin_motion(lower: LowerFace, arc: JowlArc) -> _SkinMotion | NotAssessable:
    grid = arc.inside(_BAND_DEPTH_MM, lower.px_per_mm)
    points = grid.reshape(-1, 2)
    outward = np.broadcast_to(arc.outward, grid.shape).reshape(-1, 2)
    motion_mm, round_trip_mm = lower.track(points, _WINDOW_MM)
    beyond = ((motion_mm - lower.drift.at(points)) * outward).sum(axis=1)
    depth, along = (np.repeat(_BAND_DEPTH_MM, len(arc.arc_mm)), np.tile(arc.arc_mm, len(_BAND_DEPTH_MM)))
    fitted = _robust_mean(beyond, round_trip_mm, along / JOWL_HALF_MM, (depth - np.mean(SKIN_MM)) / np.ptp(SKIN_MM) * 2)
    if isinstance(fitted, NotAssessable):
        return fitted
    return _SkinMotion(fitted.value, fitted.standard_uncertainty, lower.drift.uncertainty_mm(points, outward))


def _robust_mean(
    motion_mm: FloatArray, round_trip_mm: FloatArray, along: FloatArray, depth: FloatArray
) -> Estimate | NotAssessable:
    """Mean over the window of a smooth motion (quadratic along, linear in depth) fitted to tracked points."""
    design = np.column_stack([np.ones_like(along), along, along**2 - 1 / 3, depth, depth * along])
    trust = 1 / (1 + (round_trip_mm / _ROUND_TRIP_MM) ** 2)
    weight = trust.copy()
    held = np.diag([0.0, 1.0, 1.0, 1.0, 1.0]) * 0.002 * len(along)
    for turn in range(10):
        normal = (design * weight[:, None]).T @ design + held + 1e-9 * np.eye(5)
        terms = np.linalg.solve(normal, design.T @ (weight * motion_mm))
        misfit = np.abs(motion_mm - design @ terms)
        spread = max(0.05, 1.48 * float(np.median(misfit)))
        weight = trust / (1 + (misfit / (max(1.5, 5.0 - turn) * spread)) ** 2) ** 2
    if float((weight > 0.3).mean()) < _LEAST_AGREEMENT:  # noqa: PLR2004  counted when it keeps a third of its say
        return NotAssessable("The jowl's skin was not found again: too little texture, or another light.")
    # Windows of 4 mm at points 1-1.25 mm apart overlap: about one in eight counts as independent.
    return Estimate(float(terms[0]), spread * float(np.sqrt(8 * np.linalg.inv(normal)[0, 0])))


def prominence_change(pair: RegisteredPair, side: Side) -> MeasuredChange | ChangeRefused:
    """Change in mm of the jowl's largest bulge beyond the smooth curve beside it."""
    del side
    return ChangeRefused("Not measured between photos yet.")


def width_change(pair: RegisteredPair) -> MeasuredChange | ChangeRefused:
    """Change in mm of the lower face's width."""
    del pair
    return ChangeRefused("Not measured between photos yet.")
