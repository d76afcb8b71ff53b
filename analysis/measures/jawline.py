"""Jawline: contour, jowl prominence and lower face width, in one photo and between two.

In a frontal photo the skin just inside the jaw's edge carries the jowl's motion; the edge itself meets hair and neck
and slides over the skin. A change is therefore the motion of that skin, tracked in the registered pair, minus what
untreated skin of the lower face did (:mod:`analysis.lower_face`), which halves the error.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.geometry import sample
from analysis.jaw_outline import JOWL_HALF_MM, SKIN_MM, JowlArc, find_jawlines, jowl_arc, jowl_window
from analysis.lower_face import LowerFace, lower_face_of
from analysis.measures.jaw_edge_change import prominence_change, width_change
from analysis.measures.jaw_shape import JawMeasures, lower_face_width, measure_jawline
from analysis.registered_pair import RegisteredPair
from analysis.uncertainty import COVERAGE_FACTOR, PoseCost
from models.anatomy import Side
from models.arrays import FloatArray
from models.comparison import ChangeRefused, ErrorTerm, MeasuredChange
from models.measurement import Contour, Estimate, NotAssessable

__all__ = [
    "JawMeasures",
    "find_jawlines",
    "jawline_change",
    "jowl_window",
    "lower_face_width",
    "measure_jawline",
    "prominence_change",
    "width_change",
]

_BAND_ARC_MM: Final = np.arange(-9.0, 9.1, 1.0)
_BAND_DEPTH_MM: Final = np.arange(2.5, 8.8, 1.25)
_WINDOW_MM: Final = 4.0
_ROUND_TRIP_MM: Final = 0.05
"""Round trip from which on a tracked point loses half its say."""
_ROUND_TRIP_COST: Final = 4.0
"""Error of the window's motion per median round trip: highlights and an edge in the window pull all points alike, which
their scatter does not show (80 sides of rendered pairs; coverage checked on 70 others)."""
_LEAST_SPREAD_MM: Final = 0.05
_HELD_FLAT: Final = 0.002
_COUNTS: Final = 0.3
_LEAST_AGREEMENT: Final = 0.35
"""Share of points that must agree with a smooth motion; skin without texture drops below it."""
_CLEAR_OF_EDGE_MM: Final = np.arange(4.0, 8.6, 0.75)
_LEAST_TEXTURE: Final = 0.003
"""Log light; a camera's noise of 1 % leaves 0.0015 after the blur of 0.33 mm."""
_LEAST_RESEMBLANCE: Final = 0.5
"""Correlation below which more than half of what was tracked is noise."""
_SHARED_TEXTURE: Final = 8.0
"""Windows of 4 mm at points 1-1.25 mm apart overlap: one point in eight counts as independent."""
_POSE_COST: Final = PoseCost(per_pitch_degree=0.03, per_yaw_degree=0.03)
"""What is left of the mesh's depth errors after the untreated skin's drift: about 1.7 mm of depth."""
_FLOOR_MM: Final = 0.04
_SCALE_SHARE: Final = 0.02
"""The jowl lies 15-25 mm behind the iris plane, 1-2 % of a portrait's distance."""


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
    motion = _jowl_motion(pair, side, jawline)
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


def _jowl_motion(pair: RegisteredPair, side: Side, jawline: Contour) -> _SkinMotion | NotAssessable:
    lower = lower_face_of(pair)
    if isinstance(lower, NotAssessable):
        return lower
    arc = jowl_arc(jawline, pair.before.landmarks, side, pair.px_per_mm, _BAND_ARC_MM)
    return arc if isinstance(arc, NotAssessable) else _skin_motion(lower, arc)


def _skin_motion(lower: LowerFace, arc: JowlArc) -> _SkinMotion | NotAssessable:
    grid = arc.inside(_BAND_DEPTH_MM, lower.px_per_mm)
    points = grid.reshape(-1, 2)
    if _texture(lower, arc) < _LEAST_TEXTURE:
        return NotAssessable("The jowl's skin shows too little texture to be followed.")
    outward = np.broadcast_to(arc.outward, grid.shape).reshape(-1, 2)
    motion_mm, round_trip_mm = lower.track(points, _WINDOW_MM)
    if lower.resemblance(grid, motion_mm.reshape(grid.shape)) < _LEAST_RESEMBLANCE:
        return NotAssessable("The jowl's skin was not found again: too little texture, or another light.")
    beyond = ((motion_mm - lower.drift.at(points)) * outward).sum(axis=1)
    depth, along = (np.repeat(_BAND_DEPTH_MM, len(arc.arc_mm)), np.tile(arc.arc_mm, len(_BAND_DEPTH_MM)))
    fitted = _robust_mean(beyond, round_trip_mm, along / JOWL_HALF_MM, (depth - np.mean(SKIN_MM)) / np.ptp(SKIN_MM) * 2)
    if isinstance(fitted, NotAssessable):
        return fitted
    return _SkinMotion(fitted.value, fitted.standard_uncertainty, lower.drift.uncertainty_mm(points, outward))


def _texture(lower: LowerFace, arc: JowlArc) -> float:
    """SD of log light clear of the edge, without its slow course along the outline."""
    light = sample(lower.before_log, arc.inside(_CLEAR_OF_EDGE_MM, lower.px_per_mm) - lower.origin).astype(np.float64)
    course = np.vander(arc.arc_mm / JOWL_HALF_MM, 3)
    return float((light.T - course @ np.linalg.lstsq(course, light.T, rcond=None)[0]).std())


def _robust_mean(
    motion_mm: FloatArray, round_trip_mm: FloatArray, along: FloatArray, depth: FloatArray
) -> Estimate | NotAssessable:
    """Mean over the window of a smooth motion (quadratic along, linear in depth) fitted to tracked points."""
    design = np.column_stack([np.ones_like(along), along, along**2 - 1 / 3, depth, depth * along])
    trust: FloatArray = 1 / (1 + (round_trip_mm / _ROUND_TRIP_MM) ** 2)
    held = np.diag([0.0, 1.0, 1.0, 1.0, 1.0]) * _HELD_FLAT * len(along)
    weight, spread, normal = trust, _LEAST_SPREAD_MM, held
    terms: FloatArray = np.zeros(5)
    for turn in range(10):
        normal = (design * weight[:, None]).T @ design + held + 1e-9 * np.eye(5)
        terms = np.asarray(np.linalg.solve(normal, design.T @ (weight * motion_mm)), dtype=np.float64)
        misfit = np.abs(motion_mm - design @ terms)
        spread = max(_LEAST_SPREAD_MM, 1.48 * float(np.median(misfit)))
        weight = trust / (1 + (misfit / (max(1.5, 5.0 - turn) * spread)) ** 2) ** 2
    if float((weight > _COUNTS).mean()) < _LEAST_AGREEMENT:
        return NotAssessable("The jowl's skin was not found again: too little texture, or another light.")
    scatter = spread * float(np.sqrt(_SHARED_TEXTURE * np.linalg.inv(normal)[0, 0]))
    return Estimate(float(terms[0]), float(np.hypot(scatter, _ROUND_TRIP_COST * np.median(round_trip_mm))))
