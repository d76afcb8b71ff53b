"""A mixed model in two stages: each subject's change with its own error, and subjects that truly differ.

The variance between subjects is restricted maximum likelihood (Viechtbauer 2005, J Educ Behav Stat 30:261); the mean's
interval is Hartung & Knapp's (2001, Stat Med 20:3875), which holds for few subjects; the interval of the variance comes
from the Q profile (Viechtbauer 2007, Stat Med 26:37).
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import scipy

from models.arrays import FloatArray
from models.cohort import RandomEffects

_TAIL: Final = 0.025
_ENOUGH: Final = 1e-12
"""Share of the first bracket that is left when a variance is known well enough."""
_LEAST_VARIANCE: Final = 1e-12
"""A change without any error would have all the weight."""


def random_effects(changes: FloatArray, standard_uncertainties: FloatArray) -> RandomEffects:
    """Mean and spread of true changes.

    Parameters
    ----------
    changes, standard_uncertainties : (n,), of at least two subjects.
    """
    variances = np.maximum(standard_uncertainties**2, _LEAST_VARIANCE)
    between = reml_variance(changes, variances)
    weights = 1 / (variances + between)
    mean = _mean(changes, weights)
    n = len(changes)
    spread = float((weights * (changes - mean) ** 2).sum() / (n - 1) / weights.sum())
    half = float(scipy.special.stdtrit(n - 1, 1 - _TAIL)) * spread**0.5
    low, high = variance_interval(changes, variances)
    return RandomEffects(mean, (mean - half, mean + half), between**0.5, (low**0.5, high**0.5))


def reml_variance(changes: FloatArray, variances: FloatArray) -> float:
    """Of the subjects' true changes; 0 where their errors explain all of the scatter."""

    def slope(between: float) -> float:
        """Of the restricted log likelihood, times two."""
        weights = 1 / (variances + between)
        residual = changes - _mean(changes, weights)
        return float((weights**2 * residual**2).sum() - weights.sum() + (weights**2).sum() / weights.sum())

    return _falls_to_zero(slope, _highest(changes, variances))


def variance_interval(changes: FloatArray, variances: FloatArray) -> tuple[float, float]:
    """95 % interval of the variance between subjects: where its Q statistic meets the chi-square's quantiles."""

    def less(quantile: float) -> Callable[[float], float]:
        def difference(between: float) -> float:
            weights = 1 / (variances + between)
            return float((weights * (changes - _mean(changes, weights)) ** 2).sum()) - quantile

        return difference

    df, highest = len(changes) - 1, _highest(changes, variances)
    low, high = (less(float(scipy.special.chdtri(df, tail))) for tail in (_TAIL, 1 - _TAIL))
    while high(highest) > 0:
        highest *= 2
    return _falls_to_zero(low, highest), _falls_to_zero(high, highest)


def _falls_to_zero(function: Callable[[float], float], highest: float) -> float:
    """Where a function that is positive below and negative above crosses zero; 0 where it does not begin positive."""
    if function(0.0) <= 0:
        return 0.0
    low, high = 0.0, highest
    while high - low > _ENOUGH * highest:
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > 0 else (low, middle)
    return (low + high) / 2


def _highest(changes: FloatArray, variances: FloatArray) -> float:
    """More than the variance between subjects can be by REML."""
    return float(((changes - changes.mean()) ** 2).sum() + variances.max())


def _mean(changes: FloatArray, weights: FloatArray) -> float:
    return float((weights * changes).sum() / weights.sum())
