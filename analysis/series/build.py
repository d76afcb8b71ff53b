"""The table of contents of a series: from compared pairs to what a course did, how sure, and what else it may be."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from analysis.series.course_clock import CourseClock
from analysis.series.due import next_due
from analysis.series.effects import (
    acute_effect,
    after_course_effect,
    cumulative_effect,
    maintenance_effect,
    trend_of,
)
from analysis.series.exclusion import exclusions
from analysis.series.judgement import judged
from analysis.series.measured import Course, MeasuredCourse
from analysis.series.notes import no_baseline, notes_of
from analysis.series.plan import baselines, in_time, plan_series
from models.anatomy import Side
from models.confounder import Confounder
from models.course import MICROCURRENT, Protocol
from models.measurand import MEASURANDS, MeasurandCode
from models.series import MeasurandSeries, Series, SeriesPair, SeriesPhoto, SeriesVisit

_NO_FLOORS: Final[Mapping[MeasurandCode, float]] = MappingProxyType({})


def build_series(
    photos: Sequence[SeriesPhoto],
    pairs: Sequence[SeriesPair],
    *,
    protocol: Protocol = MICROCURRENT,
    confounders: Sequence[Confounder] = (),
    floors: Mapping[MeasurandCode, float] = _NO_FLOORS,
) -> Series:
    """What a course did to one face.

    Parameters
    ----------
    photos : all frontal ones of the course.
    pairs : what was compared of :func:`analysis.series.plan.plan_series`; what is missing makes intervals wider.
    floors : SD of one photo by the clinic's own study of re-captures, in the measurand's ``change_unit``.
    """
    photos = sorted(photos, key=in_time)
    plan = plan_series(photos)
    excluded = exclusions(photos, plan.reference, pairs)
    visits = tuple(SeriesVisit(photo, excluded.get(photo.key, "")) for photo in photos)
    due = next_due(photos, protocol)
    usable = tuple(visit.photo for visit in visits if not visit.excluded_because)
    if plan.reference is None:
        return Series((), None, visits, (), no_baseline(visits), due)
    linked = tuple(pair for pair in pairs if not {pair.before, pair.after} & excluded.keys())
    course = Course(usable, plan.reference, CourseClock.of(usable, protocol), tuple(confounders), linked)
    measured = [
        MeasuredCourse(course, measurand, side, floors.get(measurand, 0.0)) for measurand, side in _measurands(pairs)
    ]
    told = judged([_told(one) for one in measured])
    notes = notes_of(course, visits, measured, told)
    return Series(tuple(one.key for one in baselines(usable)), plan.reference, visits, told, notes, due)


def _measurands(pairs: Sequence[SeriesPair]) -> Iterator[tuple[MeasurandCode, Side | None]]:
    """Those that any pair tells of, in the catalogue's order."""
    found = {(change.measurand, change.side) for pair in pairs for change in pair.changes}
    for code in MEASURANDS:
        for side in (*Side, None):
            if (code, side) in found:
                yield code, side


def _told(measured: MeasuredCourse) -> MeasurandSeries:
    cumulative = cumulative_effect(measured)
    return MeasurandSeries(
        measured.measurand,
        measured.side,
        tuple(measured.points()),
        cumulative=cumulative,
        acute=acute_effect(measured),
        after_course=after_course_effect(measured, cumulative),
        maintenance=maintenance_effect(measured),
        trend=trend_of(measured),
    )
