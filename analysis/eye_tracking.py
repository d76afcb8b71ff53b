"""One eye of a registered pair: how far its lids rose, and how far its iris moved.

Lids are followed on their profiles (:mod:`analysis.edge_following`), the iris on its limbus.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analysis.calibration import VISIBLE_RAYS
from analysis.edge_following import STRETCHES, EyePair, Shift, edge_shift
from analysis.eye_frame import PATCH_PX_PER_MM, EyeFrame, to_patch
from analysis.geometry import median, sample
from analysis.lid_margins import outer_lash_edge
from analysis.registered_pair import RegisteredPair
from models.anatomy import Outline, Side
from models.arrays import FloatArray, Plane
from models.measurement import Circle, Contour, NotAssessable

_COLUMNS: Final = 61
_SPAN_RADII: Final = 0.75
_LOWEST_CORRELATION: Final = 0.85
_USUAL_ARCH: Final = 1.0
"""Upper lids of captured expressions move as the parabola between the canthi, to a tenth of the motion (12 lids)."""
_ARCH_SPREAD: Final = 0.25
_STRETCH_NOISE_MM: Final = 0.05
"""Of one stretch of a lid followed by itself."""
_HIGHEST_RAY: Final = 0.1
"""Sine of six degrees above the horizontal."""
_LOWER_RAYS: Final = VISIBLE_RAYS[VISIBLE_RAYS[:, 1] < _HIGHEST_RAY]
"""Those that a rising or sinking upper lid, its lashes and its shadow leave alone."""
_GAUSS_NEWTON_STEPS: Final = 12
_CONVERGED_PX: Final = 1e-3
_INDEPENDENT_SHARE: Final = 0.2
"""Samples 0.05 radius apart along a ray and 3 degrees across share pixels: a fifth count as independent."""


@dataclass(frozen=True, slots=True, eq=False)
class TrackedEye:
    """One eye of a pair, with the iris followed once for all that is measured against it."""

    pair: EyePair
    iris: Shift | NotAssessable

    @classmethod
    def of(cls, pair: RegisteredPair, side: Side) -> "TrackedEye":
        """The eye of one side; its iris is not assessable when it was not found in one of the photos."""
        eye = EyePair.of(pair, EyeFrame.of(pair.before.landmarks, side))
        for name, photo in (("before", pair.before), ("after", pair.after)):
            iris = photo.contours[side].iris
            if isinstance(iris, NotAssessable):
                return cls(eye, NotAssessable(f"In the {name} photo: {iris.reason}"))
        iris = pair.before.contours[side].iris
        return cls(eye, iris if isinstance(iris, NotAssessable) else iris_shift(eye, iris))


def iris_rises_mm(pair: RegisteredPair, eyes: Iterable[TrackedEye]) -> Iterator[float]:
    """How far each iris that was found again rose against the skull."""
    for eye in eyes:
        if not isinstance(eye.iris, NotAssessable):
            yield eye.iris.up_mm * eye.pair.frame.px_per_mm / pair.px_per_mm


def lid_shift(eye: EyePair, lid: Outline, margin: Contour, iris: Circle) -> Shift | NotAssessable:
    """How far a lid margin rose from before to after, in front of the iris; see :func:`edge_shift`.

    Parameters
    ----------
    margin, iris : of the before, in its face frame.
    """
    line = outer_lash_edge(eye.before, central_margin(eye.frame, margin, iris), lid)
    as_one = edge_shift(eye, lid, line)
    if lid is Outline.LOWER_LID or isinstance(as_one, NotAssessable):
        return as_one
    arch = _arched(line, eye.frame.from_face(margin.points)[:, 0])
    return edge_shift(eye, lid, line, 1 + _archedness(as_one, arch) * (arch - 1))


def _arched(line: FloatArray, margin_u: FloatArray) -> FloatArray:
    """Motion of each point (n,) of a margin that hangs on its canthi and moves as a parabola, 1 in front of the pupil.

    Parameters
    ----------
    margin_u : (m,) of the whole margin, canthus to canthus.
    """
    middle, half = (margin_u.max() + margin_u.min()) / 2, np.ptp(margin_u) / 2
    height = 1 - ((line[:, 0] - middle) / half) ** 2
    return np.asarray(height / height[len(height) // 2])


def _archedness(as_one: Shift, arch: FloatArray) -> float:
    """How much of the parabola a lid's motion shows: 0 where it rises evenly over the iris, 1 where it is an arch.

    Ridge regression of its stretches' own rises; where the rise is too small to tell, the arch of captured faces holds.
    """
    parts = np.array_split(arch, STRETCHES)
    found = [
        (float(part.mean()) - 1, rise)
        for part, rise in zip(parts, as_one.stretches_mm, strict=True)
        if rise is not None
    ]
    lower, rise = np.array([low for low, _ in found]), np.array([up for _, up in found])
    design = np.column_stack([np.ones(len(found)), lower])
    # Terms: the rise at the pupil, and what of it the arch takes away beside it.
    spread = max(_ARCH_SPREAD * abs(as_one.up_mm), 1e-6)
    normal = design.T @ design / _STRETCH_NOISE_MM**2 + np.diag([0.0, 1 / spread**2])
    expected = np.array([0.0, _USUAL_ARCH * as_one.up_mm / spread**2])
    middle, taken = np.linalg.solve(normal + 1e-9 * np.eye(2), design.T @ rise / _STRETCH_NOISE_MM**2 + expected)
    return float(np.clip(taken / middle, 0, 1)) if abs(middle) > _STRETCH_NOISE_MM else _USUAL_ARCH


def central_margin(frame: EyeFrame, margin: Contour, iris: Circle) -> FloatArray:
    """The margin in front of the iris at evenly spaced columns, (61, 2) as (u, v)."""
    points = frame.from_face(margin.points)
    points = points[np.argsort(points[:, 0])]
    centre, half = frame.from_face(iris.centre), _SPAN_RADII * iris.radius / frame.px_per_mm
    columns = np.linspace(centre[0] - half, centre[0] + half, _COLUMNS)
    return np.column_stack([columns, np.interp(columns, points[:, 0], points[:, 1])])


def iris_shift(eye: EyePair, iris: Circle) -> Shift | NotAssessable:
    """How far the iris moved from before to after, by the light around its limbus.

    Gauss-Newton on the annulus of 0.8-1.2 radii, on the rays that lids leave free, with free gain and offset of the
    light (Baker & Matthews 2004, Int. J. Comput. Vis. 56:221-255); catch-lights do not lie there.
    """
    centre, radius = eye.frame.from_face(iris.centre), iris.radius / eye.frame.px_per_mm
    ring = centre + (radius * np.linspace(0.8, 1.2, 9))[None, :, None] * _LOWER_RAYS[:, None, :]
    points = to_patch(ring).reshape(-1, 2)
    reference = sample(eye.before, points).astype(np.float64)
    fit = _translate(points, reference, eye.after)
    if fit.correlation < _LOWEST_CORRELATION or np.abs(fit.move).max() > 2 * PATCH_PX_PER_MM:
        return NotAssessable("The iris was not found again in the other photo.")
    return Shift(-float(fit.move[1]) / PATCH_PX_PER_MM, fit.uncertainty / PATCH_PX_PER_MM, fit.correlation, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Translation:
    """A move (2,) in patch pixels, the standard uncertainty of its y, and the correlation there."""

    move: FloatArray
    uncertainty: float
    correlation: float


def _translate(points: FloatArray, reference: FloatArray, after: Plane) -> _Translation:
    """The move of ``points`` (n, 2) that makes ``after`` there look like ``reference`` (n,), gain and offset free."""
    along_x = np.asarray(cv2.Sobel(after, cv2.CV_32F, 1, 0, scale=1 / 8), dtype=np.float32)
    along_y = np.asarray(cv2.Sobel(after, cv2.CV_32F, 0, 1, scale=1 / 8), dtype=np.float32)
    still = np.column_stack([-reference, -np.ones(len(reference))])
    move, design, light, fit = np.zeros(2), still, reference, _Lines(np.zeros(4), np.zeros(1), np.ones(1))
    for _ in range(_GAUSS_NEWTON_STEPS):
        seen = points + move
        light = sample(after, seen).astype(np.float64)
        design = np.column_stack([sample(along_x, seen), sample(along_y, seen), still])
        fit = _robust_lines(design, -light)
        move = move + np.clip(fit.solution[:2], -2, 2)
        if np.abs(fit.solution[:2]).max() < _CONVERGED_PX:
            break
    normal = (design * fit.weight[:, None]).T @ design + 1e-9 * np.eye(design.shape[1])
    spread = 1.48 * float(np.median(np.abs(fit.misfit)))
    uncertainty = float(np.sqrt(np.linalg.inv(normal)[1, 1] / _INDEPENDENT_SHARE)) * spread
    return _Translation(move, uncertainty, float(np.corrcoef(reference, light)[0, 1]))


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    solution: FloatArray
    misfit: FloatArray
    weight: FloatArray


def _robust_lines(design: FloatArray, target: FloatArray) -> _Lines:
    """Least squares with Cauchy weights."""
    weight = np.ones(len(target))
    fit = _Lines(np.zeros(design.shape[1]), target, weight)
    for _ in range(4):
        weighted = design * weight[:, None]
        solution = np.linalg.solve(weighted.T @ design + 1e-9 * np.eye(design.shape[1]), weighted.T @ target)
        misfit = target - design @ solution
        fit = _Lines(solution, misfit, weight)
        weight = 1 / (1 + (misfit / (2 * 1.48 * median(np.abs(misfit)) + 1e-6)) ** 2)
    return fit
