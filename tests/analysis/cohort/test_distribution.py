"""A clinic's courses, told without telling of anyone."""

import numpy as np
import pytest

from analysis.cohort import summarise
from models.anatomy import Side
from models.cohort import CohortChange, CohortMember
from models.comparison import Verdict
from models.measurand import MeasurandCode

UP, DOWN, WITHIN = Verdict.DETECTABLE_INCREASE, Verdict.DETECTABLE_DECREASE, Verdict.WITHIN_MEASUREMENT_ERROR


def member(size: float, kind: str = "microcurrent", verdict: Verdict = WITHIN, side: Side = Side.LEFT) -> CohortMember:
    return CohortMember(kind, (CohortChange(MeasurandCode.MRD1, side, size, 0.1, verdict),))


def test_median_quartiles_and_directions_are_those_of_the_subjects():
    sizes = [(-0.5, DOWN), (0.1, WITHIN), (0.2, WITHIN), (0.6, UP), (0.9, UP)]
    (found,) = summarise([member(size, verdict=verdict) for size, verdict in sizes]).whole.measures
    assert (found.n, found.median, found.quartiles) == (5, 0.2, (0.1, 0.6))
    assert (found.increased.count, found.decreased.count, found.either.count) == (2, 1, 3)
    assert found.expected_either == pytest.approx(0.25)
    assert [dot.change for dot in found.dots] == [-0.5, 0.1, 0.2, 0.6, 0.9]


def test_of_fewer_than_five_subjects_nothing_is_shown_but_how_many_are_missing():
    whole = summarise([member(0.1)] * 3).whole
    assert (whole.subjects, whole.missing, whole.measures) == (3, 2, ())
    assert summarise([]).whole.missing == 5


def test_a_measure_of_too_few_subjects_is_not_shown_beside_those_of_enough():
    members = [*[member(0.1)] * 5, *[member(0.1, side=Side.RIGHT)] * 4]
    whole = summarise(members).whole
    assert [one.side for one in whole.measures] == [Side.LEFT]
    assert [(one.side, one.missing) for one in whole.too_few] == [(Side.RIGHT, 1)]


def test_kinds_of_protocol_are_told_apart():
    cohort = summarise([*[member(0.1)] * 6, *[member(0.9, "radio frequency")] * 5])
    assert [(group.kind, group.subjects) for group in cohort.kinds] == [("microcurrent", 6), ("radio frequency", 5)]
    assert [group.measures[0].median for group in cohort.kinds] == pytest.approx([0.1, 0.9])
    assert (cohort.whole.subjects, cohort.left_out) == (11, 0)


def test_a_small_kind_cannot_be_had_by_subtracting_the_others_from_the_whole():
    cohort = summarise([*[member(0.1)] * 6, *[member(0.9, "rare")] * 2])
    assert (cohort.whole.subjects, cohort.left_out) == (6, 2)
    assert all(dot.change == 0.1 for dot in cohort.whole.measures[0].dots)
    assert cohort.kinds[1].measures == ()


def test_small_kinds_that_are_enough_together_are_in_the_whole():
    small = [member(0.9, f"kind {number % 2}") for number in range(6)]
    cohort = summarise([*[member(0.1)] * 6, *small])
    assert (cohort.whole.subjects, cohort.left_out) == (12, 0)


def test_small_kinds_alone_are_the_whole():
    cohort = summarise([member(0.9, f"kind {number % 3}") for number in range(9)])
    assert cohort.whole.subjects == 9
    assert all(group.measures == () for group in cohort.kinds)


def test_the_mean_of_subjects_without_any_change_is_zero_in_95_of_100_cohorts():
    # 400 cohorts of twelve: three standard errors of a share of 0.95 are 0.033.
    rng, held = np.random.default_rng(1), 0
    for _ in range(400):
        cohort = summarise([member(size) for size in rng.normal(0, 0.2, 12)])
        low, high = cohort.whole.measures[0].effects.ci95
        held += low <= 0 <= high
    assert held / 400 == pytest.approx(0.95, abs=0.033)
