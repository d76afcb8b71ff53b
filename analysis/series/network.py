"""One state for each photo, from changes measured between many pairs of them: the adjustment of a levelling network.

Each pair's change is the difference of its two photos' states and an error of its own. What is wrong in a photo (its
light, its pose, its sharpness) is wrong alike in every pair that it is in, so it closes around loops and no number of
pairs averages it away; only what does not close is the pair's own. Least squares over all pairs gives the states
(Ghilani 2017, Adjustment Computations, ch. 12), the residuals give the pairs' own error, and the photos' errors are
added to it. Pairs that fit nowhere weigh less (Huber 1964, Ann. Math. Stat. 35:73).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.arrays import FloatArray

_HUBER: Final = 2.5
"""Standard errors beyond which a pair weighs less."""
_PASSES: Final = 10
_SETTLED: Final = 1e-3
"""Weights that change by less have no say in the third digit."""
_OF_A_MEDIAN: Final = 1.4826
"""A normal SD over the median of absolute values."""
_LEAST_OWN_SHARE: Final = 0.1
"""A pair's own error is at least this part of its standard uncertainty; 0.1-0.4 of it in rendered series."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A measured difference of two photos' states, with the standard uncertainty that the comparison gave it."""

    before: str
    after: str
    value: float
    standard_uncertainty: float


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """The states of those photos that hang together with the reference.

    Parameters
    ----------
    keys : names of the photos, the reference first; its state is zero.
    values : (n,).
    own : (n, n) covariance of what the pairs themselves got wrong.
    photo_sd : (n,) standard uncertainty of each photo's own error.
    redundant : pairs beyond those that it takes to give each photo a state: so many loops close.
    misfit : how many times larger than stated the pairs' own error proved to be around loops; at most 1 is expected.
    """

    keys: tuple[str, ...]
    values: FloatArray
    own: FloatArray
    photo_sd: FloatArray
    redundant: int
    misfit: float

    @property
    def covariance(self) -> FloatArray:
        """(n, n) of the states, each photo's own error included."""
        return np.asarray(self.own + np.diag(self.photo_sd**2))


def adjust(differences: Sequence[Difference], reference: str, least_photo_sd: float = 0.0) -> States:
    """The states of all photos that hang together with ``reference``.

    Parameters
    ----------
    least_photo_sd : what one photo's error is known to be at least, from re-captures.
    """
    keys = _connected(differences, reference)
    place = {key: index for index, key in enumerate(keys)}
    used = [one for one in differences if one.before in place and one.after in place]
    if not used:
        return States(keys, np.zeros(1), np.zeros((1, 1)), np.array([least_photo_sd]), 0, 0.0)
    design = np.zeros((len(used), len(keys)))
    for row, one in enumerate(used):
        design[row, place[one.before]], design[row, place[one.after]] = -1.0, 1.0
    stated = np.array([max(one.standard_uncertainty, 1e-9) for one in used])
    values, own, misfit = _least_squares(design[:, 1:], np.array([one.value for one in used]), stated)
    photo_sd = np.maximum(_photo_sd(design, stated), least_photo_sd)
    return States(
        keys, np.append(0.0, values), np.pad(own, ((1, 0), (1, 0))), photo_sd, len(used) - len(keys) + 1, misfit
    )


def _connected(differences: Sequence[Difference], reference: str) -> tuple[str, ...]:
    neighbours: dict[str, list[str]] = {}
    for one in differences:
        neighbours.setdefault(one.before, []).append(one.after)
        neighbours.setdefault(one.after, []).append(one.before)
    reached = {reference: None}
    waiting = [reference]
    while waiting:
        for key in neighbours.get(waiting.pop(), ()):
            if key not in reached:
                reached[key] = None
                waiting.append(key)
    return tuple(reached)


def _least_squares(design: FloatArray, values: FloatArray, stated: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """States but for the reference's, their covariance, and the misfit around loops."""
    redundant = len(values) - design.shape[1]
    weight, misfit = np.ones(len(values)), 0.0
    states, normal = _solved(design, values, weight / stated)
    for _ in range(_PASSES if redundant > 0 else 0):
        residual = (values - design @ states) / stated
        usual = _OF_A_MEDIAN * float(np.median(np.abs(residual))) * np.sqrt(len(values) / redundant)
        limit = _HUBER * max(usual, _LEAST_OWN_SHARE)
        settled, weight = weight, np.sqrt(np.minimum(1.0, limit / np.maximum(np.abs(residual), 1e-12)))
        if np.allclose(settled, weight, atol=_SETTLED):
            break
        states, normal = _solved(design, values, weight / stated)
    if redundant > 0:
        misfit = float(np.sqrt(np.sum((weight * (values - design @ states) / stated) ** 2) / redundant))
    return states, np.asarray(np.linalg.inv(normal) * max(misfit, _LEAST_OWN_SHARE) ** 2), misfit


def _solved(design: FloatArray, values: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weighted least squares: the states and the normal matrix."""
    scaled = design * weight[:, None]
    normal = scaled.T @ scaled
    return np.linalg.solve(normal, scaled.T @ (values * weight)), normal


def _photo_sd(design: FloatArray, stated: FloatArray) -> FloatArray:
    """Half of a pair's variance is each photo's; a photo in several pairs has the mean of its halves."""
    of_photo = np.abs(design)
    return np.asarray(np.sqrt(of_photo.T @ (stated**2 / 2) / of_photo.sum(axis=0)))
