"""What a series claims of one measurand: the lasting effect, the passing one, and what became of it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from analysis.series.decay import HalfLife, half_life
from analysis.series.measured import MeasuredCourse
from analysis.series.states import to_change, to_change_uncertainty
from models.comparison import Verdict
from models.course import Phase
from models.measurand import MeasurandCode
from models.series import DETECTABLE, Effect, SeriesPhoto, Trend

_DEVIATIONS_95: Final = 1.959964
_SAME_SESSION: Final = timedelta(hours=12)


def cumulative_effect(measured: MeasuredCourse) -> Effect | None:
    """The lasting effect at the last photo of the induction that counts, against the untreated face."""
    model, end = measured.model, end_of(measured)
    if model is None or end is None:
        return None
    found = model.end(measured.course.clock.weeks(end))
    effect = _effect(measured.measurand, found.mean, found.sd, end.taken_at, len(model.weeks))
    return replace(effect, reason=_stops_short(measured, end))


def end_of(measured: MeasuredCourse) -> SeriesPhoto | None:
    """The photo at whose time the lasting effect is told."""
    clock = measured.course.clock
    treated = [photo for photo in measured.counting(clock.induction) if clock.weeks(photo) > 0]
    return treated[-1] if treated else None


def acute_effect(measured: MeasuredCourse) -> Effect | None:
    """What a session does at once: right after it against right before it, over all sessions that show both."""
    pairs = [
        (before, after)
        for after in measured.course.photos
        if after.phase is Phase.IMMEDIATELY_AFTER and (before := _right_before(measured, after)) is not None
    ]
    if not pairs:
        return None
    found = [measured.difference(before, after) for before, after in pairs]
    mean, sd = _pooled(found)
    return _effect(measured.measurand, mean, sd, pairs[-1][1].taken_at, len(pairs))


def after_course_effect(measured: MeasuredCourse, cumulative: Effect | None) -> Effect | None:
    """What became of the effect by the last follow-up, against the end of the course."""
    later, level = measured.counting(measured.course.clock.later), _end_level(measured)
    if not later or level is None or cumulative is None:
        return None
    state, sd = measured.state(later[-1])
    effect = _effect(measured.measurand, state - level[0], math.hypot(sd, *level[1:]), later[-1].taken_at, len(later))
    half = _half_life(measured, later) if {cumulative.own_verdict, effect.own_verdict} <= DETECTABLE else None
    if half is None:
        return effect
    return replace(effect, half_life_weeks=half.weeks, half_life_ci95=half.ci95)


def maintenance_effect(measured: MeasuredCourse) -> Effect | None:
    """The mean state at the maintenance visits against the end of the induction: zero where it was held."""
    kept, level = measured.counting(measured.course.clock.maintenance), _end_level(measured)
    if not kept or level is None:
        return None
    value, end_sd, day_sd = level
    mean, sd = _pooled([(state - value, math.hypot(own, day_sd)) for state, own in map(measured.state, kept)])
    return _effect(measured.measurand, mean, math.hypot(sd, end_sd), kept[-1].taken_at, len(kept))


def trend_of(measured: MeasuredCourse) -> Trend | None:
    """The average change a week over the induction; it takes two treated visits."""
    model = measured.model
    if model is None or len(np.unique(model.weeks)) < 3:  # noqa: PLR2004  the untreated face and two visits
        return None
    found = model.slope()
    # Of a ratio, the slope of its logarithm, told in per cent a week.
    per_week, sd = (to_change(measured.measurand, found.mean), _sd(measured.measurand, found.mean, found.sd))
    half_width = _DEVIATIONS_95 * sd
    scatter = _sd(measured.measurand, 0.0, model.day_sd)
    return Trend(per_week, half_width, len(model.weeks), scatter, _verdict(per_week, half_width))


def _effect(measurand: MeasurandCode, state: float, sd: float, at: datetime, n: int) -> Effect:
    change, uncertainty = to_change(measurand, state), _sd(measurand, state, sd)
    half_width = _DEVIATIONS_95 * uncertainty
    p_value = math.erfc(abs(change) / uncertainty / math.sqrt(2)) if uncertainty > 0 else float(change == 0)
    return Effect(change, uncertainty, half_width, _verdict(change, half_width), p_value, at, n)


def _sd(measurand: MeasurandCode, state: float, sd: float) -> float:
    return to_change_uncertainty(measurand, state, sd)


def _verdict(change: float, half_width: float) -> Verdict:
    if abs(change) <= half_width:
        return Verdict.WITHIN_MEASUREMENT_ERROR
    return Verdict.DETECTABLE_INCREASE if change > 0 else Verdict.DETECTABLE_DECREASE


def _pooled(found: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Weighted mean, its standard uncertainty widened where the values scatter more than theirs say (Birge 1932)."""
    values, sds = (np.array(part) for part in zip(*found, strict=True))
    weights = 1 / sds**2
    mean = float(weights @ values / weights.sum())
    birge = float(np.sqrt(weights @ (values - mean) ** 2 / (len(values) - 1))) if len(values) > 1 else 1.0
    return mean, max(1.0, birge) / float(np.sqrt(weights.sum()))


def _right_before(measured: MeasuredCourse, after: SeriesPhoto) -> SeriesPhoto | None:
    """The last photo of that day that shows no passing effect."""
    passing = measured.course.clock.passing
    earlier = [
        photo
        for photo in measured.course.photos
        if photo.key not in passing
        and photo.taken_at.date() == after.taken_at.date()
        and timedelta(0) < after.taken_at - photo.taken_at < _SAME_SESSION
        and measured.has(photo)
    ]
    return earlier[-1] if earlier and measured.has(after) and not measured.spoilt(after) else None


def _end_level(measured: MeasuredCourse) -> tuple[float, float, float] | None:
    """The state that the course left, its standard uncertainty, and what one more day's photo differs by itself."""
    model, end = measured.model, end_of(measured)
    if model is None or end is None:
        return None
    level = model.of(model.level_at(measured.course.clock.weeks(end)))
    return level.mean, level.sd, model.residual_of_day()


def _half_life(measured: MeasuredCourse, later: Sequence[SeriesPhoto]) -> HalfLife | None:
    model, end = measured.model, end_of(measured)
    if model is None or end is None:
        return None
    clock, untreated = measured.course.clock, model.of(model.level_at(0.0))
    left = model.end(clock.weeks(end))
    found = [(clock.weeks_after(end), left.mean, left.sd)]
    for photo in later:
        state, sd = measured.state(photo)
        found.append((clock.weeks_after(photo), state - untreated.mean, math.hypot(sd, untreated.sd)))
    weeks, effects, sds = zip(*found, strict=True)
    return half_life([week - weeks[0] for week in weeks], effects, sds)


def _stops_short(measured: MeasuredCourse, end: SeriesPhoto) -> str:
    """That later photos of the course do not count here, and why."""
    left_out = [
        photo
        for photo in measured.course.clock.induction
        if photo.taken_at > end.taken_at and (photo.key in measured.kept_out or not measured.has(photo))
    ]
    if not left_out:
        return ""
    why = measured.kept_out.get(left_out[0].key) or "later photos do not carry this measure."
    return f"Told as of {end.taken_at.day} {end.taken_at:%B %Y}. {why[0].upper()}{why[1:]}"
