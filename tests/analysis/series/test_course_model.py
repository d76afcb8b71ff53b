import numpy as np
import pytest

from analysis.series.course_model import CourseModel, without_wild


def _model(weeks: list[float], states: list[float], sd: float = 0.05) -> CourseModel:
    days = [round(7 * week) for week in weeks]
    return CourseModel(np.array(weeks), days, np.array(states), sd**2 * np.eye(len(weeks)))


def test_one_visit_after_the_baseline_gives_the_plain_difference_with_room_for_the_days() -> None:
    found = _model([0, 6], [0.1, 0.5]).end(6)
    assert found.mean == pytest.approx(0.4, abs=1e-6)
    photos_own = 0.05 * np.sqrt(2)
    assert photos_own < found.sd < 2.5 * photos_own


def test_visits_that_tell_the_same_count_together() -> None:
    """A flat course of twelve visits has a narrower interval than one visit of it has."""
    one = _model([0, 12], [0, 0]).end(12).sd
    many = _model([0, *range(1, 13)], [0.0] * 13).end(12).sd
    assert many < 0.8 * one


def test_a_straight_course_is_followed_to_its_end_and_its_slope_is_told() -> None:
    weeks = [0.0, 0.0, 1, 2, 3, 4, 5, 6, 7, 8]
    model = _model(weeks, [0.1 * week for week in weeks])
    assert model.end(8).mean == pytest.approx(0.8, abs=0.01)
    assert model.slope().mean == pytest.approx(0.1, abs=0.002)


def test_days_that_differ_by_themselves_widen_the_interval() -> None:
    weeks = [0.0, *range(1, 11)]
    calm = _model(weeks, [0.0] * 11)
    restless = _model(weeks, [0.3 * (-1) ** n for n in range(11)])
    assert restless.end(10).sd > 2 * calm.end(10).sd
    assert restless.day_sd > calm.day_sd


@pytest.mark.parametrize(
    "course",
    [lambda week: 0 * week, lambda week: 0.1 * week, lambda week: 0.9 * (1 - np.exp(-week / 3))],
    ids=["flat", "straight", "saturating"],
)
def test_the_interval_covers_the_end_as_often_as_it_says(course) -> None:  # type: ignore[no-untyped-def]
    """Of 200 courses at 95 %, binomial chance leaves fewer than 181 covered once in 600 runs; the seed is fixed."""
    rng, covered = np.random.default_rng(4), 0
    weeks = np.array([0.0, 0, 0, 1, 2, 3, 4, 5, 6, 7])
    for _ in range(200):
        sds = 0.05 * rng.uniform(0.7, 1.4, len(weeks))
        states = course(weeks) + rng.normal(0, sds)
        found = CourseModel(weeks, [0, 0, *range(7, 15)], states, np.diag(sds**2)).end(7)
        covered += abs(found.mean - course(7.0)) < 1.96 * found.sd
    assert covered >= 181


def test_a_visit_that_both_neighbours_contradict_weighs_less() -> None:
    weeks, states = np.arange(9.0), np.zeros(9)
    states[4] = 1.0
    wilder = np.diag(without_wild(weeks, states, 0.05**2 * np.eye(9)))
    assert wilder[4] > 100 * 0.05**2
    assert np.delete(wilder, 4) == pytest.approx(0.05**2)


def test_a_lasting_step_is_not_a_wild_visit() -> None:
    weeks, states = np.arange(9.0), np.repeat([0.0, 1.0], [4, 5])
    assert without_wild(weeks, states, 0.05**2 * np.eye(9)) == pytest.approx(0.05**2 * np.eye(9))
