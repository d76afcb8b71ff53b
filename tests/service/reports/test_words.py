"""Figures, dates and lists as a reader meets them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from models.anatomy import Side
from models.measurand import Unit
from service.reports import words

MM = Unit.MILLIMETRE


@pytest.mark.parametrize(
    "value,told",
    [
        (0.514, "+0.51 mm"),
        (-0.514, "\N{MINUS SIGN}0.51 mm"),
        (0.0, "0.00 mm"),
        (0.001, "0.00 mm"),
        (-0.001, "0.00 mm"),
    ],
)
def test_a_change_carries_its_sign_and_a_zero_none(value, told):
    assert words.signed(value, MM).replace(words.NO_BREAK, " ") == told


def test_an_interval_and_its_word_stay_on_one_line():
    assert words.interval((-0.63, 0.09), MM) == "\N{MINUS SIGN}0.63\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}0.09"


def test_percent_is_told_to_a_tenth_and_millimetres_to_a_hundredth():
    assert words.figure(12.34, Unit.PERCENT) == "12.3"
    assert words.figure(3.914, MM) == "3.91"


def test_a_side_belongs_to_the_name_and_the_face_has_none():
    assert words.named("Brow height", Side.LEFT) == "Brow height, left"
    assert words.named("Lower face width", None) == "Lower face width"


@pytest.mark.parametrize("items,told", [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_lists_are_joined_as_in_speech(items, told):
    assert words.listed(items) == told


@pytest.mark.parametrize(
    "days,told", [(1, "1 day"), (13, "13 days"), (14, "14 days (2 weeks)"), (84, "84 days (12 weeks)")]
)
def test_long_times_are_told_in_weeks_too(days, told):
    assert words.apart(days) == told


def test_days_are_counted_by_the_calendar_of_each_camera():
    evening = datetime(2026, 3, 9, 23, 30)  # noqa: DTZ001  a camera that writes no zone
    next_morning = datetime(2026, 3, 10, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert words.days_between(evening, next_morning) == 1
    assert words.days_between(None, next_morning) is None


def test_a_day_is_told_without_the_hour():
    assert words.day(datetime(2026, 3, 9, 23, 30, tzinfo=UTC)) == "9 March 2026"
    assert words.day(None) == "date not recorded"
