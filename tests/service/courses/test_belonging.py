"""Which visits belong to which course."""

from datetime import UTC, date, datetime, timedelta, timezone

from models.course import Phase
from service.courses.belonging import DatedVisit, PlannedCourse, belonging

SPRING = PlannedCourse("spring", date(2026, 3, 2))
AUTUMN = PlannedCourse("autumn", date(2026, 9, 7))


def visit(name: str, day: date | datetime, phase: Phase = Phase.TREATMENT, course_id: str | None = None) -> DatedVisit:
    taken_at = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return DatedVisit(name, taken_at, phase, course_id)


def test_without_a_course_no_visit_belongs_to_one():
    assert belonging([visit("v", date(2026, 3, 2))], []) == {"v": None}
    assert belonging([], [SPRING]) == {}


def test_a_visit_belongs_to_the_latest_course_that_started_before_it():
    visits = [visit("first", date(2026, 3, 9)), visit("late", date(2026, 8, 31)), visit("second", date(2026, 9, 14))]
    assert belonging(visits, [AUTUMN, SPRING]) == {"first": "spring", "late": "spring", "second": "autumn"}


def test_a_baseline_belongs_to_the_course_that_it_comes_before():
    visits = [
        visit("a", date(2026, 2, 20), Phase.BASELINE),
        visit("t", date(2026, 3, 9)),
        visit("b", date(2026, 9, 1), Phase.BASELINE),
    ]
    assert belonging(visits, [SPRING, AUTUMN]) == {"a": "spring", "t": "spring", "b": "autumn"}


def test_a_baseline_on_the_first_days_of_a_course_belongs_to_it():
    visits = [
        visit("same day", date(2026, 3, 2), Phase.BASELINE),
        visit("day after", date(2026, 3, 3), Phase.BASELINE),
        visit("treatment", date(2026, 3, 4)),
    ]
    assert set(belonging(visits, [SPRING, AUTUMN]).values()) == {"spring"}


def test_a_late_baseline_with_no_course_to_come_belongs_to_the_last_one():
    visits = [visit("t", date(2026, 3, 9)), visit("b", date(2026, 5, 1), Phase.BASELINE)]
    assert belonging(visits, [SPRING])["b"] == "spring"


def test_a_visit_before_every_course_belongs_to_the_first_one():
    assert belonging([visit("early", date(2026, 1, 5))], [SPRING, AUTUMN]) == {"early": "spring"}


def test_what_the_clinic_said_holds_and_counts_for_later_baselines():
    visits = [
        visit("said", date(2026, 3, 9), course_id="autumn"),
        visit("b", date(2026, 3, 10), Phase.BASELINE),
    ]
    assert belonging(visits, [SPRING, AUTUMN]) == {"said": "autumn", "b": "spring"}


def test_a_course_that_is_not_the_subjects_is_not_believed():
    assert belonging([visit("v", date(2026, 3, 9), course_id="gone")], [SPRING]) == {"v": "spring"}


def test_a_first_day_counts_wherever_the_clinic_is():
    early_in_sydney = datetime(2026, 9, 7, 8, tzinfo=timezone(timedelta(hours=10)))
    assert belonging([visit("v", early_in_sydney)], [SPRING, AUTUMN]) == {"v": "autumn"}


def test_visits_may_come_in_any_order():
    visits = [
        visit("a", date(2026, 2, 20), Phase.BASELINE),
        visit("t", date(2026, 3, 9)),
        visit("b", date(2026, 9, 1), Phase.BASELINE),
        visit("u", date(2026, 9, 20)),
    ]
    assert belonging(visits[::-1], [AUTUMN, SPRING]) == belonging(visits, [SPRING, AUTUMN])
