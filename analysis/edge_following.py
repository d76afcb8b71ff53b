"""How far an edge about the eye (a lid's margin, the brow) rose between two registered photos.

An edge is followed on its own profile: the before's light along the eye's vertical, through the edge, is found again in
the registered after by joint normalised correlation. Two edges found independently would be three to five times worse.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.alignment import light_normalised, track_points
from analysis.eye_frame import PATCH_PX_PER_MM, EyeFrame, to_patch
from analysis.geometry import DARK_OFFSET, blurred, log_light, parabola_peak, sample
from analysis.registered_pair import RegisteredPair
from models.anatomy import Outline
from models.arrays import FloatArray, Plane
from models.measurement import NotAssessable

_PROFILE_STEP_MM: Final = 0.05
_SEARCH_MM: Final = 1.7
"""Farther, the upper lid's profile would be taken for its crease."""
_TRACKING_WINDOW_MM: Final = 2.4
_PULL_TO_TRACKED: Final = 0.05
"""Correlation that a peak loses at 1 mm from the tracked texture."""
_FLAT: Final = 0.1
"""Share of the profile's own contrast below which a place counts as flat and cannot correlate."""
_FADED_SAMPLES: Final = 6
STRETCHES: Final = 6
"""Parts into which an edge is divided, about 1.5 mm of a lid each: neighbouring columns share their noise."""
_LOWEST_CORRELATION: Final = 0.85
_LARGEST_DISAGREEMENT_MM: Final = 0.30

_NOT_FOUND_AGAIN: Final = {
    Outline.UPPER_LID: "The upper lid's edge was not found again: make-up, lashes or light differ too much.",
    Outline.LOWER_LID: "The lower lid's edge was not found again: make-up, lashes or light differ too much.",
    Outline.BROW_LOWER: "The brow was not found again: its hair, make-up or the light differ too much.",
}


@dataclass(frozen=True, slots=True, eq=False)
class _Surroundings:
    """What of an edge's surroundings is followed, and how much of it goes with the edge.

    Parameters
    ----------
    reach_mm : (n,) heights above the edge at which the profile is sampled.
    carried : (n,) share of the edge's motion at each height: 1 on skin, less in the eye, which stays behind the lid.
    """

    reach_mm: FloatArray
    carried: FloatArray

    @classmethod
    def of(
        cls, low_mm: float, high_mm: float, still_mm: float = -np.inf, carried_mm: float = -np.inf
    ) -> "_Surroundings":
        """From ``low_mm`` to ``high_mm``; below ``still_mm`` nothing moves, above ``carried_mm`` all goes along."""
        reach = np.arange(low_mm, high_mm + 1e-9, _PROFILE_STEP_MM)
        if np.isinf(still_mm):
            return cls(reach, np.ones(len(reach)))
        rise = np.clip((reach - still_mm) / (carried_mm - still_mm), 0, 1)
        return cls(reach, np.asarray(rise**2 * (3 - 2 * rise)))


_SURROUNDINGS: Final[Mapping[Outline, _Surroundings]] = MappingProxyType(
    {
        # The lash line and its shadow on the eye go with the lid, the iris below them does not; taken to move as one,
        # the still part holds the shift back (slope 0.93 instead of 0.96 over nine rendered faces).
        Outline.UPPER_LID: _Surroundings.of(-1.0, 1.6, still_mm=-2.5, carried_mm=-0.4),
        Outline.LOWER_LID: _Surroundings.of(-1.6, 0.6),
        Outline.BROW_LOWER: _Surroundings.of(-2.0, 4.0),
    }
)


@dataclass(frozen=True, slots=True)
class Shift:
    """Upward shift of an edge between two photos, in prior mm.

    Parameters
    ----------
    correlation : of its profile, 1 for identical.
    disagreement_mm : between correlation and tracking.
    stretches_mm : rise of each of six equal stretches of the edge by itself, None where one is not found.
    """

    up_mm: float
    standard_uncertainty_mm: float
    correlation: float
    disagreement_mm: float
    stretches_mm: tuple[float | None, ...] = ()


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


def edge_shift(
    eye: EyePair, edge: Outline, line: FloatArray, column_share: FloatArray | None = None
) -> Shift | NotAssessable:
    """How far a horizontal edge (lid margin, brow) rose from before to after.

    Parameters
    ----------
    edge : Outline.UPPER_LID, LOWER_LID or BROW_LOWER.
    line : (n, 2) the edge in the before as (u, v) of the pair's frame, evenly spaced along u.
    column_share : (n,) motion of each of its points, relative to the shift that is told; all alike when left out.

    Not assessable when the edge's profile is not found again (correlation below 0.85), or when tracking its texture
    (Lucas-Kanade) says otherwise by more than 0.3 mm.
    """
    share = np.ones(len(line)) if column_share is None else column_share
    before, searched = _before_and_searched(eye, line, _SURROUNDINGS[edge], share)
    scores, energy = _column_correlations(before, searched)
    tracked = _tracked_rise(eye, line, share)
    joint = _joint_peak(scores, energy, tracked)
    if joint is None or joint[1] < _LOWEST_CORRELATION:
        return NotAssessable(_NOT_FOUND_AGAIN[edge])
    disagreement = abs(tracked - joint[0])
    if disagreement > _LARGEST_DISAGREEMENT_MM:
        return NotAssessable(f"Two ways of following the {edge.replace('_', ' ')} differ by {disagreement:.2f} mm.")
    stretches = tuple(
        None if peak is None else peak[0] for peak in _stretch_peaks(scores, energy, joint[0], alone=True)
    )
    uncertainty = _jackknife(scores, energy, tracked)
    # Either is thrown off where the other is not: their mean errs by a tenth less than the better of the two.
    return Shift((joint[0] + tracked) / 2, uncertainty, joint[1], disagreement, stretches)


def _shifts() -> FloatArray:
    """Every shift that is tried, in prior mm."""
    count = round(_SEARCH_MM / _PROFILE_STEP_MM)
    return _PROFILE_STEP_MM * np.arange(-count, count + 1)


def _before_and_searched(
    eye: EyePair, line: FloatArray, around: _Surroundings, share: FloatArray
) -> tuple[Plane, Plane]:
    """The before's profiles (heights, columns), and what the after shows for each shift (shifts, heights, columns)."""
    before = _vertical_profiles(eye.before, line, around.reach_mm)
    farthest = _SEARCH_MM * float(share.max()) + 2 * _PROFILE_STEP_MM
    wide = np.arange(around.reach_mm[0] - farthest, around.reach_mm[-1] + farthest, _PROFILE_STEP_MM)
    after = _vertical_profiles(eye.after, line, wide)
    if (around.carried == 1).all() and (share == 1).all():
        # All moves as one by whole samples: each shift is a window of the after's profiles, two samples from their end.
        windows = np.lib.stride_tricks.sliding_window_view(after, len(before), axis=0)
        return before, np.asarray(windows[2 : 2 + len(_shifts())].swapaxes(1, 2), dtype=np.float32)
    moved = _shifts()[:, None, None] * around.carried[:, None] * share
    place = (around.reach_mm[:, None] + moved - wide[0]) / _PROFILE_STEP_MM
    below = place.astype(np.intp)
    columns = np.arange(len(line))
    fraction = (place - below).astype(np.float32)
    # Linear between samples a twentieth of a millimetre apart, of a picture that was sampled cubically.
    return before, after[below, columns] * (1 - fraction) + after[below + 1, columns] * fraction


def _vertical_profiles(patch: Plane, line: FloatArray, reach: FloatArray) -> Plane:
    """Light along v through each point of ``line``: shape (len(reach), len(line))."""
    return sample(patch, to_patch(line[None] + reach[:, None, None] * np.array([0.0, 1.0])))


def _column_correlations(profile: Plane, searched: Plane) -> tuple[FloatArray, FloatArray]:
    """Normalised correlation (shifts, columns) of each column at each shift, and the columns' energy (columns,).

    The ends of a profile are faded out, so that nothing jumps when a shift brings something new in.
    """
    steps = np.arange(len(profile))
    fade = np.minimum(1, np.minimum(steps + 1, steps[::-1] + 1) / _FADED_SAMPLES).astype(np.float32)
    fade /= fade.sum()
    centred = profile - fade @ profile
    # The mean is taken out first: the variance of flat skin is lost in a difference of large squares.
    varied = searched - np.tensordot(searched, fade, axes=(1, 0))[:, None]
    power = np.tensordot(varied**2, fade, axes=(1, 0))
    shared = np.einsum("src,rc->sc", varied, centred * fade[:, None])
    energy = np.sqrt(fade @ centred**2) + 1e-6
    scores = shared / (energy * np.maximum(np.sqrt(power), _FLAT * energy))
    return scores.astype(np.float64), np.minimum(energy, 2 * np.median(energy)).astype(np.float64)


def _joint_peak(scores: FloatArray, weight: FloatArray, near_mm: float) -> tuple[float, float] | None:
    """Shift in prior mm and correlation where the weighted columns agree best; None at the end of the search.

    Of peaks that are nearly as high, the one near the tracked texture wins: a lid's profile repeats in its crease.
    """
    joint = scores @ weight / weight.sum()
    best = int((joint - _PULL_TO_TRACKED * (_shifts() - near_mm) ** 2).argmax())
    if not 0 < best < len(joint) - 1:
        return None
    best += int(joint[best - 1 : best + 2].argmax()) - 1
    if not 0 < best < len(joint) - 1:
        return None
    offset = float(parabola_peak(joint[best - 1], joint[best], joint[best + 1]))
    return (best + offset) * _PROFILE_STEP_MM - _SEARCH_MM, float(joint[best])


def _jackknife(scores: FloatArray, weight: FloatArray, near_mm: float) -> float:
    """Standard error of the joint shift by leaving out stretches of columns (Quenouille 1956, Biometrika 43:353)."""
    shifts = np.array([peak[0] for peak in _stretch_peaks(scores, weight, near_mm, alone=False) if peak is not None])
    return float(np.sqrt((STRETCHES - 1) / STRETCHES * ((shifts - shifts.mean()) ** 2).sum()))


def _stretch_peaks(
    scores: FloatArray, weight: FloatArray, near_mm: float, *, alone: bool
) -> list[tuple[float, float] | None]:
    """The joint peak of each stretch of columns alone, or of all without it."""
    stretch = np.arange(len(weight)) * STRETCHES // len(weight)
    used = [stretch == one if alone else stretch != one for one in range(STRETCHES)]
    return [_joint_peak(scores, np.where(columns, weight, 0.0), near_mm) for columns in used]


def _tracked_rise(eye: EyePair, line: FloatArray, share: FloatArray) -> float:
    """Median rise of the edge's points by pyramidal Lucas-Kanade, prior mm, each over its share of the motion."""
    start = to_patch(line[::3]).astype(np.float32).reshape(-1, 1, 2)
    tracked = track_points(*eye.textures, start, _TRACKING_WINDOW_MM * PATCH_PX_PER_MM, 2)
    return -float(np.median((tracked.points - start)[:, 0, 1] / share[::3])) / PATCH_PX_PER_MM
