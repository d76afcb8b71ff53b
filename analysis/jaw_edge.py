"""How far an edge of the face moved along its normal between two registered photos, by correlation of its profile."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.geometry import parabola_peak, sample
from analysis.lower_face import LowerFace
from models.arrays import FloatArray, Plane
from models.measurement import NotAssessable

_HALF_PROFILE_MM: Final = 2.0
_SEARCH_MM: Final = 2.5
"""Farther, a collar or a second fold of the neck would be taken for the edge."""
_STEP_MM: Final = 0.1
_FADE_MM: Final = 0.8
_LOWEST_CORRELATION: Final = 0.6
_USUAL_CONTRAST: Final = 0.3
"""Log contrast (SD over the profile) from which on an edge says all it can."""


@dataclass(frozen=True, slots=True)
class EdgeShift:
    """Outward shift of an edge in mm and the say it has, 0 to about 0.1: correlation above 0.6 times contrast."""

    outward_mm: float
    weight: float


def edge_shift(lower: LowerFace, points: FloatArray, outward: FloatArray) -> EdgeShift | NotAssessable:
    """Shift along ``outward`` (n, 2) of the edge through ``points`` (n, 2), face frame, all columns together.

    Not assessable when the profile is not found again within 2.5 mm with a correlation above 0.6.
    """
    reach = np.arange(-_HALF_PROFILE_MM, _HALF_PROFILE_MM + _STEP_MM / 2, _STEP_MM)
    extra = round(_SEARCH_MM / _STEP_MM)
    wide = -_HALF_PROFILE_MM + _STEP_MM * np.arange(-extra, len(reach) + extra)
    profile = _profiles(lower.before_log, points - lower.origin, outward, lower.px_per_mm * reach)
    searched = _profiles(lower.after_log, points - lower.origin, outward, lower.px_per_mm * wide)
    scores, contrast = _correlations(profile, searched)
    say = np.minimum(contrast, 2 * np.median(contrast))
    joint = scores @ say / say.sum()
    best = int(joint.argmax())
    if not 0 < best < len(joint) - 1 or joint[best] < _LOWEST_CORRELATION:
        return NotAssessable("The jaw's edge was not found again.")
    shift = (best + float(parabola_peak(joint[best - 1], joint[best], joint[best + 1]))) * _STEP_MM - _SEARCH_MM
    weight = (float(joint[best]) - _LOWEST_CORRELATION) * min(float(np.median(contrast)), _USUAL_CONTRAST)
    return EdgeShift(shift, weight)


def _profiles(plane: Plane, points: FloatArray, outward: FloatArray, reach_px: FloatArray) -> FloatArray:
    """Values across the edge, (len(reach), n)."""
    return sample(plane, points[None] + reach_px[:, None, None] * outward[None]).astype(np.float64)


def _correlations(profile: FloatArray, searched: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Normalised correlation (shifts, n) with the profile's ends faded out, and each column's contrast (n,)."""
    rows = len(profile)
    from_end = np.minimum(np.arange(rows), np.arange(rows)[::-1]) + 1
    fade = np.minimum(1, from_end * _STEP_MM / _FADE_MM)
    fade = fade / fade.sum()
    centred = profile - fade @ profile
    windows = np.lib.stride_tricks.sliding_window_view(searched, rows, axis=0)
    power = np.maximum((windows**2) @ fade - (windows @ fade) ** 2, 0)
    contrast = np.sqrt(fade @ centred**2) + 1e-3
    shared = np.einsum("scr,rc,r->sc", windows, centred, fade, optimize=True)
    return np.asarray(shared / (contrast * (np.sqrt(power) + 1e-3))), np.asarray(contrast)
