import pytest

from analysis.series.decay import half_life


def _left(weeks: list[float], half: float) -> list[float]:
    return [0.8 * 0.5 ** (week / half) for week in weeks]


def test_the_half_life_that_was_put_in_is_found_within_its_interval() -> None:
    weeks = [0.0, 4, 8, 16, 24]
    found = half_life(weeks, _left(weeks, 9), [0.04] * 5)
    assert found is not None
    assert found.weeks == pytest.approx(9, rel=0.03)  # the grid's step is 2.5 %
    low, high = found.ci95
    assert low < 9 < high


def test_one_follow_up_tests_no_half_life() -> None:
    assert half_life([0, 12], [0.8, 0.4], [0.04, 0.04]) is None


def test_an_effect_that_stays_has_no_half_life() -> None:
    assert half_life([0, 8, 16], [0.8, 0.8, 0.8], [0.04] * 3) is None


def test_what_rises_again_is_no_decline() -> None:
    assert half_life([0, 8, 16], [0.8, 0.2, 0.9], [0.04] * 3) is None
