"""One measurand on one side along the series: its states, its points, and which of them count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np

from analysis.series.confounding import keeps_out, spoils
from analysis.series.course_clock import CourseClock, day_numbers
from analysis.series.course_model import CourseModel, without_wild
from analysis.series.network import Difference, States, adjust
from analysis.series.plan import baselines
from analysis.series.states import (
    is_ratio,
    to_change,
    to_change_uncertainty,
    to_state,
    to_state_uncertainty,
)
from models.anatomy import Side
from models.arrays import FloatArray
from models.comparison import Change, ChangeRefused, MeasuredChange
from models.confounder import Confounder
from models.measurand import MeasurandCode
from models.series import Point, SeriesPair, SeriesPhoto

_ALIKE: Final = frozenset({"edge following", "scale", "share of the crease", "edge slides over the skin", "highlights"})
"""Sources of error that come with the change or with the face: alike in every photo that shows the same state, so no
number of visits averages them away."""
_NOT_LINKED: Final = "No comparison links this photo with the baseline."


@dataclass(frozen=True, slots=True)
class Course:
    """What all measurands of a series share.

    Parameters
    ----------
    photos : those that can be measured, in time.
    reference : the key of the photo that all were laid on.
    """

    photos: tuple[SeriesPhoto, ...]
    reference: str
    clock: CourseClock
    confounders: tuple[Confounder, ...]
    pairs: tuple[SeriesPair, ...]

    @property
    def last_baseline(self) -> date | None:
        """Day of the last photo of the untreated face."""
        days = [photo.taken_at.date() for photo in baselines(self.photos)]
        return max(days, default=None)


@dataclass(frozen=True, eq=False)
class MeasuredCourse:
    """One measurand on one side over all photos of a course.

    Parameters
    ----------
    least_sd : what one photo's error is at least, in the ``change_unit``, by the clinic's own study.
    """

    course: Course
    measurand: MeasurandCode
    side: Side | None
    least_sd: float = 0.0

    @cached_property
    def states(self) -> States:
        """State of each photo that hangs together with the reference."""
        found = [one for pair in self.course.pairs if (one := self._difference(pair)) is not None]
        floor = self.least_sd / 100 if is_ratio(self.measurand) else self.least_sd
        return adjust(found, self.course.reference, floor)

    @cached_property
    def kept_out(self) -> dict[str, str]:
        """Why photos do not count for this measurand, by their keys."""
        found = {}
        for photo in self.course.photos:
            why = self.course.clock.passing.get(photo.key) or self._confounded(photo)
            if why:
                found[photo.key] = why
        return found

    @cached_property
    def baseline(self) -> tuple[str, ...]:
        """Keys of the photos whose mean is zero."""
        return tuple(
            photo.key
            for photo in baselines(self.course.photos)
            if photo.key in self._place and photo.key not in self.kept_out
        )

    @cached_property
    def model(self) -> CourseModel | None:
        """The course over the induction's photos that count; None where one end of it is missing."""
        photos = self.counting(self.course.clock.induction)
        weeks = np.array([self.course.clock.weeks(photo) for photo in photos])
        if not self.baseline or not np.any(weeks > 0) or not np.any(weeks == 0):
            return None
        days = np.array(day_numbers(photos))
        order = np.argsort(weeks, kind="stable")
        photos, weeks = [photos[index] for index in order], weeks[order]
        at = [self._place[photo.key] for photo in photos]
        states, covariance = self.states.values[at], self.states.covariance[np.ix_(at, at)]
        return CourseModel(weeks, days[order].tolist(), states, without_wild(weeks, states, covariance))

    def counting(self, photos: Sequence[SeriesPhoto]) -> list[SeriesPhoto]:
        """Those that have a state and may speak for the lasting effect."""
        return [photo for photo in photos if photo.key in self._place and photo.key not in self.kept_out]

    def state(self, photo: SeriesPhoto) -> tuple[float, float]:
        """A photo's state, and the standard uncertainty of its own error."""
        place = self._place[photo.key]
        return float(self.states.values[place]), float(np.sqrt(self.states.covariance[place, place]))

    def alike_sd(self, photo: SeriesPhoto) -> float:
        """Standard uncertainty of the photo's change from the reference that other photos of the same state share."""
        for pair in self.course.pairs:
            if (pair.before, pair.after) == (self.course.reference, photo.key):
                result = self._change(pair)
                if isinstance(result, MeasuredChange):
                    alike = sum(t.standard_uncertainty**2 for t in result.error_terms if t.source in _ALIKE) ** 0.5
                    return to_state_uncertainty(self.measurand, result.change, alike)
        return 0.0

    def has(self, photo: SeriesPhoto) -> bool:
        """Whether the photo has a state."""
        return photo.key in self._place

    def spoilt(self, photo: SeriesPhoto) -> bool:
        """Whether make-up or the like hides the measurand on that day."""
        return spoils(self.course.confounders, self.measurand, photo.taken_at.date())

    def difference(self, before: SeriesPhoto, after: SeriesPhoto) -> tuple[float, float]:
        """State of ``after`` less that of ``before``, and its standard uncertainty."""
        weights = np.zeros(len(self.states.keys))
        weights[[self._place[before.key], self._place[after.key]]] = -1.0, 1.0
        return self._weighted(weights)

    def points(self) -> Iterator[Point]:
        """The change from the baseline to each photo, or why there is none."""
        for photo in self.course.photos:
            yield self._point(photo)

    def _point(self, photo: SeriesPhoto) -> Point:
        reason = self.kept_out.get(photo.key, "")
        if not self.baseline or photo.key not in self._place:
            why = self._refusal(photo) if self.baseline else "No baseline photo carries this measure."
            return Point(photo.key, photo.taken_at, photo.phase, None, None, counts=False, reason=why)
        state, sd = self._weighted(self._from_baseline(photo.key))
        return Point(
            photo.key,
            photo.taken_at,
            photo.phase,
            to_change(self.measurand, state),
            to_change_uncertainty(self.measurand, state, sd),
            counts=not reason,
            reason=reason,
        )

    def _from_baseline(self, key: str) -> FloatArray:
        weights = np.zeros(len(self.states.keys))
        weights[self._place[key]] = 1.0
        for one in self.baseline:
            weights[self._place[one]] -= 1.0 / len(self.baseline)
        return weights

    def _weighted(self, weights: FloatArray) -> tuple[float, float]:
        variance = float(weights @ self.states.covariance @ weights)
        return float(weights @ self.states.values), max(variance, 0.0) ** 0.5

    @cached_property
    def _place(self) -> dict[str, int]:
        """Of each photo among the states; without any pair, the reference alone says nothing."""
        return {key: place for place, key in enumerate(self.states.keys)} if len(self.states.keys) > 1 else {}

    def _confounded(self, photo: SeriesPhoto) -> str:
        return keeps_out(self.course.confounders, self.measurand, photo.taken_at.date(), self.course.last_baseline)

    def _difference(self, pair: SeriesPair) -> Difference | None:
        result = self._change(pair)
        if not isinstance(result, MeasuredChange):
            return None
        value = to_state(self.measurand, result.change)
        sd = to_state_uncertainty(self.measurand, result.change, result.standard_uncertainty)
        return Difference(pair.before, pair.after, value, sd)

    def _change(self, pair: SeriesPair) -> MeasuredChange | ChangeRefused | None:
        return next((one.result for one in pair.changes if _is(one, self.measurand, self.side)), None)

    def _refusal(self, photo: SeriesPhoto) -> str:
        """Why the photo has no state, as its comparison with the reference told it."""
        for pair in self.course.pairs:
            if pair.before == self.course.reference and pair.after == photo.key:
                result = self._change(pair)
                return result.reason if isinstance(result, ChangeRefused) else pair.incomparable or _NOT_LINKED
        return _NOT_LINKED


def _is(change: Change, measurand: MeasurandCode, side: Side | None) -> bool:
    return change.measurand is measurand and change.side is side
