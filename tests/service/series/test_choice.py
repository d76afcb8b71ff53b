"""Which photos of a course make its series."""

from datetime import UTC, datetime, timedelta

from models.course import Phase
from models.series import SeriesPhoto
from service.series.choice import Candidate, chosen

START = datetime(2026, 3, 2, tzinfo=UTC)


def photo(key: str, week: int = 0, yaw: float = 0.0, *, accepted: bool = True, unusable: str = "") -> Candidate:
    phase = Phase.BASELINE if week == 0 else Phase.TREATMENT
    taken_at = START + timedelta(weeks=week)
    return Candidate(f"visit {week}", SeriesPhoto(key, taken_at, phase, yaw_deg=yaw, unusable=unusable), accepted)


def keys(*candidates: Candidate) -> list[str]:
    return [one.key for one in chosen(candidates)]


def test_nothing_is_chosen_of_nothing():
    assert chosen([]) == ()


def test_of_a_baseline_visit_up_to_three_are_chosen_and_of_another_one():
    assert keys(*(photo(key) for key in "abcd"), photo("x", 1), photo("y", 1)) == ["a", "b", "c", "x"]


def test_the_one_turned_most_like_the_reference_is_chosen():
    assert keys(photo("a", yaw=5.0), photo("x", 1, yaw=0.0), photo("y", 1, yaw=4.5), photo("z", 1, yaw=6.0)) == [
        "a",
        "y",
    ]


def test_one_that_should_be_taken_again_is_chosen_only_where_there_is_no_better():
    assert keys(photo("a"), photo("x", 1, accepted=False), photo("y", 1, yaw=9.0)) == ["a", "y"]
    assert keys(photo("a"), photo("x", 1, accepted=False)) == ["a", "x"]


def test_one_that_cannot_be_measured_stands_for_its_visit_only_where_all_are_so():
    assert keys(photo("a"), photo("b", unusable="No face."), photo("x", 1, unusable="No face.")) == ["a", "x"]
    assert keys(photo("a", unusable="No face."), photo("b", unusable="No face."), photo("x", 1)) == ["a", "x"]


def test_they_come_in_time():
    assert keys(photo("x", 2), photo("y", 1), photo("a")) == ["a", "y", "x"]
