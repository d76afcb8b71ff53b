"""How jowl prominence and lower face width changed between two photos, by the jaw's edge."""

from typing import Final, cast

import numpy as np

from analysis.jaw_edge import EdgeShift, edge_shift
from analysis.jaw_outline import JowlArc, jowl_arc
from analysis.lower_face import lower_face_of
from analysis.measures.jaw_shape import PROMINENCE_ARC_MM, largest_bulge_mm, lower_face_width
from analysis.registered_pair import RegisteredPair
from analysis.uncertainty import COVERAGE_FACTOR, PoseCost
from models.anatomy import Side
from models.arrays import FloatArray
from models.comparison import ChangeRefused, ErrorTerm, MeasuredChange
from models.measurement import Contour, NotAssessable

_POSE_COST: Final = PoseCost(per_pitch_degree=0.04, per_yaw_degree=0.05)
_BLOCKS_MM: Final = np.arange(-22.0, 22.1, 4.0)
_BLOCK_HALF_MM: Final = 3.0
_FEWEST_BLOCKS: Final = 8
_EDGE_TERMS: Final = 5
_PROMINENCE_NOISE_MM: Final = 0.25
"""RMS error over two rendered persons on whom the other constants were not set: 0.24, faint edges of dark skin
included; sides without a change scatter by 0.08 on fair skin and 0.16 on dark."""
_PROMINENCE_SHARE: Final = 0.25
"""The edge follows a receding jowl by 0.7-0.85 of its bulge (149 sides of rendered pairs)."""
_OPINIONS_DIFFER_MM: Final = 0.5
_WIDTH_NOISE_MM: Final = 0.50
"""RMS of 75 rendered pairs of five faces: the silhouette slides over cheek and neck as the head turns."""
_RELATIVE_SCALE: Final = 0.001
"""The registration carries the before's scale to the after this well."""
_BESIDE_MOUTH: Final = slice(2, 14)
"""Points of the outline, a millimetre apart, that begins at mouth level."""


def prominence_change(pair: RegisteredPair, side: Side) -> MeasuredChange | ChangeRefused:
    """Change in mm of the jowl's largest bulge beyond the smooth curve beside it.

    The mean of two ways: the before's outline carried along by its edge's profile, and the outline found anew in the
    after; what they differ by widens the interval. Refused when either fails, or when they differ by more than 0.5 mm.
    """
    jawline, landmarks = pair.before.contours[side].jawline, pair.before.landmarks
    if isinstance(jawline, NotAssessable):
        return ChangeRefused(jawline.reason)
    arc = jowl_arc(jawline, landmarks, side, pair.px_per_mm, PROMINENCE_ARC_MM)
    if isinstance(arc, NotAssessable):
        return ChangeRefused(arc.reason)
    before = largest_bulge_mm(arc.points / pair.px_per_mm, arc)
    carried, found = _carried_bulge_mm(pair, arc), _bulge_found_anew_mm(pair, side)
    for opinion in (carried, found):
        if isinstance(opinion, NotAssessable):
            return ChangeRefused(opinion.reason, before)
    return _joint_prominence(before, cast("float", carried), cast("float", found), pair)


def _joint_prominence(
    before: float, carried: float, found: float, pair: RegisteredPair
) -> MeasuredChange | ChangeRefused:
    if abs(carried - found) > _OPINIONS_DIFFER_MM:
        return ChangeRefused(f"Two ways of following the jaw's edge differ by {abs(carried - found):.2f} mm.", before)
    change = (carried + found) / 2 - before
    terms = (
        ErrorTerm("edge", _PROMINENCE_NOISE_MM),
        ErrorTerm("two ways differ", abs(carried - found) / 2),
        _POSE_COST.term(pair.pitch_difference_deg, pair.yaw_difference_deg),
        ErrorTerm("edge slides over the skin", _PROMINENCE_SHARE * abs(change)),
    )
    return MeasuredChange(before, change, terms, COVERAGE_FACTOR)


def _carried_bulge_mm(pair: RegisteredPair, arc: JowlArc) -> float | NotAssessable:
    """The bulge of the before's outline moved by a smooth curve through the shifts of its blocks."""
    lower = lower_face_of(pair)
    if isinstance(lower, NotAssessable):
        return lower
    blocks = [np.abs(arc.arc_mm - middle) <= _BLOCK_HALF_MM for middle in _BLOCKS_MM]
    shifts = [edge_shift(lower, arc.points[block], arc.outward[block]) for block in blocks]
    found = [(m, s) for m, s in zip(_BLOCKS_MM, shifts, strict=True) if isinstance(s, EdgeShift)]
    if len(found) < _FEWEST_BLOCKS:
        return NotAssessable("Too little of the jaw's edge was found again in the other photo.")
    middles, shift_mm = np.array([m for m, _ in found]), np.array([s.outward_mm for _, s in found])
    shift_mm = shift_mm - np.interp(middles, arc.arc_mm, (lower.drift.at(arc.points) * arc.outward).sum(axis=1))
    smooth = _smooth_shift(middles, shift_mm, np.array([s.weight for _, s in found]), arc.arc_mm)
    return largest_bulge_mm(arc.points / pair.px_per_mm + smooth[:, None] * arc.outward, arc)


def _smooth_shift(at_mm: FloatArray, shift_mm: FloatArray, say: FloatArray, arc_mm: FloatArray) -> FloatArray:
    """Quartic through weighted shifts, blind to blocks that jumped to another edge."""
    half = float(np.abs(arc_mm).max())
    design = np.polynomial.legendre.legvander(at_mm / half, _EDGE_TERMS - 1)
    weight = say
    terms: FloatArray = np.zeros(_EDGE_TERMS)
    for _ in range(6):
        normal = (design * weight[:, None]).T @ design + 0.02 * float(say.mean()) * np.eye(_EDGE_TERMS)
        terms = np.linalg.solve(normal, design.T @ (weight * shift_mm))
        weight = say / (1 + ((shift_mm - design @ terms) / 0.25) ** 2) ** 2
    return np.asarray(np.polynomial.legendre.legvander(arc_mm / half, _EDGE_TERMS - 1) @ terms)


def _bulge_found_anew_mm(pair: RegisteredPair, side: Side) -> float | NotAssessable:
    """The bulge of the outline that was found in the after on its own, carried into the before's frame."""
    anew = pair.after.contours[side].jawline
    if isinstance(anew, NotAssessable):
        return anew
    carried = Contour(pair.from_after(anew.points), anew.uncertainty_mm)
    arc = jowl_arc(carried, pair.before.landmarks, side, pair.px_per_mm, PROMINENCE_ARC_MM)
    return arc if isinstance(arc, NotAssessable) else largest_bulge_mm(arc.points / pair.px_per_mm, arc)


def width_change(pair: RegisteredPair) -> MeasuredChange | ChangeRefused:
    """Change in mm of the lower face's width, by the shift of both silhouettes at the level of the mouth's corners.

    Refused without both outlines in the before, or when one silhouette is not found again.
    """
    contours, landmarks = pair.before.contours, pair.before.landmarks
    left, right = contours[Side.LEFT].jawline, contours[Side.RIGHT].jawline
    before = lower_face_width(left, right, landmarks, pair.px_per_mm)
    if isinstance(before, NotAssessable):
        return ChangeRefused(before.reason)
    moved = [_silhouette_shift_mm(pair, side) for side in Side]
    for side_moved in moved:
        if isinstance(side_moved, NotAssessable):
            return ChangeRefused(side_moved.reason, before.value)
    change = float(sum(cast("list[float]", moved)))
    scale = ErrorTerm("scale", _RELATIVE_SCALE * before.value)
    terms = (
        ErrorTerm("silhouette", _WIDTH_NOISE_MM),
        scale,
        _POSE_COST.term(pair.pitch_difference_deg, pair.yaw_difference_deg),
    )
    return MeasuredChange(before.value, change, terms, COVERAGE_FACTOR)


def _silhouette_shift_mm(pair: RegisteredPair, side: Side) -> float | NotAssessable:
    """Lateral shift of one side's outline beside the mouth, beyond the drift of untreated skin there."""
    jawline, lower = pair.before.contours[side].jawline, lower_face_of(pair)
    if isinstance(lower, NotAssessable):
        return lower
    if isinstance(jawline, NotAssessable):
        return jawline
    points = jawline.points[_BESIDE_MOUTH]
    lateral = np.broadcast_to(pair.before.landmarks.rightward * side.image_direction, points.shape)
    shift = edge_shift(lower, points, lateral)
    if isinstance(shift, NotAssessable):
        return shift
    return shift.outward_mm - float((lower.drift.at(points) * lateral).sum(axis=1).mean())
