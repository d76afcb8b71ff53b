from datetime import date

from analysis.series.due import next_due
from models.course import MICROCURRENT, Phase, Protocol
from tests.analysis.series.drawn_series import photo, weekly_course


def test_the_next_session_is_due_a_week_after_the_last() -> None:
    due = next_due(weekly_course(3), MICROCURRENT)
    assert due is not None
    assert (due.what, due.since, due.until) == ("session 4", date(2026, 3, 30), date(2026, 4, 1))
    assert "Session 4 of 10" in due.says


def test_after_the_planned_sessions_maintenance_is_due() -> None:
    due = next_due(weekly_course(10), MICROCURRENT)
    assert due is not None
    assert (due.what, due.since, due.until) == ("maintenance", date(2026, 6, 8), date(2026, 7, 6))


def test_maintenance_is_due_after_the_last_maintenance() -> None:
    due = next_due([*weekly_course(10), photo("m", 112, Phase.MAINTENANCE)], MICROCURRENT)
    assert due is not None
    assert due.since == date(2026, 7, 20)


def test_a_follow_up_ends_a_course_that_was_cut_short() -> None:
    due = next_due([*weekly_course(6), photo("f", 70, Phase.FOLLOW_UP)], MICROCURRENT)
    assert due is not None
    assert due.what == "maintenance"


def test_a_protocol_without_maintenance_ends_with_its_sessions() -> None:
    assert next_due(weekly_course(6), Protocol("peel", 6, 7)) is None
    assert next_due([], MICROCURRENT) is None
