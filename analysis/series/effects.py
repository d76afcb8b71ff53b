"""What a series claims of one measurand: the lasting effect, the passing one, and what became of it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from analysis.series.course_clock import SAME_DAY, day_numbers
from analysis.series.course_model import Posterior
from analysis.series.decay import HalfLife, half_life
from analysis.series.measured import MeasuredCourse
from analysis.series.states import to_change, to_change_uncertainty
from models.comparison import Verdict
from models.course import Phase
from models.measurand import MeasurandCode
from models.series import DETECTABLE, Effect, SeriesPhoto, Trend

_LATE_WEEKS: Final = 2.0
"""A follow-up later than this after the last session may have lost part of the effect: two of the usual weekly
intervals, as :mod:`analysis.series.course_clock` ends a course."""


def cumulative_effect(measured: MeasuredCourse) -> Effect | None:
    """The lasting effect at the last photo of the induction that counts, against the untreated face."""
    model, end = measured.model, end_of(measured)
    if model is None or end is None:
        return None
    found = model.end(measured.course.clock.weeks(end))
    effect = _effect(measured.measurand, found, end.taken_at, len(model.weeks), measured.alike_sd(end))
    return replace(effect, reason=_when(measured, end))


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
    return _effect(measured.measurand, _normal(*_pooled(found)), pairs[-1][1].taken_at, len(pairs))


def after_course_effect(measured: MeasuredCourse, cumulative: Effect | None) -> Effect | None:
    """What became of the effect by the last follow-up, against the end of the course."""
    later = measured.counting(measured.course.clock.later)
    if not later or cumulative is None:
        return None
    found = _against_end(measured, *measured.state(later[-1]), days=1)
    if found is None:
        return None
    alike = _alike_apart(measured, later[-1])
    effect = _effect(measured.measurand, found, later[-1].taken_at, len(later), alike)
    half = _half_life(measured, later) if {cumulative.own_verdict, effect.own_verdict} <= DETECTABLE else None
    if half is None:
        return effect
    return replace(effect, half_life_weeks=half.weeks, half_life_ci95=half.ci95)


def maintenance_effect(measured: MeasuredCourse) -> Effect | None:
    """The mean state at the maintenance visits against the end of the induction: zero where it was held."""
    kept = measured.counting(measured.course.clock.maintenance)
    if not kept:
        return None
    days = max(day_numbers(kept))
    found = _against_end(measured, *_pooled([measured.state(photo) for photo in kept]), days=days)
    if found is None:
        return None
    return _effect(measured.measurand, found, kept[-1].taken_at, len(kept), _alike_apart(measured, kept[-1]))


def trend_of(measured: MeasuredCourse) -> Trend | None:
    """The average change a week over the induction; it takes two treated visits."""
    model = measured.model
    if model is None or len(np.unique(model.weeks)) < 3:  # noqa: PLR2004  the untreated face and two visits
        return None
    end = end_of(measured)
    shared = 0.0 if end is None else measured.alike_sd(end) / max(measured.course.clock.weeks(end), 1.0)
    found = model.slope().with_shared(shared)
    # Of a ratio, the slope of its logarithm, told in per cent a week.
    per_week, half_width = to_change(measured.measurand, found.mean), _sd(measured, found.mean, found.half_width)
    return Trend(
        per_week,
        half_width,
        len(model.weeks),
        _sd(measured, 0.0, model.day_sd),
        _verdict(per_week, half_width),
    )


def _effect(measurand: MeasurandCode, found: Posterior, at: datetime, n: int, alike_sd: float = 0.0) -> Effect:
    """The effect; errors that go with the change widen its interval, and cannot make a change where there is none."""
    told, change = found.with_shared(alike_sd), to_change(measurand, found.mean)
    uncertainty, half_width = (to_change_uncertainty(measurand, told.mean, one) for one in (told.sd, told.half_width))
    return Effect(change, uncertainty, half_width, _verdict(change, half_width), found.p_value, at, n)


def _normal(mean: float, sd: float) -> Posterior:
    return Posterior(np.ones(1), np.array([mean]), np.array([sd]))


def _sd(measured: MeasuredCourse, state: float, sd: float) -> float:
    return to_change_uncertainty(measured.measurand, state, sd)


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
        and timedelta(0) < after.taken_at - photo.taken_at < SAME_DAY
        and measured.has(photo)
    ]
    return earlier[-1] if earlier and measured.has(after) and not measured.spoilt(after) else None


def _against_end(measured: MeasuredCourse, state: float, photo_sd: float, days: int) -> Posterior | None:
    """A later state, mean of photos of so many days, less the one that the course left."""
    model, end = measured.model, end_of(measured)
    if model is None or end is None:
        return None
    level = model.level_at(measured.course.clock.weeks(end))
    return model.of(level, photo_sd, days).taken_from(state)


def _alike_apart(measured: MeasuredCourse, later: SeriesPhoto) -> float:
    """What the errors that go with the change add between the end of the course and a later photo."""
    end = end_of(measured)
    return 0.0 if end is None else abs(measured.alike_sd(end) - measured.alike_sd(later))


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


def _when(measured: MeasuredCourse, end: SeriesPhoto) -> str:
    """What is to be known of the time at which the lasting effect is told."""
    return f"{_stops_short(measured, end)} {_is_late(measured, end)}".strip()


def _is_late(measured: MeasuredCourse, end: SeriesPhoto) -> str:
    """That the end of the course was photographed late, where nobody did so at once."""
    weeks = measured.course.clock.weeks_after(end)
    if end.phase is not Phase.FOLLOW_UP or weeks <= _LATE_WEEKS:
        return ""
    return f"Told {weeks:.0f} weeks after the last session that photos tell of: part of it may be gone by then."


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
