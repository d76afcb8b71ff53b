"""What a course did, from all its visits at once: a straight course that may bend, seen through noise.

The lasting effect f is zero until the first session. From there on it is a line of unknown slope, a part that is
there after the first weeks, one that is there at once, and a random walk about them, so that it may saturate, pause
or jump; each photo shows f with its own error, and each day adds what lids and skin do by themselves from one day to
another. How much the course bends (q) and how much days differ (tau) is not known from a few visits: every pair of
values on a grid has its say by its restricted likelihood, so that the interval carries what is not known of them.
With one visit after the baseline all of this is the plain difference, with an interval that allows for the days; with
many visits that tell the same, they count together.

Rasmussen & Williams 2006, Gaussian Processes for Machine Learning, secs. 2.7 and 5.4 (explicit basis functions,
marginal likelihood); Durbin & Koopman 2012, Time Series Analysis by State Space Methods, sec. 3.2 (local linear trend).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import scipy

from models.arrays import FloatArray

_COVERAGE: Final = 0.95
_BENDS: Final = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""q: the walk's SD after a week, in a photo's own error; each as likely as the next, as a scale's logarithm is."""
_DAYS: Final = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
"""tau: the SD between days, in a photo's own error."""
_DAYS_FADE: Final = 3.0
"""Before the visits speak, tau is as likely as exp(-tau / this), in a photo's own error: one visit cannot say how days
differ, so the interval from one untreated day to one later is twice the photos' own."""
_BENDS_FADE: Final = 2.0
"""The same for q: of a scatter that both explain, most is the days'. `liftmark bench series` judges both choices: with
them the interval of the lasting effect covers 95-100 % where days do not differ, 91-99 % where they differ by as much
as a photo's error, and 76-98 % at three times that, of which the baseline is one single day. A shorter fade of tau
(1.5) costs 3-5 % there, a longer one (6) widens the interval of a single visit by another fifth."""
_EARLY_WEEKS: Final = 2.0
_FEWEST_TO_BEND: Final = 2
_FEWEST_TO_STEP: Final = 4
"""Treated visits from which on a course may do much in its first weeks, with this time constant, and much at once.
Without them the treated photos were believed to say where the line began, and long courses that saturate early were
told wrongly with confidence: 58-75 % covered after fifty visits, 92-98 % with both."""
_WILD: Final = 3.5
"""A visit that both its neighbours contradict by so many standard errors weighs less."""
_OF_A_MEDIAN: Final = 1.4826
"""A normal SD over the median of absolute values."""


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """A quantity, over everything that the visits leave open: a mixture of normal distributions.

    Its tails are heavier than a normal's, because the days may differ by more than the visits happen to show.

    Parameters
    ----------
    shares, means, sds : (k,) of the mixture.
    """

    shares: FloatArray
    means: FloatArray
    sds: FloatArray

    @property
    def mean(self) -> float:
        """The quantity."""
        return float(self.shares @ self.means)

    @property
    def sd(self) -> float:
        """Its standard uncertainty."""
        return float(np.sqrt(self.shares @ (self.sds**2 + (self.means - self.mean) ** 2)))

    @property
    def half_width(self) -> float:
        """Of the 95 % interval about the mean."""
        widest = 10 * self.sd + 1e-12
        return float(
            scipy.optimize.brentq(lambda half: self._within(half) - _COVERAGE, 0.0, widest, xtol=1e-6 * widest)
        )

    @property
    def p_value(self) -> float:
        """Twice the chance that it has the other sign."""
        below = float(self.shares @ scipy.special.ndtr(-self.means / self.sds))
        return min(1.0, 2 * min(below, 1 - below))

    def with_shared(self, sd: float) -> "Posterior":
        """The same with an error that all visits have alike."""
        return Posterior(self.shares, self.means, np.hypot(self.sds, sd))

    def taken_from(self, value: float) -> "Posterior":
        """``value`` less the quantity."""
        return Posterior(self.shares, value - self.means, self.sds)

    def _within(self, half: float) -> float:
        above, below = (self.mean + half - self.means) / self.sds, (self.mean - half - self.means) / self.sds
        return float(self.shares @ (scipy.special.ndtr(above) - scipy.special.ndtr(below)))


@dataclass(frozen=True, slots=True, eq=False)
class Functional:
    """A linear quantity of the course: ``offset`` times the baseline's level, and ``weights @ f(weeks)``."""

    weeks: FloatArray
    weights: FloatArray
    offset: float = 0.0


@dataclass(frozen=True, eq=False)
class CourseModel:
    """The course as its visits show it.

    Parameters
    ----------
    weeks : (n,) since the first session, 0 for untreated visits.
    days : (n,) any number that is the same for photos of one day.
    states : (n,), up to a constant that they share.
    covariance : (n, n) of the states' measurement errors.
    """

    weeks: FloatArray
    days: Sequence[int]
    states: FloatArray
    covariance: FloatArray

    def end(self, week: float) -> Posterior:
        """The lasting effect at ``week``, against the untreated face."""
        return self.of(Functional(np.array([week]), np.ones(1)))

    def slope(self) -> Posterior:
        """The least-squares slope a week of the effect over the induction's own visits."""
        weeks = np.unique(self.weeks)
        centred = weeks - weeks.mean()
        return self.of(Functional(weeks, centred / float(centred @ centred)))

    def level_at(self, week: float) -> Functional:
        """The state that a photo without any error would have at ``week``."""
        return Functional(np.array([week]), np.ones(1), offset=1.0)

    def of(self, wanted: Functional, photo_sd: float = 0.0, days: int = 0) -> Posterior:
        """Posterior of a functional, over the grid.

        Parameters
        ----------
        photo_sd, days : of the mean of further photos that it is held against: their own error, and of how many days
            they are.
        """
        means, variances = self._fits.functional(wanted)
        of_days = self._fits.taus**2 / days if days else 0.0
        return Posterior(self._shares, means, np.sqrt(variances + photo_sd**2 + of_days))

    def shapes(self, weeks: FloatArray) -> FloatArray:
        """(n, 1 to 3): the line, what comes in the first weeks, what is there at once; as far as visits can tell."""
        treated = len(np.unique(self.weeks[self.weeks > 0]))
        columns = [weeks]
        if treated >= _FEWEST_TO_BEND:
            columns.append(-np.expm1(-weeks / _EARLY_WEEKS))
        if treated >= _FEWEST_TO_STEP:
            columns.append((weeks > 0).astype(np.float64))
        return np.column_stack(columns)

    @property
    def day_sd(self) -> float:
        """SD between days beyond the photos' own errors, over the grid."""
        return float(self._shares @ self._fits.taus)

    @cached_property
    def basis(self) -> FloatArray:
        """(n, 2 to 4): the baseline's level and the shapes, at the visits."""
        return np.column_stack([np.ones(len(self.weeks)), self.shapes(self.weeks)])

    @cached_property
    def _fits(self) -> "_Fits":
        unit = float(np.sqrt(np.median(np.diag(self.covariance))))
        bends, taus = (part.ravel() for part in np.meshgrid(_BENDS, _DAYS, indexing="ij"))
        return _Fits.of(self, bends * unit, taus * unit, unit)

    @cached_property
    def _shares(self) -> FloatArray:
        logs = self._fits.log_likelihoods
        shares = np.exp(logs - logs.max())
        return np.asarray(shares / shares.sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Fits:
    """The course at each of the grid's g points, with n visits and k shapes.

    Parameters
    ----------
    bends, taus : (g,) of the paths, and SD between days.
    whitening : (g, n, n), which makes the states' errors independent and of variance 1.
    basis, rest : (g, n, k), (g, n) the shapes, and what they leave of the states; whitened.
    normal, coefficients : (g, k, k), (g, k) of the shapes.
    """

    model: CourseModel
    bends: FloatArray
    taus: FloatArray
    whitening: FloatArray
    basis: FloatArray
    rest: FloatArray
    normal: FloatArray
    coefficients: FloatArray
    log_likelihoods: FloatArray

    @classmethod
    def of(cls, model: CourseModel, bends: FloatArray, taus: FloatArray, unit: float) -> "_Fits":
        same_day = np.equal.outer(np.asarray(model.days), np.asarray(model.days))
        shared = taus[:, None, None] ** 2 * same_day + bends[:, None, None] ** 2 * _path(model.weeks, model.weeks)
        whitening = np.linalg.inv(np.linalg.cholesky(model.covariance + shared))
        basis, states = whitening @ model.basis, whitening @ model.states
        normal = basis.swapaxes(1, 2) @ basis
        coefficients = np.linalg.solve(normal, np.einsum("gnk,gn->gk", basis, states)[..., None])[..., 0]
        rest = states - np.einsum("gnk,gk->gn", basis, coefficients)
        log_dets = np.linalg.slogdet(normal)[1] - 2 * np.log(np.diagonal(whitening, axis1=1, axis2=2)).sum(axis=1)
        misfits = np.einsum("gn,gn->g", rest, rest)
        likelihoods = -0.5 * (log_dets + misfits) - taus / unit / _DAYS_FADE - bends / unit / _BENDS_FADE
        return cls(model, bends, taus, whitening, basis, rest, normal, coefficients, likelihoods)

    def functional(self, wanted: Functional) -> tuple[FloatArray, FloatArray]:
        """Means and variances; Rasmussen & Williams eq. 2.42 for a linear functional."""
        squares, weights = self.bends**2, wanted.weights
        cross = squares[:, None] * (self.whitening @ (_path(self.model.weeks, wanted.weeks) @ weights))
        own = squares * float(weights @ _path(wanted.weeks, wanted.weeks) @ weights)
        target = np.append(wanted.offset, weights @ self.model.shapes(wanted.weeks))
        left = target - np.einsum("gnk,gn->gk", self.basis, cross)
        of_shapes = np.einsum("gk,gk->g", left, np.linalg.solve(self.normal, left[..., None])[..., 0])
        means = self.coefficients @ target + np.einsum("gn,gn->g", cross, self.rest)
        return means, own - np.einsum("gn,gn->g", cross, cross) + of_shapes


def _path(weeks: FloatArray, others: FloatArray) -> FloatArray:
    """Covariance of a random path of unit steps a week between two sets of moments."""
    return np.asarray(np.minimum.outer(weeks, others))


def without_wild(weeks: FloatArray, states: FloatArray, covariance: FloatArray) -> FloatArray:
    """The covariance, larger for a visit that departs from both its neighbours while they agree.

    A visit at which the course jumped is not one: there the neighbours differ. Judged by the departures of the series'
    own visits, so that a series of restless days finds none of its days wild.

    Parameters
    ----------
    weeks, states, covariance : (n,), (n,), (n, n), in time.
    """
    wilder = covariance.copy()
    departures = [_departure(place, weeks, states, covariance) for place in range(1, len(weeks) - 1)]
    usual = max(1.0, _OF_A_MEDIAN * float(np.median([abs(one.in_sd) for one in departures]))) if departures else 1.0
    for place, one in enumerate(departures, start=1):
        if one.neighbours_agree and abs(one.in_sd) > _WILD * usual:
            wilder[place, place] += one.size**2
    return wilder


@dataclass(frozen=True, slots=True)
class _Departure:
    """How far a visit lies from the line between its neighbours."""

    size: float
    in_sd: float
    neighbours_agree: bool


def _departure(place: int, weeks: FloatArray, states: FloatArray, covariance: FloatArray) -> _Departure:
    span = weeks[place + 1] - weeks[place - 1]
    share = 0.5 if span <= 0 else (weeks[place] - weeks[place - 1]) / span
    weights = np.zeros(len(weeks))
    weights[[place - 1, place, place + 1]] = share - 1, 1.0, -share
    size = float(weights @ states)
    sd = float(np.sqrt(weights @ covariance @ weights))
    return _Departure(size, size / sd, abs(states[place + 1] - states[place - 1]) < abs(size))
