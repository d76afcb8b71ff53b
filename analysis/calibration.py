"""Millimetres from the iris: the limbus circle of each eye, found on pixels.

A coarse search over centre and radius in the manner of Daugman 1993 (IEEE Trans. Pattern Anal. 15:1148-1161), on the
sectors that lids leave free and over both eyes together; then, along rays, the place in the limbus' soft edge at which
people put their points.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.eye_frame import PATCH_PX_PER_MM, EyeFrame, prior_px_per_mm, to_patch
from analysis.geometry import blurred, median, robust_fit, sample
from models.anatomy import Outline, Side
from models.arrays import FloatArray, Plane
from models.landmarks import FaceLandmarks
from models.measurement import Circle, NotAssessable
from models.scale import HVID_MM, Scale

_ANGLES: Final = np.radians(np.concatenate([np.arange(-55, 21, 3), np.arange(160, 236, 3)]))
"""Rays on which the limbus is rarely covered, v up: both sides, from a little above the horizontal downward."""

VISIBLE_RAYS: Final = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
"""The same as unit vectors (n, 2)."""

_NEAR_HORIZONTAL: Final = np.abs(VISIBLE_RAYS[:, 1]) < np.sin(np.radians(30.5))
"""The rays that say how wide the iris is; those further down meet the lower lid in one eye of five."""

_SEARCH_PX: Final = np.stack(np.meshgrid(*2 * [np.arange(-18, 19, 3)], indexing="ij"), axis=-1).reshape(-1, 1, 1, 2)
"""Centres searched, in patch pixels about the mesh's: 2.25 mm each way, three eighths of a millimetre apart."""
_RADII_MM: Final = HVID_MM / 2 * np.arange(0.82, 1.25, 0.05)
_RINGS_PX: Final = np.rint(PATCH_PX_PER_MM * _RADII_MM[:, None, None] * VISIBLE_RAYS * (1, -1)).astype(np.intp)
"""Where each radius meets each ray, (radii, rays, 2) in patch pixels (x right, y down) from the centre."""
_MESH_PULL: Final = 0.02
"""Score, in edges of full contrast, that a circle loses at 1 mm from the mesh's."""
_REACH_MM: Final = np.arange(-1.5, 1.501, 0.05)
_STEEPEST_NEAR_MM: Final = 0.8
"""Distance from the coarse circle at which a gradient counts 0.6 of what it counts on it."""
_IRIS_LIGHT: Final = slice(*np.searchsorted(_REACH_MM, (-1.22, -0.57)))
_SCLERA_LIGHT: Final = slice(*np.searchsorted(_REACH_MM, (0.78, 1.27)))
"""Where a ray shows the iris' own light and the sclera's: clear of the limbus' soft edge, and of the pupil."""
LIMBUS_LEVEL: Final = 0.27
"""Share of the way from the iris' linear light to the sclera's at which the limbus is: between what suits points that
people placed (0.25, 36 eyes of 18 persons) and the limbus of rendered eyes (0.30, 15 persons). Where the light rises
fastest is 0.1 mm further out on the soft edge of a photographed eye, and on the edge of a rendered one."""
_GAMMA: Final = 2.2
"""From coded grey to linear light: blur is linear, and a level of coded grey makes dark irises 1 % narrower."""
_LEAST_RISE: Final = 0.005
"""Of white; less is no limbus, and a division by noise."""
_FARTHEST_CROSSING_MM: Final = 0.75
_FEWEST_RAYS: Final = 14
_EDGE_FRINGE: Final = 6
"""Steps at both ends of the reach in which a peak is the reach's, not the edge's."""
_WEAKEST_EDGE: Final = 0.35
"""Of the rays' median edge; weaker ones are lashes or reflections."""
_LARGEST_MISFIT_MM: Final = 0.35
_FARTHEST_STRAY_MM: Final = 1.5
_LARGEST_GROWTH: Final = 0.2
"""A fit that leaves the coarse circle by more has followed something else."""
_LEAST_CONTRAST: Final = 0.15
"""The palest of 56 photographed people's irises stands out by 0.29, a skin's texture by less than 0.05."""
_EYES_DISAGREE: Final = 0.08
"""Right and left irises of one person differ by 1.5 % (SD, as measured); beyond this one of the fits is wrong."""
_EDGE_SOFTNESS: Final = 0.016
"""Of the radius, alike in both eyes: where in a soft edge the limbus is. On 30 persons kept aside the mean of both eyes
is 2.1 % (RMS) from people's points, whose own scatter, from their right and left eyes, is 1.4 % of it."""


@dataclass(frozen=True, slots=True)
class Limbus:
    """An iris' outer circle in the face frame.

    Parameters
    ----------
    circle : centre and radius in face-frame pixels.
    relative_uncertainty : of the radius.
    """

    circle: Circle
    relative_uncertainty: float


def find_limbi(grey: Plane, landmarks: FaceLandmarks) -> Mapping[Side, Limbus | NotAssessable]:
    """The limbus circle of each eye, looked for at the radius that both eyes show best together.

    A person's two irises are of one size; an eye whose outer half lies in shadow is so found with the other's help.

    Parameters
    ----------
    grey : the face's grey picture 0-255, face frame.

    A side is NotAssessable when too few rays carry an edge or the edges do not lie on a circle: closed eyes, glasses'
    reflections, hair.
    """
    frames = {side: EyeFrame.of(landmarks, side) for side in Side}
    patches = {side: frame.patch(grey) for side, frame in frames.items()}
    priors = {side: frames[side].from_face(landmarks.outline(Outline.IRIS, side)).mean(axis=0) for side in Side}
    scores = {side: _circle_scores(patches[side], priors[side]) for side in Side}
    together = np.sum([score.max(axis=0) for score in scores.values()], axis=0)
    radius = int(together.argmax())
    return {
        side: _limbus(patches[side], _best_circle(scores[side], radius, priors[side]), frames[side]) for side in Side
    }


def _limbus(patch: Plane, coarse: tuple[FloatArray, float] | None, frame: EyeFrame) -> Limbus | NotAssessable:
    if coarse is None:
        return NotAssessable("The iris was not found: the eye may be closed or covered.")
    return _refined(blurred(patch, _optical_sigma(frame)), coarse, frame)


def _optical_sigma(frame: EyeFrame) -> float:
    """Blur in patch pixels that hides the resampling of a photo coarser than the patch."""
    return max(0.12, 0.5 / frame.px_per_mm) * PATCH_PX_PER_MM


def _circle_scores(patch: Plane, prior: FloatArray) -> FloatArray:
    """How much each circle (centres, radii) about ``prior`` brightens outward, on both of its sides."""
    smooth = blurred(patch, 0.28 * PATCH_PX_PER_MM)
    along_x = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8))
    along_y = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8))
    places = np.rint(to_patch(prior)).astype(np.intp) + _SEARCH_PX + _RINGS_PX
    rows, width = patch.shape
    index = np.clip(places[..., 1], 0, rows - 1) * width + np.clip(places[..., 0], 0, width - 1)
    rays = VISIBLE_RAYS.astype(np.float32)
    outward = along_x.ravel()[index] * rays[:, 0] - along_y.ravel()[index] * rays[:, 1]
    contrast = float(np.percentile(np.hypot(along_x, along_y)[::2, ::2], 99)) + 1e-6
    outward = np.clip(outward / contrast, -0.15, 1.0)
    half = len(_ANGLES) // 2
    right, left = (_without_weakest_third(part) for part in (outward[..., :half], outward[..., half:]))
    away_mm = np.linalg.norm(_SEARCH_PX[:, :, 0], axis=2) / PATCH_PX_PER_MM
    # The weaker side counts double: a lid or a lash makes one strong side, an iris two.
    return np.asarray(np.minimum(right, left) + 0.5 * (right + left) - _MESH_PULL * away_mm)


def _best_circle(scores: FloatArray, radius: int, prior: FloatArray) -> tuple[FloatArray, float] | None:
    """Centre (2,) and radius, in prior mm, of the best circle of the radius with this index; None when it is none."""
    centre = int(scores[:, radius].argmax())
    if scores[centre, radius] <= 0:
        return None
    return prior + _SEARCH_PX[centre, 0, 0] * (1, -1) / PATCH_PX_PER_MM, float(_RADII_MM[radius])


def _without_weakest_third(edges: Plane) -> FloatArray:
    """Mean over the last axis of all but its lowest third."""
    lowest = edges.shape[-1] // 3
    return np.asarray(np.partition(edges, lowest, axis=-1)[..., lowest:].mean(axis=-1))


def _refined(patch: Plane, coarse: tuple[FloatArray, float], frame: EyeFrame) -> Limbus | NotAssessable:
    """Steepest edges near the coarse circle, then the soft edge's level on all rays, then the width on level rays."""
    fit = _CircleFit(coarse[0], coarse[1], np.inf, np.eye(3))
    for edges in (_steepest_edges, _level_edges):
        distance, found = edges(patch, fit)
        if found.sum() < _FEWEST_RAYS:
            return NotAssessable("The iris was not found: too little of its edge is visible.")
        fit = _robust_circle(fit.centre + distance[found, None] * VISIBLE_RAYS[found], fit.centre, fit.radius)
    for _ in range(2):
        fit = _levelled(patch, fit)
    strayed = np.linalg.norm(fit.centre - coarse[0]) > _FARTHEST_STRAY_MM
    if strayed or abs(fit.radius / coarse[1] - 1) > _LARGEST_GROWTH or fit.misfit > _LARGEST_MISFIT_MM:
        return NotAssessable("The iris was not found: its edge is not round, something may cover it.")
    if _contrast(patch, fit.centre, fit.radius) < _LEAST_CONTRAST:
        return NotAssessable("The iris was not found: the eye may be closed or covered.")
    middle = frame.to_face(fit.centre)
    return Limbus(
        Circle(float(middle[0]), float(middle[1]), fit.radius * frame.px_per_mm),
        relative_uncertainty=float(np.hypot(np.sqrt(fit.covariance[2, 2]) / fit.radius, 0.006)),
    )


def _profiles(patch: Plane, circle: "_CircleFit") -> Plane:
    """Light along each ray (rays, reach) about a circle."""
    points = circle.centre + (circle.radius + _REACH_MM)[None, :, None] * VISIBLE_RAYS[:, None, :]
    return sample(patch, to_patch(points))


def _steepest_edges(patch: Plane, circle: "_CircleFit") -> tuple[FloatArray, NDArray[np.bool_]]:
    """Distance from the centre at which each ray brightens fastest, prior mm, and whether it is the limbus'."""
    slope = np.gradient(_profiles(patch, circle), axis=1)
    peak = (slope * np.exp(-0.5 * (_REACH_MM / _STEEPEST_NEAR_MM) ** 2)).argmax(axis=1)
    height = slope[np.arange(len(peak)), peak]
    inside = (peak >= _EDGE_FRINGE) & (peak < len(_REACH_MM) - _EDGE_FRINGE)
    return circle.radius + _REACH_MM[peak], inside & (height > max(_WEAKEST_EDGE * median(height), 0.0))


def _level_edges(patch: Plane, circle: "_CircleFit") -> tuple[FloatArray, NDArray[np.bool_]]:
    """Distance at which each ray's light passes LIMBUS_LEVEL, the nearest to the circle, and whether there is one."""
    light = (np.maximum(_profiles(patch, circle), 0) / 255) ** _GAMMA
    iris = np.median(light[:, _IRIS_LIGHT], axis=1, keepdims=True)
    sclera = np.median(light[:, _SCLERA_LIGHT], axis=1, keepdims=True)
    above = (light - iris) / np.maximum(sclera - iris, _LEAST_RISE) - LIMBUS_LEVEL
    rises = (above[:, :-1] < 0) & (above[:, 1:] >= 0)
    away = np.where(rises, np.abs(_REACH_MM[:-1]), np.inf)
    ray, step = np.arange(len(away)), away.argmin(axis=1)
    found = away[ray, step] < _FARTHEST_CROSSING_MM
    low, high = above[ray, step], above[ray, step + 1]
    between = np.where(found, -low / np.where(found, high - low, 1.0), 0.0)
    return circle.radius + _REACH_MM[step] + between * (_REACH_MM[1] - _REACH_MM[0]), found


def _levelled(patch: Plane, circle: "_CircleFit") -> "_CircleFit":
    """The circle with radius and place across fitted to its sides alone, its height held.

    What people call an iris' width is its width; its lower edge is flattened where the lower lid touches it.
    """
    distance, found = _level_edges(patch, circle)
    sides = found & _NEAR_HORIZONTAL
    if sides.sum() < _FEWEST_RAYS:
        return circle
    design = np.column_stack([np.ones(len(VISIBLE_RAYS)), VISIBLE_RAYS[:, 0]])[sides]
    wider, across = robust_fit(design, distance[sides] - circle.radius)
    return _CircleFit(
        circle.centre + np.array([across, 0.0]), float(circle.radius + wider), circle.misfit, circle.covariance
    )


def _contrast(patch: Plane, centre: FloatArray, radius: float) -> float:
    """Median over the rays of the sclera's brightness beyond the iris', as a share of their mean."""
    away = np.array([0.5, 0.7, 0.9])
    outside, inside = (
        sample(patch, to_patch(centre + reach[None, :, None] * VISIBLE_RAYS[:, None])).mean(axis=1)
        for reach in (radius + away, radius - away)
    )
    return float(np.median(2 * (outside - inside) / (outside + inside + 1)))


@dataclass(frozen=True, slots=True, eq=False)
class _CircleFit:
    """Centre (2,), radius, median misfit and covariance (3, 3) of x, y and radius, all in prior mm."""

    centre: FloatArray
    radius: float
    misfit: float
    covariance: FloatArray


def _robust_circle(points: FloatArray, centre: FloatArray, radius: float) -> _CircleFit:
    """Geometric circle fit by Gauss-Newton with Cauchy weights."""
    normal = np.eye(3)
    estimate = np.array([centre[0], centre[1], radius])
    for _ in range(6):
        away = points - estimate[:2]
        distance = np.linalg.norm(away, axis=1)
        residual = distance - estimate[2]
        spread = 1.48 * median(np.abs(residual)) + 0.02
        weight = 1 / (1 + (residual / (2 * spread)) ** 2)
        jacobian = np.column_stack([-away / distance[:, None], -np.ones(len(points))])
        normal = (jacobian * weight[:, None]).T @ jacobian + 1e-6 * np.eye(3)
        estimate = estimate - np.linalg.solve(normal, (jacobian * weight[:, None]).T @ residual)
    misfit = float(np.median(np.abs(np.linalg.norm(points - estimate[:2], axis=1) - estimate[2])))
    # Neighbouring rays share pixels: about a third of them count as independent.
    covariance = np.linalg.inv(normal) * (1.48 * misfit + 0.01) ** 2 * 3
    return _CircleFit(estimate[:2], float(estimate[2]), misfit, covariance)


def scale_of(limbi: Mapping[Side, Limbus | NotAssessable], landmarks: FaceLandmarks) -> Scale:
    """Scale of the face frame from the irises found; from the mesh, with a wide uncertainty, when there are none."""
    found = [limbus for limbus in limbi.values() if isinstance(limbus, Limbus)]
    if not found or _disagree(found):
        return Scale(1 / prior_px_per_mm(landmarks), relative_uncertainty=0.05, method="iris_mesh")
    diameter_px = 2 * float(np.mean([limbus.circle.radius for limbus in found]))
    noise = float(np.mean([limbus.relative_uncertainty for limbus in found])) / np.sqrt(len(found))
    return Scale(HVID_MM / diameter_px, relative_uncertainty=float(np.hypot(noise, _EDGE_SOFTNESS)), method="iris")


def _disagree(found: list[Limbus]) -> bool:
    radii = [limbus.circle.radius for limbus in found]
    return max(radii) - min(radii) > _EYES_DISAGREE * float(np.mean(radii))
