"""Where a lid's margin lies, read off the whole profile of light across it.

In front of the iris the lower margin is an edge from dark to bright, in front of the white of the eye one from bright
to less bright, and the lower edge of the iris looks like the first; over the upper margin lie lashes. No single
gradient tells them apart. Linear scores of the profile, one for each lid and background, were learned on margins that
are known; the likeliest path is taken.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from analysis.eye_frame import to_patch
from analysis.geometry import cheapest_path, parabola_peak, sample
from models.anatomy import Outline
from models.arrays import FloatArray, Plane

_STEP_MM: Final = 0.1
_HEIGHTS_MM: Final = np.arange(-3.0, 3.01, _STEP_MM)
"""Candidates above the mesh's margin."""
_TAPS_MM: Final = np.arange(-1.6, 1.61, 0.2)
"""Where the profile about a candidate is read, up positive."""
_READ_MM: Final = np.arange(_HEIGHTS_MM[0] + _TAPS_MM[0], _HEIGHTS_MM[-1] + _TAPS_MM[-1] + _STEP_MM / 2, _STEP_MM)
_LEAST_RANGE_LOG: Final = 0.1
_IRIS_HALF_WIDTH: Final = 0.8
"""In iris radii from its centre: nearer, the margin is seen in front of the iris, farther, of the white."""
_SMOOTHNESS: Final = 0.3
"""Cost in log probability of one step of 0.1 mm between columns 0.1 iris radii apart."""


@dataclass(frozen=True, slots=True)
class _Score:
    """Log odds of a candidate: ``taps`` times the profile about it, ``height`` and its square times half its mm.

    The profile is log light, less its upper quartile in this eye, over its range from the 10th to the 90th percentile.
    """

    taps: tuple[float, ...]
    height: float
    height_squared: float


@dataclass(frozen=True, slots=True)
class _LidScores:
    """The scores of one lid where it is seen in front of the iris, and of the white of the eye."""

    before_iris: _Score
    before_white: _Score


_LEARNED: Final = MappingProxyType(
    {
        Outline.UPPER_LID: _LidScores(
            before_iris=_Score(
                taps=(-0.21, -0.21, 0.30, 0.75, 0.90, 0.08, -2.09, -3.11, -1.27,
                      0.12, 0.06, 0.28, 0.95, 1.22, 1.14, 1.41, 2.44),
                height=-1.22, height_squared=-3.27,
            ),
            before_white=_Score(
                taps=(-0.17, -0.08, 0.03, 0.35, 1.16, 2.28, 2.13, -0.61, -3.41,
                      -2.57, -0.50, -0.33, -0.74, -0.32, 0.58, 1.62, 2.95),
                height=-0.89, height_squared=-3.10,
            ),
        ),
        Outline.LOWER_LID: _LidScores(
            before_iris=_Score(
                taps=(-0.56, 0.17, 0.15, -0.76, -1.89, -1.70, 0.95, 3.96, 2.95,
                      -2.08, -3.59, -0.51, 0.44, -0.25, -0.67, -0.38, 0.71),
                height=1.08, height_squared=-9.45,
            ),
            before_white=_Score(
                taps=(1.06, 0.28, -0.69, -1.74, -2.71, -3.58, -3.93, -2.26, 1.19,
                      3.56, 3.58, 2.41, 1.28, 0.44, -0.24, -0.86, -1.44),
                height=2.19, height_squared=-5.57,
            ),
        ),
    }
)  # fmt: skip
"""Learned by maximum likelihood with a Gaussian penalty (0.15 of the squared taps) and a tenth of the probability left
to misplaced points: lids of 18 photographed persons (points placed by hand, Face Research Lab London Set, odd numbers)
and of 11 rendered ones, the photographs with two thirds of the weight in the upper lid and half in the lower. On
persons left out, a sixth at a time, the upper margin is 0.48 mm (photographs) and 0.20 mm (rendered) from the truth,
the lower 0.43 and 0.11 mm; paths of the strongest edge lay 0.53, 0.34, 0.67 and 0.28 mm from it."""


def margin_offset(light: Plane, columns: FloatArray, radii: FloatArray, guess: FloatArray, lid: Outline) -> FloatArray:
    """Height (n,) of a lid's margin above ``guess`` (n,), each column's, prior mm.

    Parameters
    ----------
    light : log light of the eye's patch.
    columns : (n,) u of the columns in the eye's frame, prior mm, about 0.1 iris radii apart.
    radii : (n,) their distance from the iris' centre in iris radii.
    lid : Outline.UPPER_LID or Outline.LOWER_LID.
    """
    profiles = _profiles(light, columns, guess)
    scores = _LEARNED[lid]
    before_iris = np.abs(radii) < _IRIS_HALF_WIDTH
    odds = np.where(before_iris, _odds(profiles, scores.before_iris), _odds(profiles, scores.before_white))
    log_likelihood = odds - odds.max(axis=0)
    log_likelihood -= np.log(np.exp(log_likelihood).sum(axis=0))
    path = np.clip(cheapest_path(-log_likelihood, _SMOOTHNESS, 3), 1, len(_HEIGHTS_MM) - 2)
    column = np.arange(len(columns))
    peak = parabola_peak(*(log_likelihood[path + step, column] for step in (-1, 0, 1)))
    return np.asarray(_HEIGHTS_MM[path] + _STEP_MM * peak)


def _profiles(light: Plane, columns: FloatArray, guess: FloatArray) -> FloatArray:
    """Light about each candidate, (candidates, columns, taps), brought to this eye's range."""
    points = np.stack(np.broadcast_arrays(columns, guess + _READ_MM[:, None]), axis=-1)
    band = sample(light, to_patch(points)).astype(np.float64)
    low, bright, high = np.percentile(band, (10, 75, 90))
    even = (band - bright) / max(high - low, _LEAST_RANGE_LOG)
    every = round((_TAPS_MM[1] - _TAPS_MM[0]) / _STEP_MM)
    return np.stack([even[tap * every : tap * every + len(_HEIGHTS_MM)] for tap in range(len(_TAPS_MM))], axis=-1)


def _odds(profiles: FloatArray, score: _Score) -> FloatArray:
    """The score of each candidate in each column, (candidates, columns)."""
    half = _HEIGHTS_MM[:, None] / 2
    return np.asarray(profiles @ np.array(score.taps) + score.height * half + score.height_squared * half**2)
