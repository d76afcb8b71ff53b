"""Jawline: contour, jowl prominence and lower face width, in one photo and between two.

In a frontal photo the skin just inside the jaw's edge carries the jowl's motion; the edge itself meets hair and neck
and slides over the skin. A change is therefore the motion of that skin (:mod:`analysis.skin_registration`) minus what
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
from analysis.skin_registration import SkinWindow, register_skin
from analysis.uncertainty import COVERAGE_FACTOR, PoseCost
from models.anatomy import Side
from models.comparison import ChangeRefused, ErrorTerm, MeasuredChange
from models.measurement import Contour, NotAssessable

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

_BAND_ARC_MM: Final = np.arange(-9.0, 9.01, 0.25)
_BAND_DEPTH_MM: Final = np.arange(2.5, 8.76, 0.25)
_LEAST_TEXTURE: Final = 0.003
"""Log light; a camera's noise of 1 % leaves 0.0015 after the blur of 0.33 mm."""
_CLEAR_OF_EDGE_MM: Final = np.arange(4.0, 8.6, 0.75)
_LEAST_CORRELATION: Final = 0.50
"""Below it more than half of the window's texture is noise or a highlight, which is the lamp's: on five rendered heads
of dark skin the error was 0.09 mm above, 0.19 mm from 0.4 to 0.5, and up to 0.6 mm below."""
_HIGHLIGHTS: Final = 0.42
"""Error in mm of a window that shows nothing of the before's texture, times the missing correlation to the power 1.5:
dark skin shows the lamps more than itself (two rendered faces; correlation 0.45, error 0.17 mm)."""
_POSE_COST: Final = PoseCost(per_pitch_degree=0.05, per_yaw_degree=0.05)
"""What is left of the mesh's depth errors after the untreated skin's drift: 1.7 mm of depth on rendered heads, 3 mm on
photographed ones turned by up to 3 degrees with a wrong depth."""
_FLOOR_MM: Final = 0.065
"""Between photos of equal pose: 0.04 on rendered faces, 0.065 on 48 photographed ones whose skin was moved."""
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
        ErrorTerm("highlights", motion.highlights_mm),
        ErrorTerm("untreated skin beside it", motion.drift_mm),
        _POSE_COST.term(pair.pitch_difference_deg, pair.yaw_difference_deg),
        ErrorTerm("tracking", _FLOOR_MM),
        ErrorTerm("scale", _SCALE_SHARE * abs(motion.outward_mm)),
    )
    return MeasuredChange(before.value, motion.outward_mm, terms, COVERAGE_FACTOR)


@dataclass(frozen=True, slots=True)
class _JowlMotion:
    """Outward motion of the jowl's skin beyond the drift, and what makes it uncertain, mm."""

    outward_mm: float
    noise_mm: float
    highlights_mm: float
    drift_mm: float


def _jowl_motion(pair: RegisteredPair, side: Side, jawline: Contour) -> _JowlMotion | NotAssessable:
    lower = lower_face_of(pair)
    if isinstance(lower, NotAssessable):
        return lower
    arc = jowl_arc(jawline, pair.before.landmarks, side, pair.px_per_mm, _BAND_ARC_MM)
    if isinstance(arc, NotAssessable):
        return arc
    if _texture(lower, arc) < _LEAST_TEXTURE:
        return NotAssessable("The jowl's skin shows too little texture to be followed.")
    return _skin_motion(lower, arc)


def _skin_motion(lower: LowerFace, arc: JowlArc) -> _JowlMotion | NotAssessable:
    window = _window(lower, arc)
    motion = register_skin(lower.before_log, lower.after_log, window, lower.px_per_mm)
    if motion.correlation < _LEAST_CORRELATION:
        return NotAssessable("The jowl's skin was not found again: too little texture, or another light.")
    within = (np.abs(arc.arc_mm) <= JOWL_HALF_MM) & ((SKIN_MM[0] <= _BAND_DEPTH_MM) & (SKIN_MM[1] >= _BAND_DEPTH_MM))[
        :, None
    ]
    outward_mm, noise_mm = motion.mean_outward(window.shapes[0][within])
    outward = np.broadcast_to(arc.outward, window.places.shape)
    return _JowlMotion(
        outward_mm,
        noise_mm,
        _HIGHLIGHTS * (1 - motion.correlation) ** 1.5,
        lower.drift.uncertainty_mm((window.places + lower.origin)[within], outward[within]),
    )


def _window(lower: LowerFace, arc: JowlArc) -> SkinWindow:
    """The jowl's skin in the frame of the lower face, the drift of untreated skin expected of it."""
    grid = arc.inside(_BAND_DEPTH_MM, lower.px_per_mm)
    drift_mm = lower.drift.at(grid.reshape(-1, 2)).reshape(grid.shape)
    along, across = np.meshgrid(arc.arc_mm / JOWL_HALF_MM, (_BAND_DEPTH_MM - np.mean(SKIN_MM)) / np.ptp(SKIN_MM) * 2)
    return SkinWindow(grid - lower.origin, arc.outward, along, across, lower.px_per_mm * drift_mm)


def _texture(lower: LowerFace, arc: JowlArc) -> float:
    """SD of log light clear of the edge, without its slow course along the outline."""
    light = sample(lower.before_log, arc.inside(_CLEAR_OF_EDGE_MM, lower.px_per_mm) - lower.origin).astype(np.float64)
    course = np.vander(arc.arc_mm / JOWL_HALF_MM, 3)
    return float((light.T - course @ np.linalg.lstsq(course, light.T, rcond=None)[0]).std())
