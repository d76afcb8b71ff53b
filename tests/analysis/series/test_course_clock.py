from dataclasses import replace

import pytest

from analysis.series.course_clock import CourseClock, day_numbers
from models.course import MICROCURRENT, Phase, Protocol
from models.series import SeriesPhoto
from tests.analysis.series.drawn_series import photo, weekly_course


def _keys(photos: tuple[SeriesPhoto, ...]) -> set[str]:
    return {one.key for one in photos}


def test_a_photo_right_after_a_session_never_counts() -> None:
    after = photo("after", 56, Phase.IMMEDIATELY_AFTER, 8, hours=1)
    clock = CourseClock.of([*weekly_course(8), after], MICROCURRENT)
    assert "passing" in clock.passing["after"]
    assert "after" not in _keys(clock.induction)


def test_a_photo_called_treatment_but_taken_after_that_days_session_does_not_count() -> None:
    after = photo("after", 56, Phase.IMMEDIATELY_AFTER, 8, hours=1)
    late = photo("late", 56, Phase.TREATMENT, 8, hours=2)
    clock = CourseClock.of([*weekly_course(8), after, late], MICROCURRENT)
    assert {"after", "late"} == set(clock.passing)


def test_a_follow_up_on_the_day_after_a_session_does_not_count_and_one_a_week_later_is_the_end() -> None:
    soon, later = photo("soon", 57, Phase.FOLLOW_UP), photo("later", 63, Phase.FOLLOW_UP)
    clock = CourseClock.of([*weekly_course(8), soon, later], MICROCURRENT)
    assert "24 hours after a session" in clock.passing["soon"]
    assert clock.induction[-1].key == "later"
    assert clock.later == ()


def test_a_follow_up_months_later_is_not_the_end_of_the_course() -> None:
    clock = CourseClock.of([*weekly_course(8), photo("late", 140, Phase.FOLLOW_UP)], MICROCURRENT)
    assert _keys(clock.later) == {"late"}
    assert clock.induction[-1].key == "treatment8"


def test_follow_ups_after_maintenance_show_no_decay() -> None:
    kept = photo("kept", 90, Phase.MAINTENANCE)
    clock = CourseClock.of([*weekly_course(8), kept, photo("late", 140, Phase.FOLLOW_UP)], MICROCURRENT)
    assert _keys(clock.maintenance) == {"kept"}
    assert clock.later == ()


def test_sessions_every_second_day_leave_the_photos_before_them_counting() -> None:
    photos = [photo("b", 0, Phase.BASELINE)] + [photo(f"t{n}", 2 * n, Phase.TREATMENT, n) for n in range(1, 6)]
    clock = CourseClock.of(photos, Protocol("short", 6, 2))
    assert clock.passing == {}


def test_weeks_count_from_the_first_session() -> None:
    photos = weekly_course(4)
    clock = CourseClock.of(photos, MICROCURRENT)
    assert [clock.weeks(one) for one in photos] == [0, 0, 0, 1, 2, 3]


def test_a_series_that_begins_at_the_fourth_session_counts_back_to_the_first() -> None:
    baseline = photo("b", 0, Phase.BASELINE)
    later = [replace(one, treatment_number=(one.treatment_number or 0) + 3) for one in weekly_course(2, 0)]
    moved = [replace(one, taken_at=one.taken_at.replace(month=4)) for one in later]
    clock = CourseClock.of([baseline, *moved], MICROCURRENT)
    assert clock.weeks(moved[0]) == pytest.approx(3)


def test_a_session_at_midnight_of_the_clock_that_is_told_is_one_day() -> None:
    """Times in UTC, of a clinic far to the west: the session ends on the next date."""
    before = photo("before", 7, Phase.TREATMENT, 1, hours=13.5)
    after = photo("after", 7, Phase.IMMEDIATELY_AFTER, 1, hours=14.5)
    late = photo("late", 7, Phase.TREATMENT, 1, hours=15)
    assert before.taken_at.date() != after.taken_at.date()
    assert day_numbers([before, after, late, photo("next", 9, Phase.TREATMENT, 2)]) == [1, 1, 1, 2]
    assert set(CourseClock.of([before, after, late], MICROCURRENT).passing) == {"after", "late"}
