"""How far the edges around an eye, and the iris itself, rose between two registered photos.

An edge is followed on its own profile: the before's light along the eye's vertical, through the edge, is found again in
the registered after by joint normalised correlation. Two edges found independently would be three to five times worse.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.alignment import light_normalised, track_points
from analysis.calibration import VISIBLE_RAYS
from analysis.eye_frame import PATCH_PX_PER_MM, EyeFrame, to_patch
from analysis.geometry import DARK_OFFSET, blurred, log_light, median, parabola_peak, sample
from analysis.registered_pair import RegisteredPair
from models.anatomy import Outline, Side
from models.arrays import FloatArray, Plane
from models.measurement import Circle, Contour, NotAssessable

_COLUMNS: Final = 61
_SPAN_RADII: Final = 0.75
_PROFILE_STEP_MM: Final = 0.05
_SEARCH_MM: Final = 1.7
"""Farther, the upper lid's profile would be taken for its crease."""
_TRACKING_WINDOW_MM: Final = 2.4
_PULL_TO_TRACKED: Final = 0.05
"""Correlation that a peak loses at 1 mm from the tracked texture."""
_FLAT: Final = 0.1
"""Share of the profile's own contrast below which a place counts as flat and cannot correlate."""
_LOWEST_CORRELATION: Final = 0.85
_LARGEST_DISAGREEMENT_MM: Final = 0.30
_PROFILES_MM: Final = {Outline.UPPER_LID: (-0.6, 1.6), Outline.LOWER_LID: (-1.6, 0.6), Outline.BROW_LOWER: (-2.0, 4.0)}
"""How far below and above the edge its profile reaches: through the lash line well into the skin, and little into the
eye, which stays where it is and would hold the shift back."""

_HIGHEST_RAY: Final = 0.1
"""Sine of six degrees above the horizontal."""
_LOWER_RAYS: Final = VISIBLE_RAYS[VISIBLE_RAYS[:, 1] < _HIGHEST_RAY]
"""Those that a rising or sinking upper lid, its lashes and its shadow leave alone."""
_GAUSS_NEWTON_STEPS: Final = 12
_CONVERGED_PX: Final = 1e-3
_INDEPENDENT_SHARE: Final = 0.2
"""Samples 0.05 radius apart along a ray and 3 degrees across share pixels: a fifth count as independent."""

_NOT_FOUND_AGAIN: Final = {
    Outline.UPPER_LID: "The upper lid's edge was not found again: make-up, lashes or light differ too much.",
    Outline.LOWER_LID: "The lower lid's edge was not found again: make-up, lashes or light differ too much.",
    Outline.BROW_LOWER: "The brow was not found again: its hair, make-up or the light differ too much.",
}


@dataclass(frozen=True, slots=True)
class Shift:
    """Upward shift of an edge between two photos, in prior mm.

    Parameters
    ----------
    correlation : of its profile, 1 for identical.
    disagreement_mm : between correlation and tracking, or between parts of the edge.
    """

    up_mm: float
    standard_uncertainty_mm: float
    correlation: float
    disagreement_mm: float


@dataclass(frozen=True, eq=False)
class EyePair:
    """The surroundings of one eye, or of its brow, in both photos of a registered pair.

    Parameters
    ----------
    frame : of the before; the registered after is looked at through the same.
    before, after : log light, patch frame.
    """

    frame: EyeFrame
    before: Plane
    after: Plane

    @classmethod
    def of(cls, pair: RegisteredPair, frame: EyeFrame) -> "EyePair":
        """Both patches, smoothed by a tenth of a millimetre."""
        sigma = max(0.10, 0.3 / frame.px_per_mm) * PATCH_PX_PER_MM
        before, after = (blurred(frame.patch(plane), sigma) for plane in (pair.before_grey, pair.after_grey))
        return cls(frame, log_light(before), log_light(after))

    @cached_property
    def textures(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Both patches normalised for local light, for tracking."""
        sigma = _TRACKING_WINDOW_MM * PATCH_PX_PER_MM
        before, after = (
            light_normalised(np.exp(log) - np.float32(DARK_OFFSET), sigma) for log in (self.before, self.after)
        )
        return before, after


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


def edge_shift(eye: EyePair, edge: Outline, line: FloatArray) -> Shift | NotAssessable:
    """How far a horizontal edge (lid margin, brow) rose from before to after.

    Parameters
    ----------
    edge : Outline.UPPER_LID, LOWER_LID or BROW_LOWER.
    line : (n, 2) the edge in the before as (u, v) of the pair's frame, evenly spaced along u.

    Not assessable when the edge's profile is not found again (correlation below 0.85), or when tracking its texture
    (Lucas-Kanade) says otherwise by more than 0.3 mm.
    """
    low, high = _PROFILES_MM[edge]
    reach = np.arange(low, high + 1e-9, _PROFILE_STEP_MM)
    extra = round(_SEARCH_MM / _PROFILE_STEP_MM)
    wide = low + _PROFILE_STEP_MM * np.arange(-extra, len(reach) + extra)
    scores, energy = _column_correlations(
        _vertical_profiles(eye.before, line, reach), _vertical_profiles(eye.after, line, wide)
    )
    tracked = _tracked_rise(eye, line)
    joint = _joint_peak(scores, energy, tracked)
    if joint is None or joint[1] < _LOWEST_CORRELATION:
        return NotAssessable(_NOT_FOUND_AGAIN[edge])
    disagreement = abs(tracked - joint[0])
    if disagreement > _LARGEST_DISAGREEMENT_MM:
        return NotAssessable(f"Two ways of following the {edge.replace('_', ' ')} differ by {disagreement:.2f} mm.")
    return Shift(joint[0], _jackknife(scores, energy, tracked), joint[1], disagreement)


def lid_shift(eye: EyePair, lid: Outline, margin: Contour, iris: Circle) -> Shift | NotAssessable:
    """How far a lid margin rose from before to after, in front of the iris; see :func:`edge_shift`.

    Parameters
    ----------
    margin, iris : of the before, in its face frame.
    """
    return edge_shift(eye, lid, central_margin(eye.frame, margin, iris))


def central_margin(frame: EyeFrame, margin: Contour, iris: Circle) -> FloatArray:
    """The margin in front of the iris at evenly spaced columns, (61, 2) as (u, v)."""
    points = frame.from_face(margin.points)
    points = points[np.argsort(points[:, 0])]
    centre, half = frame.from_face(iris.centre), _SPAN_RADII * iris.radius / frame.px_per_mm
    columns = np.linspace(centre[0] - half, centre[0] + half, _COLUMNS)
    return np.column_stack([columns, np.interp(columns, points[:, 0], points[:, 1])])


def _vertical_profiles(patch: Plane, line: FloatArray, reach: FloatArray) -> Plane:
    """Light along v through each point of ``line``: shape (len(reach), len(line))."""
    return sample(patch, to_patch(line[None] + reach[:, None, None] * np.array([0.0, 1.0])))


def _column_correlations(profile: Plane, searched: Plane) -> tuple[FloatArray, FloatArray]:
    """Normalised correlation (shifts, columns) of each column at each shift, and the columns' energy.

    The ends of a profile are faded out, so that nothing jumps when a shift brings something new in.
    """
    rows = len(profile)
    fade = np.minimum(1, np.minimum(np.arange(rows) + 1, np.arange(rows)[::-1] + 1) / 6.0)
    fade = fade / fade.sum()
    centred = profile - fade @ profile
    # Taken from the middle first: the variance of flat skin is lost in a difference of large squares.
    windows = np.lib.stride_tricks.sliding_window_view(searched - searched.mean(axis=0, dtype=np.float64), rows, axis=0)
    mean = windows @ fade
    power = np.maximum((windows**2) @ fade - mean**2, 0)
    shared = np.einsum("scr,rc,r->sc", windows, centred, fade, optimize=True)
    energy = np.sqrt(fade @ centred**2) + 1e-6
    scores = shared / (energy * np.maximum(np.sqrt(power), _FLAT * energy))
    return scores.astype(np.float64), np.minimum(energy, 2 * np.median(energy)).astype(np.float64)


def _joint_peak(scores: FloatArray, weight: FloatArray, near_mm: float) -> tuple[float, float] | None:
    """Shift in prior mm and correlation where the weighted columns agree best; None at the end of the search.

    Of peaks that are nearly as high, the one near the tracked texture wins: a lid's profile repeats in its crease.
    """
    joint = scores @ weight / weight.sum()
    shift = _PROFILE_STEP_MM * np.arange(len(joint)) - _SEARCH_MM
    best = int((joint - _PULL_TO_TRACKED * (shift - near_mm) ** 2).argmax())
    if not 0 < best < len(joint) - 1:
        return None
    best += int(joint[best - 1 : best + 2].argmax()) - 1
    if not 0 < best < len(joint) - 1:
        return None
    offset = float(parabola_peak(joint[best - 1], joint[best], joint[best + 1]))
    return (best + offset) * _PROFILE_STEP_MM - _SEARCH_MM, float(joint[best])


def _jackknife(scores: FloatArray, weight: FloatArray, near_mm: float, blocks: int = 6) -> float:
    """Standard error of the joint shift by leaving out blocks of columns (Quenouille 1956, Biometrika 43:353)."""
    block = np.arange(len(weight)) * blocks // len(weight)
    left_out = [_joint_peak(scores, np.where(block == one, 0.0, weight), near_mm) for one in range(blocks)]
    shifts = np.array([peak[0] for peak in left_out if peak is not None])
    return float(np.sqrt((blocks - 1) / blocks * ((shifts - shifts.mean()) ** 2).sum()))


def _tracked_rise(eye: EyePair, line: FloatArray) -> float:
    """Median rise of the edge's points by pyramidal Lucas-Kanade, prior mm."""
    start = to_patch(line[::3]).astype(np.float32).reshape(-1, 1, 2)
    tracked = track_points(*eye.textures, start, _TRACKING_WINDOW_MM * PATCH_PX_PER_MM, 2)
    return -float(np.median((tracked.points - start)[:, 0, 1])) / PATCH_PX_PER_MM


def iris_shift(eye: EyePair, iris: Circle) -> Shift | NotAssessable:
    """How far the iris rose from before to after, by the light around its limbus.

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
