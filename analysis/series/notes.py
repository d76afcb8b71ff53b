"""What a series has to say beside its figures: what it does not carry, and what would."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from analysis.series.confounding import confounder_notes, time_of_day_notes
from analysis.series.effects import end_of
from analysis.series.measured import Course, MeasuredCourse
from analysis.series.plan import baselines
from models.course import Phase
from models.measurand import MEASURANDS, Family, MeasurandCode
from models.series import DETECTABLE, MeasurandSeries, Note, NoteCode, SeriesPhoto, SeriesVisit

_DRIFT_MM: Final = 0.65
"""Untreated lids were published to differ between two visits by 0.3 to 0.65 mm."""
_LEAST_DAYS: Final = 2
_STEP: Final = 4.0
"""A step is told where it is so many standard errors larger than the course's usual one."""
_OF_A_MEDIAN: Final = 1.4826
_FEWEST_STEPS: Final = 4
_FEWEST_LOOPS: Final = 3


def notes_of(
    course: Course, visits: Sequence[SeriesVisit], measured: Sequence[MeasuredCourse], told: Sequence[MeasurandSeries]
) -> tuple[Note, ...]:
    """Every note, the confounders' first."""
    return (
        *confounder_notes(course.confounders, course.photos, course.last_baseline),
        *time_of_day_notes(course.photos, course.confounders),
        *_steps(measured),
        *_excluded(visits),
        *_baseline(course, told),
        *_missing(course, told),
        *_quality(measured),
    )


def no_baseline(visits: Sequence[SeriesVisit]) -> tuple[Note, ...]:
    """The notes of a series without any photo that could be its baseline."""
    says = (
        "No photo of the untreated face can be measured, so there is nothing to compare with. Send one of the phase "
        "baseline, or the one taken before the first session with treatment number 1."
    )
    return (Note(NoteCode.NO_BASELINE, says), *_excluded(visits))


def _excluded(visits: Sequence[SeriesVisit]) -> Iterator[Note]:
    out = [visit.photo for visit in visits if visit.excluded_because]
    if out:
        days = ", ".join(f"{photo.taken_at.day} {photo.taken_at:%B %Y}" for photo in out[:4])
        more = "" if len(out) <= 4 else f" and {len(out) - 4} more"  # noqa: PLR2004
        count = "photos counts" if len(out) == 1 else "photos count"
        says = f"{len(out)} of {len(visits)} {count} for nothing ({days}{more}); each says why."
        yield Note(NoteCode.VISITS_EXCLUDED, says, out[0].taken_at.date(), out[-1].taken_at.date())


def _baseline(course: Course, told: Sequence[MeasurandSeries]) -> Iterator[Note]:
    untreated = [photo for photo in course.photos if course.clock.weeks(photo) == 0]
    days = {photo.taken_at.date() for photo in untreated if photo.key not in course.clock.passing}
    if len(baselines(course.photos)) == 1:
        says = (
            "The baseline is one photo, and its error is in every change. Two or three, with the subject standing up "
            "and sitting down again in between, would halve that error's share."
        )
        yield Note(NoteCode.ONE_BASELINE, says)
    if len(days) < _LEAST_DAYS:
        small = tuple(dict.fromkeys(one.measurand for one in told if _is_small_lid_change(one)))
        if small:
            says = (
                f"Untreated lids differ by 0.3 to {_DRIFT_MM} mm from one day to another, and the untreated face was "
                "photographed on one day alone. A smaller change is beyond measurement error and still not beyond "
                "that; a baseline on two or three days would tell them apart."
            )
            yield Note(NoteCode.UNTREATED_DRIFT, says, measurands=small)


def _is_small_lid_change(one: MeasurandSeries) -> bool:
    lids = MEASURANDS[one.measurand].family is Family.EYELIDS
    effect = one.cumulative
    return lids and effect is not None and effect.verdict in DETECTABLE and abs(effect.change) < _DRIFT_MM


def _missing(course: Course, told: Sequence[MeasurandSeries]) -> Iterator[Note]:
    phases = {photo.phase for photo in course.photos}
    if all(one.cumulative is None for one in told):
        yield Note(
            NoteCode.NO_END_OF_COURSE,
            "No photo after the first session shows what lasts: it takes one taken before a later session, or days "
            "after the last one.",
        )
    if all(one.acute is None for one in told):
        yield Note(NoteCode.NO_ACUTE_PAIR, _NO_ACUTE[Phase.IMMEDIATELY_AFTER in phases])
    if all(one.after_course is None for one in told):
        yield Note(
            NoteCode.NO_FOLLOW_UP,
            "What became of the effect after the course is not known: it takes a follow-up some weeks after the last "
            "session, without maintenance in between.",
        )
    elif all(one.after_course is None or one.after_course.half_life_weeks is None for one in told):
        yield Note(NoteCode.NO_HALF_LIFE, _no_half_life(len(course.clock.later)))
    if all(one.maintenance is None for one in told):
        yield Note(NoteCode.NO_MAINTENANCE, "No photo of a maintenance visit says whether the effect was held.")
    if all(one.trend is None for one in told):
        yield Note(
            NoteCode.NO_TREND,
            "A trend takes the untreated face and at least two visits of the course; one more visit would carry it."
            if any(one.cumulative is not None for one in told)
            else "A trend takes the untreated face and at least two visits of the course.",
        )


_NO_ACUTE: Final = {
    True: "The passing effect of a session is not known: the photo right after it has no sound one of the same day "
    "from before it beside it.",
    False: "The passing effect of a session is not known: no photo was taken right after one.",
}


def _no_half_life(later: int) -> str:
    if later < 2:  # noqa: PLR2004  one fits any half-life
        return "One follow-up fits any half-life: one more, some weeks later, would carry it."
    return "The follow-ups do not bound a half-life: the loss is too small against their errors, or is none."


def _quality(measured: Sequence[MeasuredCourse]) -> Iterator[Note]:
    open_loops = tuple(dict.fromkeys(one.measurand for one in measured if _is_open(one)))
    if open_loops:
        says = (
            "Comparing these photos in another order gives another change, by more than the intervals of the "
            "comparisons allow. The series' intervals are wider for it; look at the photos."
        )
        yield Note(NoteCode.LOOPS_OPEN, says, measurands=open_loops)
    floored = tuple(dict.fromkeys(one.measurand for one in measured if one.least_sd > 0))
    if floored:
        says = "No photo counts as more repeatable than the clinic's own study of re-captures found."
        yield Note(NoteCode.CLINIC_REPEATABILITY, says, measurands=floored)


def _is_open(one: MeasuredCourse) -> bool:
    return one.states.redundant >= _FEWEST_LOOPS and one.states.misfit > 1


def _steps(measured: Sequence[MeasuredCourse]) -> Iterator[Note]:
    """That something jumped between two visits, as a filler nobody recorded would make it."""
    found: dict[tuple[MeasurandCode, SeriesPhoto, SeriesPhoto], list[str]] = {}
    for one in measured:
        step = _step(one)
        if step is not None:
            found.setdefault((one.measurand, *step), []).extend([one.side] if one.side else [])
    for (measurand, before, after), sides in found.items():
        where = MEASURANDS[measurand].name + (f", {' and '.join(sides)}" if sides else "")
        says = (
            f"{where}: a step between {before.taken_at.day} {before.taken_at:%B} and {after.taken_at.day} "
            f"{after.taken_at:%B %Y}, unlike the rest of the course. A course works by degrees: ask for a filler, "
            "toxin, another device or another way of taking the photo."
        )
        yield Note(NoteCode.STEP, says, before.taken_at.date(), after.taken_at.date(), (measurand,))


def _step(measured: MeasuredCourse) -> tuple[SeriesPhoto, SeriesPhoto] | None:
    """The two photos between which the measurand jumped, and stayed."""
    photos = measured.counting(measured.course.clock.induction)
    if end_of(measured) is None or len(photos) <= _FEWEST_STEPS:
        return None
    steps = [measured.difference(*pair) for pair in pairwise(photos)]
    sizes, sds = (np.array(part) for part in zip(*steps, strict=True))
    usual = float(np.median(sizes))
    spread = max(float(np.median(sds)), _OF_A_MEDIAN * float(np.median(np.abs(sizes - usual))))
    place = int(np.argmax(np.abs(sizes - usual)))
    lasting = abs(measured.difference(photos[0], photos[-1])[0]) > abs(sizes[place]) / 2
    jumped = abs(sizes[place] - usual) >= _STEP * max(spread, float(sds[place]))
    return (photos[place], photos[place + 1]) if jumped and lasting else None
