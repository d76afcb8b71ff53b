"""Bias and limits of agreement of two sets of captures (Bland & Altman 1986, Lancet 1:307; 1999, SMMR 8:135)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from models.arrays import FloatArray
from models.measurement import NotAssessable
from models.repeatability import LimitsOfAgreement

_Z: Final = 1.96
_QUANTILE: Final = 0.975
_FEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class _Spread:
    """Variance of a single difference, the degrees of freedom of both, and the variance of their mean."""

    variance: float
    degrees_of_freedom: float
    of_the_mean: float
    degrees_of_the_mean: float


def limits_of_agreement(
    first: str, second: str, differences: Sequence[Sequence[float]]
) -> LimitsOfAgreement | NotAssessable:
    """Bias and limits with their 95 % intervals.

    Parameters
    ----------
    first, second : names of the sets.
    differences : of each person, second less first, each photo in one of them.
    """
    rows = [np.asarray(row, dtype=np.float64) for row in differences if len(row)]
    n = sum(row.size for row in rows)
    if n < _FEWEST:
        return NotAssessable(f"{n} differences between {first} and {second} are too few; it takes three.")
    spread = _spread(rows)
    bias = float(np.concatenate(rows).mean())
    half = _Z * spread.variance**0.5
    of_bias = _t(spread.degrees_of_the_mean) * spread.of_the_mean**0.5
    # Var(bias ± 1.96 s) = Var(bias) + 1.96² s² / (2 df): Bland & Altman 1999, section 2.2.
    error = (spread.of_the_mean + _Z**2 * spread.variance / (2 * spread.degrees_of_freedom)) ** 0.5
    of_limit = _t(spread.degrees_of_freedom) * error
    low, high = bias - half, bias + half
    return LimitsOfAgreement(
        first=first,
        second=second,
        bias=bias,
        bias_ci95=(bias - of_bias, bias + of_bias),
        lower=low,
        lower_ci95=(low - of_limit, low + of_limit),
        upper=high,
        upper_ci95=(high - of_limit, high + of_limit),
        n=n,
    )


def _spread(rows: Sequence[FloatArray]) -> _Spread:
    """One-way analysis of variance over persons (Bland & Altman 2007, J Biopharm Stat 17:571, constant true value).

    A single difference has the persons' own scatter and the scatter within a person; of one person, or of one
    difference a person, that is the plain variance.
    """
    counts = np.array([row.size for row in rows])
    n, persons = int(counts.sum()), len(rows)
    everything = np.concatenate(rows)
    plain = _Spread(float(everything.var(ddof=1)), n - 1, float(everything.var(ddof=1)) / n, n - 1)
    if persons in {1, n}:
        return plain
    within = sum(float(((row - row.mean()) ** 2).sum()) for row in rows) / (n - persons)
    between = sum(row.size * float((row.mean() - everything.mean()) ** 2) for row in rows) / (persons - 1)
    if between <= within:
        return plain
    share = 1 / float((n - (counts**2).sum() / n) / (persons - 1))  # 1 / m0, the average captures of a person
    total = share * between + (1 - share) * within
    df = total**2 / ((share * between) ** 2 / (persons - 1) + ((1 - share) * within) ** 2 / (n - persons))
    return _Spread(total, df, between / n, persons - 1)


def _t(degrees_of_freedom: float) -> float:
    return float(scipy.special.stdtrit(degrees_of_freedom, _QUANTILE))
