"""How fast an effect goes after the last session: its half-life, where the photos carry one.

The state falls from what the course left towards the baseline, as a field in which faces are said to be back at their
baseline within a year expects. One later photo fits any half-life and tests none, so it takes two; and a half-life is
told only where the data bound it on both sides (profile likelihood, Venzon & Moolgavkar 1988, Appl. Stat. 37:87).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from models.arrays import FloatArray

FEWEST_PHOTOS: Final = 2
_HALF_LIVES: Final = np.geomspace(0.5, 200.0, 240)
_BEYOND: Final = 0.05
"""Of chi-square with one degree of freedom: what a 95 % interval by profile likelihood leaves out."""
_POOR_FIT: Final = 0.01
"""Of chi-square: a misfit that a true decline exceeds once in a hundred."""


@dataclass(frozen=True, slots=True)
class HalfLife:
    """Weeks until half of the effect is left, with a 95 % interval."""

    weeks: float
    ci95: tuple[float, float]


def half_life(weeks: Sequence[float], effects: Sequence[float], sds: Sequence[float]) -> HalfLife | None:
    """The half-life of an effect, or None where the data do not bound it.

    Parameters
    ----------
    weeks : since the end of the course, the end itself first.
    effects, sds : against the baseline, and their standard uncertainties.
    """
    if len(weeks) <= FEWEST_PHOTOS:
        return None
    misfits = np.array([_misfit(np.asarray(weeks), np.asarray(effects), np.asarray(sds), one) for one in _HALF_LIVES])
    best = int(np.argmin(misfits))
    within = np.flatnonzero(misfits <= misfits[best] + scipy.special.chdtri(1, _BEYOND))
    bounded = within[0] > 0 and within[-1] < len(_HALF_LIVES) - 1
    if not bounded or misfits[best] > scipy.special.chdtri(len(weeks) - 2, _POOR_FIT):
        return None
    return HalfLife(float(_HALF_LIVES[best]), (float(_HALF_LIVES[within[0]]), float(_HALF_LIVES[within[-1]])))


def _misfit(weeks: FloatArray, effects: FloatArray, sds: FloatArray, half: float) -> float:
    """Chi-square of the best exponential decline with this half-life."""
    shape = 0.5 ** (weeks / half)
    start = float((shape / sds) @ (effects / sds) / ((shape / sds) @ (shape / sds)))
    return float(np.sum(((effects - start * shape) / sds) ** 2))
