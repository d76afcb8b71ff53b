"""The within-subject SD of one photo, from differences between photos of one face.

A report tells differences, and these carry errors that no single photo has (registration, tone). So the SEM is taken
from the differences themselves: half their mean square. Where each photo of a person is compared with each, and the
differences agree round every loop, that is exactly the usual variance s² = sum (x - mean)² / (k - 1) and s² / sigma² is
chi-square with k - 1 degrees of freedom (Bland & Altman 1996, BMJ 313:744). Where loops do not close, there is more
information than that, and the interval is on the safe side.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from models.arrays import FloatArray
from models.measurement import NotAssessable
from models.repeatability import Interval, Spread

MDC95_PER_SEM: Final = 1.96 * 2**0.5
"""A difference has the errors of two photos, and a true zero exceeds 1.96 of its SD once in twenty."""
NARROW: Final = 0.20
"""Share of the SEM within which a study's interval ought to lie."""
_TAIL: Final = 0.025
_LEAST_DF: Final = 1.0


@dataclass(frozen=True, slots=True)
class Difference:
    """What one comparison of two photos of one person said; before and after are the photos' keys."""

    person: str
    before: str
    after: str
    size: float


@dataclass(frozen=True, slots=True)
class Variance:
    """An estimate of the variance of one photo, and on how many degrees of freedom it rests.

    Parameters
    ----------
    from_photos : degrees of freedom that the photos alone give, however many sides of them were measured.
    """

    value: float
    degrees_of_freedom: float
    pairs: int
    from_photos: float


def variance_of(differences: Sequence[Difference]) -> Variance | NotAssessable:
    """Pooled over persons, each by its degrees of freedom."""
    persons = [_of_person([one for one in differences if one.person == person]) for person in _persons(differences)]
    total = sum(one.degrees_of_freedom for one in persons)
    if total < _LEAST_DF:
        return NotAssessable("No two photos of one person gave this figure.")
    value = sum(one.value * one.degrees_of_freedom for one in persons) / total
    return Variance(value, total, len(differences), total)


def pooled(left: Sequence[Difference], right: Sequence[Difference]) -> Variance | NotAssessable:
    """Over both sides of a face.

    One photo's errors are in part the same on both sides, so the degrees of freedom are fewer than the sum: with the
    sides' covariance c, var((a + b) / 2) gives v (a + b)² / (a² + b² + 2 c²) by Satterthwaite's approximation.
    """
    one, other = variance_of(left), variance_of(right)
    if isinstance(one, NotAssessable):
        return other
    if isinstance(other, NotAssessable):
        return one
    fewer = min(one.degrees_of_freedom, other.degrees_of_freedom)
    a, b, shared = one.value, other.value, _covariance(left, right)
    spread = a**2 + b**2 + 2 * shared**2
    df = fewer * (a + b) ** 2 / spread if spread > 0 else fewer
    return Variance((a + b) / 2, df, one.pairs + other.pairs, fewer)


def spread_of(variance: Variance | NotAssessable) -> Spread | NotAssessable:
    """SEM and MDC95 with their chi-square intervals."""
    if isinstance(variance, NotAssessable):
        return variance
    sem = float(np.sqrt(variance.value))
    low, high = (sem * factor for factor in interval_factors(variance.degrees_of_freedom))
    return Spread(
        sem=sem,
        sem_ci95=(low, high),
        mdc95=MDC95_PER_SEM * sem,
        mdc95_ci95=(MDC95_PER_SEM * low, MDC95_PER_SEM * high),
        degrees_of_freedom=variance.degrees_of_freedom,
        pairs=variance.pairs,
        from_photos=variance.from_photos,
    )


def interval_factors(degrees_of_freedom: float) -> Interval:
    """Times the SD: its 95 % interval, which is exact for normal errors.

    >>> [round(factor, 2) for factor in interval_factors(9)]
    [0.69, 1.83]
    """
    df = degrees_of_freedom
    most, least = scipy.special.chdtri(df, _TAIL), scipy.special.chdtri(df, 1 - _TAIL)
    return float(np.sqrt(df / most)), float(np.sqrt(df / least))


def degrees_of_freedom(partners: Sequence[int]) -> float:
    """Of the mean square of differences between photos.

    The differences are L e for the photos' errors e, with L the graph's Laplacian: their sum of squares is a weighted
    sum of chi-squares, of (tr L)² / tr L² degrees of freedom (Satterthwaite 1946, Biometrics Bull. 2:110).

    Parameters
    ----------
    partners : of each photo, with how many others it was compared.

    >>> degrees_of_freedom([3, 3, 3, 3])
    3.0
    """
    squares = sum(count**2 + count for count in partners)
    return sum(partners) ** 2 / squares if squares else 0.0


def further_photos(degrees_of_freedom: float) -> int:
    """How many more photos, in all, bring the SEM's interval within :data:`NARROW` of it; each is worth one."""
    return max(0, int(np.ceil(_enough() - degrees_of_freedom)))


def _enough() -> int:
    df = 1
    while interval_factors(df)[1] > 1 + NARROW:
        df += 1
    return df


def _of_person(differences: Sequence[Difference]) -> Variance:
    partners = Counter(key for one in differences for key in (one.before, one.after))
    mean_square = float(np.mean([one.size**2 for one in differences]))
    df = degrees_of_freedom(list(partners.values()))
    return Variance(mean_square / 2, df, len(differences), df)


def _covariance(left: Sequence[Difference], right: Sequence[Difference]) -> float:
    """Of one photo's errors on the two sides."""
    other: Mapping[tuple[str, str], float] = {(one.before, one.after): one.size for one in right}
    products: FloatArray = np.array(
        [one.size * other[one.before, one.after] for one in left if (one.before, one.after) in other]
    )
    return float(products.mean()) / 2 if products.size else 0.0


def _persons(differences: Sequence[Difference]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.person for one in differences))
