"""What changes in the analysis when a photo is not taken from the front.

From aside the irises are ellipses and one side faces away: the scale comes from the mesh's size instead, coarse and
only good to place windows on the skin, and what the view does not show is not assessable, with the reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from analysis.calibration import Limbus, find_limbus, scale_of
from analysis.family_wise import with_family_p
from models.anatomy import Midline, Side, View
from models.arrays import Plane
from models.comparison import Change, ChangeRefused, PairComparison
from models.landmarks import FaceLandmarks
from models.measurement import Measurement, NotAssessable, SideContours
from models.scale import Scale
from models.views import why_not_in

_MESH_BREADTH_MM: Final = 135.8
_MESH_HEIGHT_MM: Final = 161.8
_SIZE_SPREAD: Final = 0.06
"""The mesh's zygion to zygion and forehead to menton in space, over the iris' scale: mean of 48 photographed people
(SD 9.8 and 9.1 mm), and the spread of the two together."""

_IRIS_FROM_ASIDE: Final = NotAssessable("Not measured in this view: the iris is seen from the side.")
_JAW_FROM_ASIDE: Final = NotAssessable("Not measured in this view: the jaw's edge is the neck's there, not the jowl's.")


def limbi_in(view: View, grey: Plane, landmarks: FaceLandmarks) -> Mapping[Side, Limbus | NotAssessable]:
    """Both limbus circles, or that the view shows none."""
    if view is View.FRONTAL:
        return {side: find_limbus(grey, landmarks, side) for side in Side}
    return dict.fromkeys(Side, _IRIS_FROM_ASIDE)


def scale_in(view: View, limbi: Mapping[Side, Limbus | NotAssessable], landmarks: FaceLandmarks) -> Scale:
    """Scale of the face frame: from the irises, or from the mesh's size where they are seen from aside."""
    if view is View.FRONTAL:
        return scale_of(limbi, landmarks)
    top, chin = (landmarks.spatial(place) for place in (Midline.FOREHEAD_TOP, Midline.MENTON))
    height = float(np.linalg.norm(top - chin))
    per_mm = (landmarks.spatial_breadth / _MESH_BREADTH_MM + height / _MESH_HEIGHT_MM) / 2
    return Scale(1 / per_mm, _SIZE_SPREAD, "mesh_size")


def contours_in(view: View, contours: Mapping[Side, SideContours]) -> Mapping[Side, SideContours]:
    """The contours that the view shows: of the side facing the camera, and of it what is not an edge of the picture."""
    if view.near_side is None:
        return contours
    away = NotAssessable(f"Not measured in this view: the subject's {view.near_side.other} side faces away.")
    return {
        view.near_side: replace(contours[view.near_side], jawline=_JAW_FROM_ASIDE),
        view.near_side.other: SideContours(away, away, away, away, away),
    }


def measurements_in(view: View, measurements: Iterable[Measurement]) -> tuple[Measurement, ...]:
    """The measurements, those that the view does not allow with the reason."""
    return tuple(
        one if (why := why_not_in(view, one.measurand, one.side)) is None else replace(one, result=NotAssessable(why))
        for one in measurements
    )


def comparison_in(view: View, comparison: PairComparison) -> PairComparison:
    """What the view allows of a comparison: its changes, and lines of the side that faces the camera."""
    if view is View.FRONTAL:
        return comparison
    drawn = tuple(overlay for overlay in comparison.overlays if overlay.side is view.near_side)
    return replace(comparison, changes=with_family_p(_changes_in(view, comparison.changes)), overlays=drawn)


def _changes_in(view: View, changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes, those that the view does not allow with the reason."""
    return tuple(
        one
        if (why := why_not_in(view, one.measurand, one.side)) is None
        else replace(one, result=ChangeRefused(why), family_p=None)
        for one in changes
    )
