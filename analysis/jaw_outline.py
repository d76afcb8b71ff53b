"""The visible outline of the mandible in one photo, near the mesh's jaw, and the part of it that carries the jowl.

The mesh only says where to look: against points placed by hand it is 1.4 mm off, 2.1 mm at the chin. The outline is
the path of the strongest edge in log colour across the mesh's jaw, found by dynamic programming (Amini, Weymouth & Jain
1990, IEEE Trans. Pattern Anal. 12:855-867).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.geometry import DARK_OFFSET, Polyline, cheapest_path, normals, parabola_peak, sample
from models.anatomy import Landmark, Outline, Side
from models.arrays import FloatArray, Pixels, Plane
from models.landmarks import FaceLandmarks
from models.measurement import Contour, NotAssessable

JOWL_HALF_MM: Final = 8.0
"""The jowl window reaches this far along the outline to each side of the jowl's middle; the measurand's definition."""

SKIN_MM: Final = (2.5, 7.5)
"""How far inside the outline the skin is that carries the jowl; the measurand's definition."""

_REACH_MM: Final = 8.0
_STEP_MM: Final = 0.15
_ALONG_MM: Final = 1.0
_EDGE_SIGMA_MM: Final = 0.25
_SMOOTHNESS: Final = 0.3
"""Cost of one 0.15 mm step of the path per mm, where the strongest edge is worth 1."""
_PULL: Final = 0.3
"""Cost of an edge 8 mm from the prior."""
_CHIN_BELOW_MESH_MM: Final = 2.5
"""The prior runs this far below the mesh at the chin, where the mesh lies 2.1 mm above points placed by hand."""
_STRONG_EDGE: Final = 0.30
_FEWEST_STRONG: Final = 0.5
_FINDING_MM: Final = 1.0
"""With the share of the path that follows no edge it makes the RMS distance from points placed by hand on 30 persons
kept aside, 1.3 mm. The median is 0.3-0.4 mm; the chin's 1.2 mm and single misplaced points are the rest."""
_LEAST_CONTRAST: Final = 0.02
"""Log colour between both sides of the edge, over 10 mm of it; noise alone has less than 0.01."""
_BEARD_DARKER: Final = 0.6
_BEARD_TEXTURE: Final = 0.045
_NORMAL_SPAN: Final = 9


@dataclass(frozen=True, slots=True, eq=False)
class _Fan:
    """Log colour across the mesh's jaw, from the level of one mouth corner round the chin to the other.

    Parameters
    ----------
    reach_mm : (m,) from inside (-) to outside (+).
    points : (m, n, 2) face frame.
    log_colour : (m, n, 3).
    """

    reach_mm: FloatArray
    points: FloatArray
    log_colour: Plane

    def of_side(self, columns: NDArray[np.intp]) -> "_Fan":
        """The same for some of its columns, in their order."""
        return _Fan(self.reach_mm, self.points[:, columns], self.log_colour[:, columns])


def find_jawlines(rgb: Pixels, landmarks: FaceLandmarks, px_per_mm: float) -> Mapping[Side, Contour | NotAssessable]:
    """The visible mandibular outline of both sides, each from mouth-corner level to the chin's middle, face frame.

    One path round the whole jaw, so that both sides meet at the chin.

    Parameters
    ----------
    rgb : the face, uint8, (height, width, 3).

    A side is not assessable where less than half of its path follows an edge, or where the skin beside it is dark and
    rough against the cheek: beard, hair, a collar, a hand.
    """
    line, chin = _mesh_jaw(landmarks, px_per_mm)
    fan = _fan(rgb, landmarks, line, px_per_mm)
    strength = _edge_strength(fan)
    path = _strongest_path(strength, fan, chin)
    columns = {Side.RIGHT: np.arange(chin + 1), Side.LEFT: np.arange(len(line) - 1, chin - 1, -1)}
    return {
        side: _judged(strength[:, own], fan.of_side(own), path[own], _cheek_log(rgb, landmarks, side, px_per_mm))
        for side, own in columns.items()
    }


def _judged(strength: FloatArray, fan: _Fan, path: NDArray[np.intp], cheek_log: Plane) -> Contour | NotAssessable:
    """One side's outline, or why its path is none."""
    strong = float((strength[path, np.arange(len(path))] > _STRONG_EDGE).mean())
    if strong < _FEWEST_STRONG or _contrast(fan, path) < _LEAST_CONTRAST:
        return NotAssessable("The jaw's edge does not stand out from neck and background.")
    if _looks_like_beard(fan, path, cheek_log):
        return NotAssessable("The jaw's edge is covered, by a beard or hair for instance.")
    return Contour(_between_rows(strength, fan, path), uncertainty_mm=_FINDING_MM + 2.0 * (1 - strong))


def _strongest_path(strength: FloatArray, fan: _Fan, chin: int) -> NDArray[np.intp]:
    """Row of the outline in each column of the fan."""
    columns = np.arange(strength.shape[1])
    last = max(len(columns) - 1 - chin, 1)
    chin_ward = np.where(columns <= chin, columns / max(chin, 1), (len(columns) - 1 - columns) / last) ** 2
    away = (fan.reach_mm[:, None] - _CHIN_BELOW_MESH_MM * chin_ward) / _REACH_MM
    return cheapest_path(1 - np.minimum(strength, 1.2) + _PULL * away**2, _SMOOTHNESS, reach=3)


def _between_rows(strength: FloatArray, fan: _Fan, path: NDArray[np.intp]) -> FloatArray:
    """The path's points (n, 2), moved to the strength's peak between the fan's rows."""
    columns, row = np.arange(len(path)), np.clip(path, 1, len(strength) - 2)
    offset = parabola_peak(strength[row - 1, columns], strength[row, columns], strength[row + 1, columns])
    step = fan.points[row + 1, columns] - fan.points[row, columns]
    return np.asarray(fan.points[row, columns] + offset[:, None] * step)


def _contrast(fan: _Fan, path: NDArray[np.intp]) -> float:
    """Median over stretches of 10 mm of the colour difference between 0.5-2 mm outside and inside the path."""
    depths = np.round(np.arange(0.5, 2.0, _STEP_MM) / _STEP_MM).astype(int)
    last, columns = len(fan.reach_mm) - 1, np.arange(len(path))
    outside = fan.log_colour[np.clip(path + depths[:, None], 0, last), columns].mean(axis=0)
    inside = fan.log_colour[np.clip(path - depths[:, None], 0, last), columns].mean(axis=0)
    stretches = np.array_split(outside - inside, max(1, len(path) // 10))
    return float(np.median([np.linalg.norm(stretch.mean(axis=0)) for stretch in stretches]))


def _fan(rgb: Pixels, landmarks: FaceLandmarks, line: FloatArray, px_per_mm: float) -> _Fan:
    outward = smooth_normals(line, landmarks.centre)
    reach_mm = np.arange(-_REACH_MM, _REACH_MM + _STEP_MM / 2, _STEP_MM)
    grid = line[None] + px_per_mm * reach_mm[:, None, None] * outward[None]
    low = np.maximum(np.floor(grid.min(axis=(0, 1))) - 2, 0).astype(int)
    high = np.ceil(grid.max(axis=(0, 1))).astype(int) + 3
    crop = cv2.GaussianBlur(rgb[low[1] : high[1], low[0] : high[0]], (0, 0), max(0.5, _EDGE_SIGMA_MM * px_per_mm))
    log = np.log(crop.astype(np.float32) + DARK_OFFSET)
    planes = [sample(np.ascontiguousarray(log[..., channel]), grid - low, cv2.INTER_LINEAR) for channel in range(3)]
    return _Fan(reach_mm, grid, np.stack(planes, axis=-1))


def _mesh_jaw(landmarks: FaceLandmarks, px_per_mm: float) -> tuple[FloatArray, int]:
    """The mesh's jaw below the mouth's corners, a point a mm from right to left, and the index of the chin's middle."""
    right, left = (landmarks.outline(Outline.JAW, side) for side in (Side.RIGHT, Side.LEFT))
    line = Polyline.through(np.vstack([right, left[-2::-1]]), 800)
    points = line.at(np.arange(0, line.arc[-1], _ALONG_MM * px_per_mm))
    chin = int(line.nearest_arc(right[-1]) / (_ALONG_MM * px_per_mm))
    corner = np.where(
        (np.arange(len(points)) <= chin)[:, None],
        landmarks[Landmark.CHEILION, Side.RIGHT],
        landmarks[Landmark.CHEILION, Side.LEFT],
    )
    below = (points - corner) @ landmarks.upward < 0
    return points[below], int(below[:chin].sum())


def smooth_normals(points: FloatArray, inside: FloatArray) -> FloatArray:
    """Unit normals (n, 2) pointing away from ``inside`` (2,), averaged over neighbours: a found edge is rough."""
    rough = np.pad(-normals(points, inside), ((_NORMAL_SPAN, _NORMAL_SPAN), (0, 0)), mode="edge")
    window = np.ones(2 * _NORMAL_SPAN + 1)
    smooth = np.column_stack([np.convolve(rough[:, axis], window, mode="valid") for axis in (0, 1)])
    return np.asarray(smooth / np.linalg.norm(smooth, axis=1, keepdims=True))


def _edge_strength(fan: _Fan) -> FloatArray:
    """Colour gradient across the jaw, (m, n), 1 for a strong edge of this photo and this place."""
    gradient = np.linalg.norm(np.gradient(fan.log_colour, _STEP_MM, axis=0), axis=-1)
    usual = (np.percentile(gradient, 97, axis=0) + np.percentile(gradient, 97)) / 2
    return np.asarray(gradient / (usual + 1e-6), dtype=np.float64)


def _cheek_log(rgb: Pixels, landmarks: FaceLandmarks, side: Side, px_per_mm: float) -> Plane:
    """Log colour of a patch of the cheek."""
    x, y = landmarks[Landmark.MALAR, side].astype(int)
    half = int(4 * px_per_mm)
    return np.asarray(np.log(rgb[y - half : y + half, x - half : x + half].astype(np.float32) + DARK_OFFSET))


def _looks_like_beard(fan: _Fan, path: NDArray[np.intp], cheek_log: Plane) -> bool:
    """Whether the skin 0.8-3 mm inside the path is both much darker than the cheek and rough."""
    depths = np.round(np.arange(0.8, 3.0, 0.3) / _STEP_MM).astype(int)
    rows = np.clip(path[None] - depths[:, None], 0, len(fan.reach_mm) - 1)
    inside = fan.log_colour[rows, np.arange(len(path))].mean(axis=-1)
    darker = float(np.median(cheek_log) - np.median(inside))
    return darker > _BEARD_DARKER and float(np.median(inside.std(axis=0))) > _BEARD_TEXTURE


@dataclass(frozen=True, slots=True, eq=False)
class JowlArc:
    """The outline about the jowl's middle.

    Parameters
    ----------
    arc_mm : (n,) along the outline from the jowl's middle, positive towards the chin.
    points : (n, 2) face frame; outward : (n, 2) unit normals.
    """

    arc_mm: FloatArray
    points: FloatArray
    outward: FloatArray

    def inside(self, depth_mm: FloatArray, px_per_mm: float) -> FloatArray:
        """Points (m, n, 2) at each depth (m,) inside the outline."""
        return np.asarray(self.points[None] - px_per_mm * depth_mm[:, None, None] * self.outward[None])


def jowl_arc(
    jawline: Contour, landmarks: FaceLandmarks, side: Side, px_per_mm: float, arc_mm: FloatArray
) -> JowlArc | NotAssessable:
    """The outline at ``arc_mm`` (n,) from the jowl's middle; not assessable where the outline does not reach so far."""
    line = Polyline.along(Polyline.along(_thinned(jawline.points, px_per_mm)).resampled(400))
    middle = line.nearest_arc(landmarks.outline(Outline.JOWL, side).mean(axis=0))
    place = middle + arc_mm * px_per_mm
    if place.min() < -px_per_mm or place.max() > line.arc[-1] + px_per_mm:
        return NotAssessable("The jaw's outline does not reach over the whole jowl.")
    points = line.at(place)
    even = line.at(np.linspace(0, line.arc[-1], int(line.arc[-1] / px_per_mm) + 2))
    outward = smooth_normals(even, landmarks.centre)
    at = np.linspace(0, line.arc[-1], len(even))
    turned = np.column_stack([np.interp(place, at, outward[:, axis]) for axis in (0, 1)])
    return JowlArc(arc_mm, points, turned / np.linalg.norm(turned, axis=1, keepdims=True))


def jowl_window(jawline: Contour, landmarks: FaceLandmarks, side: Side, px_per_mm: float) -> FloatArray:
    """The skin that the contour's change is measured on, as a closed polygon (n, 2) in the face frame."""
    arc_mm = np.linspace(-JOWL_HALF_MM, JOWL_HALF_MM, 17)
    arc = jowl_arc(jawline, landmarks, side, px_per_mm, arc_mm)
    if isinstance(arc, NotAssessable):
        return np.empty((0, 2))
    outer, inner = arc.inside(np.array(SKIN_MM), px_per_mm)
    return np.vstack([outer, inner[::-1], outer[:1]])


def _thinned(points: FloatArray, px_per_mm: float) -> FloatArray:
    """Every fourth point: neighbours 1 mm apart share their edge's noise, and coinciding points have no direction."""
    knots = points[::4] if len(points) % 4 == 1 else np.vstack([points[::4], points[-1]])
    apart = np.linalg.norm(np.diff(knots, axis=0), axis=1) > 0.2 * px_per_mm
    return np.asarray(knots[np.concatenate([[True], apart])])
