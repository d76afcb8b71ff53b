"""A study finds the errors that were put into its photos."""

from itertools import combinations

import numpy as np
import pytest

from analysis.repeatability import evaluate, pairs_to_compare, why_too_few
from analysis.repeatability.within import degrees_of_freedom, further_photos, interval_factors
from models.anatomy import Side
from models.measurand import MeasurandCode
from models.measurement import NotAssessable
from models.repeatability import Cell, Recapture, RecapturePair

LEFT, RIGHT = Cell(MeasurandCode.MRD1, Side.LEFT), Cell(MeasurandCode.MRD1, Side.RIGHT)
FOLD = Cell(MeasurandCode.NASOLABIAL_FOLD_DEPTH, Side.LEFT)
WIDTH = Cell(MeasurandCode.LOWER_FACE_WIDTH, None)


def photos(count: int, person: str = "p", group: str = "") -> list[Recapture]:
    return [Recapture(f"{person}{group}{number:02}", person, group, {}) for number in range(count)]


def compared(shots: list[Recapture], value: dict[str, float], cell: Cell = WIDTH) -> list[RecapturePair]:
    return [RecapturePair(a, b, {cell: value[b] - value[a]}) for a, b in pairs_to_compare(shots)]


def only(result, side: Side | None = None, *, pooled: bool = False):
    (found,) = (one for one in result.measures if one.side is side and one.pooled is pooled)
    return found


def test_the_sem_of_one_persons_photos_is_their_standard_deviation():
    shots, rng = photos(8), np.random.default_rng(1)
    value = dict(zip((shot.key for shot in shots), rng.normal(100, 2, 8), strict=True))
    found = only(evaluate(shots, compared(shots, value)))
    assert found.spread.sem == pytest.approx(np.std(list(value.values()), ddof=1))
    assert found.spread.degrees_of_freedom == pytest.approx(7)
    assert found.spread.pairs == 28
    assert "two or more persons" in found.icc.reason


def test_persons_are_pooled_by_their_degrees_of_freedom():
    shots = [*photos(3, "a"), *photos(2, "b")]
    value = {"a00": 1.0, "a01": 2.0, "a02": 3.0, "b00": 50.0, "b01": 54.0}
    found = only(evaluate(shots, compared(shots, value)))
    assert found.spread.sem**2 == pytest.approx((2 * 1.0 + 1 * 8.0) / 3)


@pytest.mark.parametrize("count", [4, 10, 11, 30])
def test_the_interval_holds_the_true_sem_in_95_of_100_studies(count):
    # 2000 studies: 95 ± 1.5 % allows three standard errors of a share of 0.95.
    shots, rng, held = photos(count), np.random.default_rng(2), 0
    keys, pairs = [shot.key for shot in shots], pairs_to_compare(shots)
    low, high = interval_factors(degrees_of_freedom([sum(key in pair for pair in pairs) for key in keys]))
    for _ in range(2000):
        value = dict(zip(keys, rng.normal(0, 1, count), strict=True))
        sem = float(np.sqrt(np.mean([(value[b] - value[a]) ** 2 for a, b in pairs]) / 2))
        held += low * sem <= 1 <= high * sem
    assert held / 2000 == pytest.approx(0.95, abs=0.015)


def test_loops_that_do_not_close_count_as_error_of_the_pairs():
    shots = photos(10)
    rng = np.random.default_rng(3)
    pairs = [RecapturePair(a, b, {WIDTH: float(rng.normal(0, 1))}) for a, b in pairs_to_compare(shots)]
    found = only(evaluate(shots, pairs))  # each pair has an error of its own of SD 1, and reports tell pairs
    assert found.spread.sem == pytest.approx(2**-0.5, rel=0.25)


def test_up_to_ten_photos_are_all_compared_and_more_in_proportion():
    assert set(pairs_to_compare(photos(10))) == set(combinations([shot.key for shot in photos(10)], 2))
    assert [len(pairs_to_compare(photos(count))) for count in (11, 40, 80)] == [44, 160, 320]


def test_no_pair_is_compared_twice_and_none_between_persons():
    pairs = pairs_to_compare([*photos(13, "a"), *photos(4, "b")])
    assert len(set(pairs)) == len(pairs)
    assert all(before[0] == after[0] and before < after for before, after in pairs)


def test_a_refused_figure_is_counted_and_not_made_up():
    shots = photos(4)
    pairs = compared(shots, {"p00": 0.0, "p01": 0.1, "p02": 0.3, "p03": 0.2})
    pairs = [RecapturePair(p.before, p.after, {WIDTH: None}) if "p03" in p.after else p for p in pairs]
    found = only(evaluate(shots, pairs))
    assert (found.spread.pairs, found.refused) == (3, 3)
    assert found.spread.degrees_of_freedom == pytest.approx(2)


def test_a_figure_that_no_pair_gave_is_not_assessable():
    shots = photos(3)
    result = evaluate(shots, [RecapturePair(a, b, {WIDTH: None}) for a, b in pairs_to_compare(shots)])
    assert isinstance(only(result).spread, NotAssessable)
    assert only(result).floor is None


def test_sides_that_err_alike_are_no_more_than_one_side():
    shots, rng = photos(9), np.random.default_rng(4)
    value = dict(zip((shot.key for shot in shots), rng.normal(0, 1, 9), strict=True))
    alike = [
        RecapturePair(a, b, {LEFT: value[b] - value[a], RIGHT: value[b] - value[a]}) for a, b in pairs_to_compare(shots)
    ]
    both = only(evaluate(shots, alike), pooled=True)
    assert both.spread.degrees_of_freedom == pytest.approx(8)
    assert both.spread.sem == pytest.approx(only(evaluate(shots, alike), Side.LEFT).spread.sem)


def test_sides_that_err_apart_are_nearly_twice_one_side():
    shots, rng = photos(60), np.random.default_rng(5)
    left, right = (dict(zip((s.key for s in shots), rng.normal(0, 1, 60), strict=True)) for _ in range(2))
    apart = [
        RecapturePair(a, b, {LEFT: left[b] - left[a], RIGHT: right[b] - right[a]}) for a, b in pairs_to_compare(shots)
    ]
    result = evaluate(shots, apart)
    one, both = only(result, Side.LEFT), only(result, pooled=True)
    assert 1.8 < both.spread.degrees_of_freedom / one.spread.degrees_of_freedom <= 2


def test_a_ratio_is_told_in_hundredths_of_its_logarithm_so_that_its_direction_does_not_matter():
    shots, value = photos(3), {"p00": 1.0, "p01": 2.0, "p02": 4.0}
    there = [RecapturePair(a, b, {FOLD: 100 * (value[b] / value[a] - 1)}) for a, b in pairs_to_compare(shots)]
    back = [RecapturePair(b, a, {FOLD: 100 * (value[a] / value[b] - 1)}) for a, b in pairs_to_compare(shots)]
    sems = [only(evaluate(shots, pairs), Side.LEFT).spread.sem for pairs in (there, back)]
    assert sems == pytest.approx([100 * np.log(2)] * 2)


def test_a_ratio_below_nothing_is_refused():
    shots = photos(3)
    result = evaluate(shots, [RecapturePair(a, b, {FOLD: -120.0}) for a, b in pairs_to_compare(shots)])
    assert only(result, Side.LEFT).refused == 3


def test_persons_are_told_apart_by_single_photos():
    shots = [
        Recapture(f"{person}{number}", person, "", {WIDTH: base + error})
        for person, base in (("a", 100.0), ("b", 110.0), ("c", 120.0))
        for number, error in enumerate(np.random.default_rng(ord(person)).normal(0, 0.5, 3))
    ]
    value = {shot.key: shot.values[WIDTH] for shot in shots}
    icc = only(evaluate(shots, compared(shots, value))).icc
    assert icc.value > 0.98
    assert (icc.persons, icc.captures) == (3, 3)
    assert icc.ci95[0] < icc.value < icc.ci95[1]


def test_the_correlation_rests_on_the_largest_complete_table():
    shots = [
        Recapture(f"{person}{number}", person, "", {WIDTH: base + error})
        for person, base, count in (("a", 100.0, 5), ("b", 110.0, 3), ("c", 120.0, 3), ("d", 99.0, 1))
        for number, error in enumerate(np.random.default_rng(ord(person)).normal(0, 0.5, count))
    ]
    value = {shot.key: shot.values[WIDTH] for shot in shots}
    icc = only(evaluate(shots, compared(shots, value))).icc
    assert (icc.persons, icc.captures) == (3, 3)


def test_two_cameras_that_differ_by_a_constant_have_that_bias_and_a_sem_without_it():
    shots = [*photos(4, group="first"), *photos(4, group="second")]
    value = {shot.key: (5.0 if shot.group == "second" else 0.0) + 0.1 * (index % 4) for index, shot in enumerate(shots)}
    found = only(evaluate(shots, compared(shots, value)))
    assert found.spread.sem == pytest.approx(np.std([0, 0.1, 0.2, 0.3], ddof=1))
    assert (found.agreement.first, found.agreement.second, found.agreement.n) == ("first", "second", 4)
    assert found.agreement.bias == pytest.approx(5.0)


@pytest.mark.parametrize("counts", [[], [1], [2], [1, 1, 1], [2, 1]])
def test_too_few_photos_are_told_with_the_way_out(counts):
    assert "at least three" in why_too_few(counts)


@pytest.mark.parametrize("counts", [[3], [2, 2], [10, 1]])
def test_three_photos_or_two_persons_with_two_each_are_a_beginning(counts):
    assert why_too_few(counts) == ""


def test_a_study_of_seven_photos_may_be_used_and_one_of_six_may_not():
    for count, usable in ((7, True), (6, False)):
        shots, value = photos(count), {f"p{number:02}": float(number % 3) for number in range(count)}
        assert (only(evaluate(shots, compared(shots, value))).floor is not None) is usable


def test_two_sides_do_not_make_a_small_study_large():
    shots = photos(5)
    keys = [shot.key for shot in shots]
    left, right = (dict(zip(keys, errors, strict=True)) for errors in ((1, -1, 1, -1, 0), (1, 1, -1, -1, 0)))
    pairs = [
        RecapturePair(a, b, {LEFT: left[b] - left[a], RIGHT: right[b] - right[a]}) for a, b in pairs_to_compare(shots)
    ]
    both = only(evaluate(shots, pairs), pooled=True)
    assert both.spread.degrees_of_freedom > 6
    assert both.floor is None


def test_so_many_more_photos_are_told_that_the_interval_becomes_narrow_and_no_more():
    more = further_photos(9)
    assert interval_factors(9 + more)[1] <= 1.2 < interval_factors(9 + more - 1)[1]
    assert further_photos(1000) == 0
