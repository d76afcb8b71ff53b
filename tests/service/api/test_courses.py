"""Courses: the usual one unless told otherwise, and the visits that belong to them."""

import pytest

NOWHERE = "0" * 32
COURSE = {
    "kind": "radio frequency",
    "planned_sessions": 6,
    "interval_days": 14,
    "maintenance_days": None,
    "started_on": "2026-03-02",
    "ended_on": "2026-05-11",
    "notes": "low setting",
}


@pytest.fixture
def subject(clinic) -> str:
    return clinic.subject()


@pytest.fixture
def course(clinic, subject) -> dict:
    return clinic.post(f"/v1/subjects/{subject}/courses", COURSE).json()


def visit(clinic, subject: str, day: str, phase: str = "treatment", **more) -> str:
    new = {"taken_at": f"{day}T10:00:00Z", "phase": phase, **more}
    return clinic.post(f"/v1/subjects/{subject}/visits", new).json()["id"]


def test_a_course_is_the_usual_microcurrent_course_unless_told_otherwise(clinic, subject):
    made = clinic.post(f"/v1/subjects/{subject}/courses", {"started_on": "2026-03-02"})
    assert made.status_code == 201
    told = made.json()
    assert (told["kind"], told["planned_sessions"], told["interval_days"]) == ("microcurrent", 10, 7)
    assert (told["maintenance_days"], told["ended_on"]) == ([28, 56], None)


def test_a_course_keeps_what_it_was_made_with(clinic, subject, course):
    assert {name: course[name] for name in COURSE} == COURSE
    assert clinic.get(f"/v1/courses/{course['id']}").json() == course
    assert clinic.get(f"/v1/subjects/{subject}/courses").json() == {"items": [course], "next": None}


def test_the_same_course_sent_twice_under_one_key_is_one_course(clinic, subject):
    path = f"/v1/subjects/{subject}/courses"
    assert len({clinic.post(path, COURSE, {"Idempotency-Key": "k"}).json()["id"] for _ in range(2)}) == 1
    other = clinic.post(path, COURSE | {"planned_sessions": 7}, {"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


def test_what_is_sent_of_a_course_is_changed_and_the_rest_stays(clinic, course):
    changed = clinic.patch(f"/v1/courses/{course['id']}", {"maintenance_days": [30, 60], "notes": None}).json()
    assert changed == course | {"maintenance_days": [30, 60], "notes": None}
    assert clinic.get(f"/v1/courses/{course['id']}").json() == changed


@pytest.mark.parametrize(
    "wrong,says",
    [
        ({"kind": ""}, "kind"),
        ({"kind": None}, "kind"),
        ({"planned_sessions": 0}, "planned_sessions"),
        ({"planned_sessions": None}, "planned_sessions"),
        ({"interval_days": 0}, "interval_days"),
        ({"maintenance_days": [56, 28]}, "shortest"),
        ({"maintenance_days": [28]}, "maintenance_days"),
        ({"started_on": None}, "started_on"),
        ({"started_on": "soon"}, "started_on"),
        ({"started_on": "9999-12-31"}, "started_on"),
        ({"ended_on": "2026-03-01"}, "before"),
        ({"sessions": 4}, "sessions"),
    ],
)
def test_a_course_that_cannot_be_is_a_problem_however_it_is_told(clinic, subject, course, wrong, says):
    answers = [
        clinic.post(f"/v1/subjects/{subject}/courses", COURSE | wrong),
        clinic.patch(f"/v1/courses/{course['id']}", wrong),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert says in answer.json()["detail"]
    assert clinic.get(f"/v1/courses/{course['id']}").json() == course


def test_a_deleted_course_leaves_its_visits(clinic, subject, course):
    named = visit(clinic, subject, "2026-01-05", course_id=course["id"])
    assert clinic.delete(f"/v1/courses/{course['id']}").status_code == 204
    assert clinic.get(f"/v1/courses/{course['id']}").status_code == 404
    assert clinic.get(f"/v1/visits/{named}").json()["course_id"] is None


def test_a_visit_belongs_to_a_course_by_its_time_or_by_what_the_clinic_says(clinic, subject, course):
    later = clinic.post(f"/v1/subjects/{subject}/courses", {"started_on": "2026-09-07"}).json()["id"]
    first = [visit(clinic, subject, "2026-02-27", "baseline"), visit(clinic, subject, "2026-03-09")]
    second = [visit(clinic, subject, "2026-09-01", "baseline"), visit(clinic, subject, "2026-05-30", course_id=later)]
    for wanted, visits in ((course["id"], first), (later, second)):
        found = clinic.get(f"/v1/subjects/{subject}/visits?course_id={wanted}").json()["items"]
        assert [item["id"] for item in found] == visits


def test_a_visit_cannot_name_a_course_of_somebody_else(clinic, subject, course):
    other = clinic.subject("P-2")
    new = {"taken_at": "2026-03-09T10:00:00Z", "phase": "treatment"}
    own = visit(clinic, other, "2026-03-09")
    for course_id in (course["id"], NOWHERE):
        for answer in (
            clinic.post(f"/v1/subjects/{other}/visits", new | {"course_id": course_id}),
            clinic.patch(f"/v1/visits/{own}", {"course_id": course_id}),
            clinic.get(f"/v1/subjects/{other}/visits?course_id={course_id}"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "course_not_found")
