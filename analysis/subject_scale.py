"""One scale for all photos of a subject: the same eyes are in every one of them.

A photo's own limbus circles say how many pixels the iris is wide, with an error that is new in each photo. The distance
between the two circles' centres lies in the same plane and is found ten times as well. So the iris' share of that
distance is taken as the median over the subject's photos, and each photo's scale is its own distance times that share.
Where the clinic measured the iris, its diameter stands in for the average person's.
"""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

import numpy as np

from analysis.remeasure import remeasured
from models.analysis import PhotoAnalysis
from models.anatomy import Side
from models.measurement import Circle, Estimate, NotAssessable
from models.scale import HVID_MM, Scale

LIMBUS_BIAS: Final = 0.007
"""Relative SD, between persons, of what the circle fit gets wrong alike in all photos of one (five rendered persons).
No number of photos averages it away."""
_DISTANCE_SPREAD: Final = 0.001
"""Relative SD of the pupils' distance as a ruler between photos of one protocol; 0.0002-0.0009 in five rendered
persons."""
_OF_A_MEDIAN: Final = 1.25
"""A median's standard error over a mean's, for normal errors."""
_FROM_IRISES: Final = frozenset({"iris", "iris_of_subject", "iris_mesh"})
_SAME_IRIS: Final = 0.15
"""A photo whose share differs by more from the subject's median shows other eyes, or a circle that is none."""


def iris_share(left: Circle, right: Circle, yaw_deg: float) -> float:
    """Mean iris diameter over the distance between the irises' centres, as it would be seen from the front.

    Parameters
    ----------
    left, right : limbus circles of one photo, in one frame.
    """
    return (left.radius + right.radius) / _distance(left, right, yaw_deg)


def share_of(analysis: PhotoAnalysis) -> float | None:
    """The photo's :func:`iris_share`; None unless both irises were found and nothing asks for a retake."""
    left, right = _irises(analysis)
    if not analysis.quality.usable or isinstance(left, NotAssessable) or isinstance(right, NotAssessable):
        return None
    return iris_share(left, right, analysis.landmarks.pose.yaw)


def subject_scale(analysis: PhotoAnalysis, shares: Iterable[float] = (), measured: Estimate | None = None) -> Scale:
    """The scale of the photo's face frame that all photos of the subject share.

    Parameters
    ----------
    shares : of the subject's accepted frontal photos, this one's own among them where it has one.
    measured : the iris' diameter in mm that the clinic measured, None where it did not.
    """
    left, right = _irises(analysis)
    known, scale = list(shares), analysis.scale
    if len(known) > 1 and isinstance(left, Circle) and isinstance(right, Circle):
        scale = _tied(analysis, _distance(left, right, analysis.landmarks.pose.yaw), known)
    return scale if measured is None or scale.method not in _FROM_IRISES else _with_measured_iris(scale, measured)


def on_subject_scale(
    analysis: PhotoAnalysis, shares: Iterable[float] = (), measured: Estimate | None = None
) -> PhotoAnalysis:
    """The photo with all its figures at :func:`subject_scale`."""
    scale = subject_scale(analysis, shares, measured)
    return analysis if scale is analysis.scale else remeasured(analysis, scale=scale)


def shares_of(photos: Iterable[PhotoAnalysis]) -> tuple[float, ...]:
    """Of those photos that have one."""
    return tuple(share for photo in photos if (share := share_of(photo)) is not None)


def on_one_scale(
    photos: Sequence[PhotoAnalysis], shares: Iterable[float] = (), measured: Estimate | None = None
) -> tuple[PhotoAnalysis, ...]:
    """Several photos of one subject at one scale.

    Parameters
    ----------
    shares : of further accepted photos of the subject, none of these.
    """
    known = (*shares, *shares_of(photos))
    return tuple(on_subject_scale(photo, known, measured) for photo in photos)


def _irises(analysis: PhotoAnalysis) -> tuple[Circle | NotAssessable, Circle | NotAssessable]:
    return analysis.contours[Side.LEFT].iris, analysis.contours[Side.RIGHT].iris


def _distance(left: Circle, right: Circle, yaw_deg: float) -> float:
    return float(np.linalg.norm(left.centre - right.centre) / np.cos(np.radians(yaw_deg)))


def _tied(analysis: PhotoAnalysis, distance: float, shares: list[float]) -> Scale:
    share = median(shares)
    same = [one for one in shares if abs(one / share - 1) < _SAME_IRIS]
    if len(same) < 2:  # noqa: PLR2004  one photo ties nothing
        return analysis.scale
    share = median(same)
    scatter = 1.48 * median(abs(one / share - 1) for one in same)
    noise = max(scatter, analysis.scale.relative_uncertainty) * _OF_A_MEDIAN / np.sqrt(len(same))
    uncertainty = float(np.sqrt(noise**2 + _DISTANCE_SPREAD**2 + LIMBUS_BIAS**2))
    return Scale(HVID_MM / (share * distance), uncertainty, "iris_of_subject")


def _with_measured_iris(scale: Scale, measured: Estimate) -> Scale:
    """The scale as if the iris were as wide as measured; what was taken from the mesh stays coarse, and says so.

    The measurement's own error stays apart from how surely the iris was found, as the spread between persons does: it
    is the same at every visit.
    """
    return Scale(
        scale.mm_per_px * measured.value / scale.iris_mm,
        scale.relative_uncertainty,
        scale.method if scale.method == "iris_mesh" else "iris_measured",
        measured.value,
        measured.standard_uncertainty,
    )
