"""The lid margins and the brow's lower border in one photo, found on pixels near the mesh's guess."""

from typing import Final

import numpy as np

from analysis.eye_frame import PATCH_PX_PER_MM, EyeFrame, to_patch
from analysis.geometry import Polyline, blurred, cheapest_path, log_light, parabola_peak, robust_fit, sample
from analysis.lid_profile import margin_offset
from models.anatomy import Outline, Side
from models.arrays import FloatArray, Plane
from models.landmarks import FaceLandmarks
from models.measurement import Circle, Contour

_SEARCH_MM: Final = 2.4
_STEP_MM: Final = 1 / 16
_COLUMN_MM: Final = 1 / 8
_EDGE_SIGMA_MM: Final = 0.16
_MESH_PULL: Final = 0.25
"""Cost of lying 1 mm from the mesh, in strengths of the strongest edge: enough to prefer the margin over the crease."""
_SMOOTHNESS: Final = 0.06
_SPAN_RADII: Final = 1.6
"""Half width in iris radii over which a margin is found; beyond, the mesh's shape is carried on to the canthi."""

UPPER_MARGIN_UNCERTAINTY_MM: Final = 0.5
LOWER_MARGIN_UNCERTAINTY_MM: Final = 0.5
"""RMS distance from points placed by hand on 60 eyes of 30 persons kept aside: 0.41 and 0.43 mm, their own scatter in
it. Both lean outward of the skin's margin, so that the fissure's RMS is 0.67 mm and not 0.59."""

_TOWARDS_SKIN: Final = {Outline.UPPER_LID: 1.0, Outline.LOWER_LID: -1.0}
"""Where the skin lies beyond the margin along v."""
_LASH_LINE_MM: Final = 0.5
"""Half the height of a lash line, the first guess of how far beyond the margin it ends."""

BROW_BORDER_UNCERTAINTY_MM: Final = 1.0
"""A brow's border is hair by hair; people place it 1 mm apart."""

_BROW_HALF_WIDTH_MM: Final = 4.0

_UNCERTAINTY_MM: Final = {
    Outline.UPPER_LID: UPPER_MARGIN_UNCERTAINTY_MM,
    Outline.LOWER_LID: LOWER_MARGIN_UNCERTAINTY_MM,
}


def find_lid_margin(grey: Plane, landmarks: FaceLandmarks, side: Side, lid: Outline, iris: Circle) -> Contour:
    """The skin margin of one lid, outer to inner canthus, in the face frame.

    The path that :mod:`analysis.lid_profile` finds likeliest, smoothed by a robust cubic.

    Parameters
    ----------
    grey : the face's grey picture 0-255, face frame.
    lid : Outline.UPPER_LID or Outline.LOWER_LID.
    iris : the limbus circle in the face frame.
    """
    frame = EyeFrame.of(landmarks, side)
    mesh = Polyline.through(_by_u(frame.from_face(landmarks.outline(lid, side))), 61).points
    centre = frame.from_face(iris.centre)
    radius = iris.radius / frame.px_per_mm
    half = _SPAN_RADII * radius
    radii = np.arange(-_SPAN_RADII, _SPAN_RADII + 0.05, 0.1)
    columns = centre[0] + radii * radius
    offset = margin_offset(_light(frame, grey), columns, radii, _height(mesh, columns), lid)
    cubic = robust_fit(np.vander(radii / _SPAN_RADII, 4), offset)
    within = np.clip((mesh[:, 0] - centre[0]) / half, -1, 1)
    moved = _taper(mesh, centre[0], half) * np.polyval(cubic, within)
    margin = np.column_stack([mesh[:, 0], mesh[:, 1] + moved])
    ordered = margin if side is Side.RIGHT else margin[::-1]
    return Contour(frame.to_face(ordered), _UNCERTAINTY_MM[lid])


def find_brow_border(grey: Plane, landmarks: FaceLandmarks, side: Side, iris: Circle) -> Contour:
    """The brow's lower border above the pupil, 8 mm wide, evenly spaced from left to right, in the face frame.

    The dark-to-bright edge from the brow's hair down to the skin, by the cheapest path near the mesh.
    """
    eye = EyeFrame.of(landmarks, side)
    mesh_brow = Polyline.through(_by_u(eye.from_face(landmarks.outline(Outline.BROW_LOWER, side))), 61).points
    centre = eye.from_face(iris.centre)
    columns = np.arange(centre[0] - _BROW_HALF_WIDTH_MM, centre[0] + _BROW_HALF_WIDTH_MM, _COLUMN_MM)
    height = _height(mesh_brow, columns)
    raised_by = float(height.mean())
    frame = eye.raised(raised_by)
    guess = np.column_stack([columns, height - raised_by])
    offset = _edge_offset(_light(frame, grey), guess, towards_skin=-1.0)
    powers = np.vander((columns - centre[0]) / _BROW_HALF_WIDTH_MM, 4)
    smooth = guess[:, 1] + powers @ robust_fit(powers, offset)
    return Contour(frame.to_face(np.column_stack([columns, smooth])), BROW_BORDER_UNCERTAINTY_MM)


def outer_lash_edge(light: Plane, margin: FloatArray, lid: Outline) -> FloatArray:
    """The edge between the lash line and the skin beyond it, along a margin: what a moving lid is followed by.

    Parameters
    ----------
    light : log light of the eye's patch.
    margin : (n, 2) as (u, v), evenly spaced along u; the edge has the same columns.
    """
    towards_skin = _TOWARDS_SKIN[lid]
    guess = margin + np.array([0.0, towards_skin * _LASH_LINE_MM])
    middle, half = (margin[0, 0] + margin[-1, 0]) / 2, (margin[-1, 0] - margin[0, 0]) / 2
    powers = np.vander((margin[:, 0] - middle) / half, 4)
    offset = powers @ robust_fit(powers, _edge_offset(light, guess, towards_skin))
    return np.column_stack([guess[:, 0], guess[:, 1] + offset])


def _by_u(points: FloatArray) -> FloatArray:
    return points[np.argsort(points[:, 0])]


def _height(mesh: FloatArray, columns: FloatArray) -> FloatArray:
    return np.interp(columns, mesh[:, 0], mesh[:, 1])


def _light(frame: EyeFrame, grey: Plane) -> Plane:
    """Log light of the eye's patch, blurred enough to hide the resampling of a photo coarser than the patch."""
    sigma = max(_EDGE_SIGMA_MM, 0.5 / frame.px_per_mm) * PATCH_PX_PER_MM
    return log_light(blurred(frame.patch(grey), sigma))


def _edge_offset(light: Plane, guess: FloatArray, towards_skin: float) -> FloatArray:
    """Height above the guess of the strongest edge from dark to bright towards the skin, each column's, prior mm."""
    reach = np.arange(-_SEARCH_MM, _SEARCH_MM + 1e-9, _STEP_MM)
    points = guess[None] + reach[:, None, None] * np.array([0.0, 1.0])
    edge = np.clip(towards_skin * np.gradient(sample(light, to_patch(points)), _STEP_MM, axis=0), 0, None)
    edge = np.minimum(edge / (np.percentile(edge, 97) + 1e-6), 1)
    path = np.clip(cheapest_path(1 - edge + _MESH_PULL * reach[:, None] ** 2, _SMOOTHNESS, 3), 1, len(reach) - 2)
    column = np.arange(edge.shape[1])
    peak = parabola_peak(edge[path - 1, column], edge[path, column], edge[path + 1, column])
    return np.asarray(reach[path] + peak * _STEP_MM)


def _taper(mesh: FloatArray, centre: float, half: float) -> FloatArray:
    """1 over the iris, falling to 0 at the canthi, where the mesh stands."""
    u = mesh[:, 0]
    left = np.clip((u - mesh[0, 0]) / max(centre - half - mesh[0, 0], 1e-3), 0, 1)
    right = np.clip((mesh[-1, 0] - u) / max(mesh[-1, 0] - centre - half, 1e-3), 0, 1)
    return np.asarray(np.minimum(left, right))


def margin_height_mm(margin: Contour, iris: Circle, frame: EyeFrame) -> float:
    """Height of a margin above the iris' centre in the centre's column, prior mm, up positive."""
    points = _by_u(frame.from_face(margin.points))
    centre = frame.from_face(iris.centre)
    return float(np.interp(centre[0], points[:, 0], points[:, 1]) - centre[1])
