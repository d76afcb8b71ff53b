"""Millimetres from the iris: the limbus circle of each eye, found on pixels.

A coarse search over centre and radius in the manner of Daugman 1993 (IEEE Trans. Pattern Anal. 15:1148-1161), on the
sectors that lids leave free; then sub-pixel edges along rays and a robust circle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analysis.eye_frame import PATCH_PX_PER_MM, EyeFrame, prior_px_per_mm, to_patch
from analysis.geometry import blurred, median, parabola_peak, sample
from models.anatomy import Outline, Side
from models.arrays import FloatArray, Plane
from models.landmarks import FaceLandmarks
from models.measurement import Circle, NotAssessable
from models.scale import HVID_MM, Scale

_ANGLES: Final = np.radians(np.concatenate([np.arange(-55, 21, 3), np.arange(160, 236, 3)]))
"""Rays on which the limbus is rarely covered, v up: both sides, from a little above the horizontal downward."""

VISIBLE_RAYS: Final = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
"""The same as unit vectors (n, 2)."""

_SEARCH_PX: Final = np.stack(np.meshgrid(*2 * [np.arange(-16, 17, 2)], indexing="ij"), axis=-1).reshape(-1, 1, 1, 2)
"""Centres searched, in patch pixels about the mesh's: 2 mm each way, a quarter of a millimetre apart."""
_RADII_MM: Final = HVID_MM / 2 * np.arange(0.86, 1.19, 0.035)
_RINGS_PX: Final = np.rint(PATCH_PX_PER_MM * _RADII_MM[:, None, None] * VISIBLE_RAYS * (1, -1)).astype(np.intp)
"""Where each radius meets each ray, (radii, rays, 2) in patch pixels (x right, y down) from the centre."""
_MESH_PULL: Final = 0.02
"""Score, in edges of full contrast, that a circle loses at 1 mm from the mesh's."""
_EDGE_REACH_MM: Final = 1.3
_EDGE_STEP_MM: Final = 0.05
_FEWEST_RAYS: Final = 14
_EDGE_FRINGE: Final = 2
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


def find_limbus(grey: Plane, landmarks: FaceLandmarks, side: Side) -> Limbus | NotAssessable:
    """The limbus circle of one eye.

    Parameters
    ----------
    grey : the face's grey picture 0-255, face frame.

    Returns NotAssessable when too few rays carry an edge or the edges do not lie on a circle: closed eyes, glasses'
    reflections, hair.
    """
    frame = EyeFrame.of(landmarks, side)
    patch = frame.patch(grey)
    prior = frame.from_face(landmarks.outline(Outline.IRIS, side)).mean(axis=0)
    coarse = _coarse_circle(patch, prior)
    if coarse is None:
        return NotAssessable("The iris was not found: the eye may be closed or covered.")
    return _refined(blurred(patch, _optical_sigma(frame)), coarse, frame)


def _optical_sigma(frame: EyeFrame) -> float:
    """Blur in patch pixels that hides the resampling of a photo coarser than the patch."""
    return max(0.12, 0.5 / frame.px_per_mm) * PATCH_PX_PER_MM


def _coarse_circle(patch: Plane, prior: FloatArray) -> tuple[FloatArray, float] | None:
    """Centre (2,) and radius, in prior mm, of the circle with the strongest outward brightening on both sides."""
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
    score = np.minimum(right, left) + 0.5 * (right + left) - _MESH_PULL * away_mm
    centre, radius = np.unravel_index(int(score.argmax()), score.shape)
    if score[centre, radius] <= 0:
        return None
    return prior + _SEARCH_PX[centre, 0, 0] * (1, -1) / PATCH_PX_PER_MM, float(_RADII_MM[radius])


def _without_weakest_third(edges: Plane) -> FloatArray:
    """Mean over the last axis of all but its lowest third."""
    lowest = edges.shape[-1] // 3
    return np.asarray(np.partition(edges, lowest, axis=-1)[..., lowest:].mean(axis=-1))


def _refined(patch: Plane, coarse: tuple[FloatArray, float], frame: EyeFrame) -> Limbus | NotAssessable:
    """Sub-pixel radial edges and a robust circle through them, three times with a narrowing window."""
    centre, radius = coarse
    fit = _CircleFit(centre, radius, np.inf, np.eye(3))
    reach = np.arange(-_EDGE_REACH_MM, _EDGE_REACH_MM + 1e-9, _EDGE_STEP_MM)
    index = np.arange(len(VISIBLE_RAYS))
    for window in (0.8, 0.45, 0.45):
        points = centre + (radius + reach)[None, :, None] * VISIBLE_RAYS[:, None, :]
        slope = np.gradient(sample(patch, to_patch(points)), _EDGE_STEP_MM, axis=1)
        peak = np.clip((slope * np.exp(-0.5 * (reach / window) ** 2)).argmax(axis=1), 1, len(reach) - 2)
        height = slope[index, peak]
        offset = parabola_peak(slope[index, peak - 1], height, slope[index, peak + 1])
        edge = radius + reach[peak] + offset * _EDGE_STEP_MM
        inside = (peak > _EDGE_FRINGE) & (peak < len(reach) - 1 - _EDGE_FRINGE)
        good = inside & (height > max(_WEAKEST_EDGE * median(height), 0.0))
        if good.sum() < _FEWEST_RAYS:
            return NotAssessable("The iris was not found: too little of its edge is visible.")
        fit = _robust_circle(centre + edge[good, None] * VISIBLE_RAYS[good], centre, radius)
        centre, radius = fit.centre, fit.radius
    strayed = np.linalg.norm(centre - coarse[0]) > _FARTHEST_STRAY_MM or abs(radius / coarse[1] - 1) > _LARGEST_GROWTH
    if strayed or fit.misfit > _LARGEST_MISFIT_MM:
        return NotAssessable("The iris was not found: its edge is not round, something may cover it.")
    if _contrast(patch, centre, radius) < _LEAST_CONTRAST:
        return NotAssessable("The iris was not found: the eye may be closed or covered.")
    middle = frame.to_face(centre)
    return Limbus(
        Circle(float(middle[0]), float(middle[1]), radius * frame.px_per_mm),
        relative_uncertainty=float(np.hypot(np.sqrt(fit.covariance[2, 2]) / radius, 0.006)),
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
    spread = float(np.mean([limbus.relative_uncertainty for limbus in found])) / np.sqrt(len(found))
    return Scale(HVID_MM / diameter_px, relative_uncertainty=float(spread), method="iris")


def _disagree(found: list[Limbus]) -> bool:
    radii = [limbus.circle.radius for limbus in found]
    return max(radii) - min(radii) > _EYES_DISAGREE * float(np.mean(radii))
