"""ICC(A,1): how far single photos tell persons apart, absolute agreement (McGraw & Wong 1996, Psychol Methods 1:30)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from models.arrays import FloatArray
from models.measurement import NotAssessable
from models.repeatability import IntraclassCorrelation

_QUANTILE: Final = 0.975
_TWO: Final = 2


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Of a table with one row a person and one column a capture: between rows, between columns, and what is left."""

    rows: float
    columns: float
    error: float


def mean_squares(table: FloatArray) -> MeanSquares:
    """Two-way analysis of variance without replication.

    Parameters
    ----------
    table : (persons, captures).
    """
    n, k = table.shape
    grand = table.mean()
    rows = k * float(((table.mean(axis=1) - grand) ** 2).sum())
    columns = n * float(((table.mean(axis=0) - grand) ** 2).sum())
    left = max(0.0, float(((table - grand) ** 2).sum()) - rows - columns)
    return MeanSquares(rows / (n - 1), columns / (k - 1), left / ((n - 1) * (k - 1)))


def icc_a1(table: FloatArray) -> IntraclassCorrelation | NotAssessable:
    """The correlation with its interval, or why there is none.

    Parameters
    ----------
    table : (persons, captures), of at least two each.
    """
    n, k = table.shape
    if n < _TWO:
        return NotAssessable("It needs photos of two or more persons.")
    if k < _TWO:
        return NotAssessable("No two persons have two photos each that give this figure.")
    ms = mean_squares(table)
    denominator = ms.rows + (k - 1) * ms.error + k / n * (ms.columns - ms.error)  # table 4, ICC(A,1)
    if denominator <= 0 or ms.error <= 0:
        return NotAssessable("The figures leave no error to judge it by.")
    value = (ms.rows - ms.error) / denominator
    if value <= 0:  # a share of variance; below zero the estimate and its interval mean nothing
        return NotAssessable("These persons differ by no more than photos of one of them do.")
    return IntraclassCorrelation(value, _interval(ms, n, k, value), n, k)


def largest_table(values: Mapping[str, Sequence[float]]) -> FloatArray:
    """The complete table with the most entries: of persons with enough captures, so many captures each.

    Captures have no order that means anything, so the first of each person stand in for any.

    Parameters
    ----------
    values : of each person.
    """
    counts = sorted({len(row) for row in values.values()})
    sizes = {count: count * sum(len(row) >= count for row in values.values()) for count in counts if count >= _TWO}
    if not sizes:
        return np.zeros((len(values), 1))
    k = max(sizes, key=lambda count: (min(_TWO, sizes[count] // count), sizes[count]))
    return np.array([row[:k] for row in values.values() if len(row) >= k])


def _interval(ms: MeanSquares, n: int, k: int, value: float) -> tuple[float, float]:
    """Table 7 of McGraw & Wong, with Satterthwaite's degrees of freedom for the columns' and the error's sum."""
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    mixed = (a * ms.columns) ** 2 / (k - 1) + (b * ms.error) ** 2 / ((n - 1) * (k - 1))
    v = (a * ms.columns + b * ms.error) ** 2 / mixed
    above, below = scipy.special.fdtri(n - 1, v, _QUANTILE), scipy.special.fdtri(v, n - 1, _QUANTILE)
    common = k * ms.columns + (k * n - k - n) * ms.error
    low = n * (ms.rows - above * ms.error) / (above * common + n * ms.rows)
    high = n * (below * ms.rows - ms.error) / (common + n * below * ms.rows)
    return max(-1.0, float(low)), min(1.0, float(high))
