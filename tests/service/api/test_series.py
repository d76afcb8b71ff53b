"""The series of a subject: made by itself, and true to what it rests on."""

import time

import pytest
from sqlalchemy import select

from service.database.tables import AuditRow, Comparison, JobRow, SubjectSeries
from service.documents import ComparisonDocument
from service.jobs import Job, JobKind
from service.series.job import UpdateSeries
from service.tenancy.tenant import TenantId
from tests.service.api.conftest import FACELESS
from tests.service.api.courses import UNCOMPARABLE, CourseAnalyst, course_of, lid_of, series, treated, visit


@pytest.fixture
def analyst():
    analyst = CourseAnalyst()
    yield analyst
    analyst.go_on_comparing.set()


@pytest.fixture
def subject(clinic) -> str:
    return clinic.subject()


def asked_by_system(service) -> set[str]:
    with service.database.reading_across() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.actor == "system:series"))
        return {row.target for row in rows}


# ---- made by itself ----


def test_a_course_becomes_a_series_without_anybody_asking_for_a_comparison(clinic, service, subject):
    visits = treated(clinic, subject)
    told = series(clinic, subject)
    assert [one["visit_id"] for one in told["visits"]] == [visits[0], *visits]
    assert {one["verdict"] for one in told["visits"]} == {"usable"}
    assert len(told["baseline"]) == 2
    assert told["reference"] in told["baseline"]
    assert (told["subject_id"], told["course_id"]) == (subject, None)
    assert lid_of(told)["cumulative"]["change"] == pytest.approx(0.8, abs=0.05)
    assert lid_of(told)["cumulative"]["verdict"] == "detectable_increase"
    comparisons = clinic.get(f"/v1/subjects/{subject}/comparisons?limit=200").json()["items"]
    assert asked_by_system(service) == {one["id"] for one in comparisons}


def test_the_comparisons_grow_with_the_visits_and_not_with_their_square(clinic, subject):
    treated(clinic, subject, sessions=9, lift=0.05)
    series(clinic, subject)
    comparisons = clinic.get(f"/v1/subjects/{subject}/comparisons?limit=200").json()["items"]
    # Two baseline photos with each other; each of the ten later ones with both, and with the one before it.
    assert len(comparisons) <= 1 + 3 * 10


def test_a_subject_without_photos_has_a_series_that_says_so(clinic, subject):
    told = series(clinic, subject)
    assert (told["visits"], told["measurands"], told["due"]) == ([], [], None)
    assert "no_baseline" in {note["code"] for note in told["notes"]}


def test_while_comparisons_are_being_made_the_series_tells_how_many(clinic, analyst, subject):
    for days, phase in ((0, "baseline"), (7, "treatment"), (14, "treatment")):
        visit(clinic, subject, days, phase, b"photo 0.0")
    series(clinic, subject)
    analyst.go_on_comparing.clear()
    clinic.put(f"/v1/subjects/{subject}/iris-diameter", {"mm": 12.0, "measured_by": "Dr. A."})
    path = f"/v1/subjects/{subject}/series"
    deadline = time.monotonic() + 20
    while (told := clinic.get(path).json())["pending"] == 0:
        assert time.monotonic() < deadline
    assert (len(told["visits"]), told["pending"]) == (3, 3)
    assert clinic.get(f"{path}/report").status_code == 200
    analyst.go_on_comparing.set()
    assert lid_of(series(clinic, subject))["points"]


def test_one_photo_of_a_visit_counts_and_it_is_the_one_turned_like_the_reference(clinic, subject):
    visit(clinic, subject, 0, "baseline", b"photo 0.0 yaw 3.0", b"photo 0.0 yaw 3.2")
    visit(clinic, subject, 7, "treatment", b"photo 0.5 yaw -4.0", FACELESS, b"photo 0.5 yaw 2.9", b"photo 0.5 yaw 9.0")
    photos = [one["id"] for one in clinic.get(f"/v1/subjects/{subject}/photos").json()["items"]]
    assert [one["photo"] for one in series(clinic, subject)["visits"]] == [photos[0], photos[1], photos[4]]


def test_a_photo_that_cannot_be_used_is_told_with_its_reason_and_counts_for_nothing(clinic, subject):
    treated(clinic, subject, sessions=3)
    refused = visit(clinic, subject, 10, "treatment", FACELESS)
    failed = visit(clinic, subject, 11, "treatment", UNCOMPARABLE)
    told = {one["visit_id"]: one for one in series(clinic, subject)["visits"]}
    assert (told[refused]["verdict"], told[failed]["verdict"]) == ("excluded", "excluded")
    assert "face" in told[refused]["reason"]
    assert "attempts" in told[failed]["reason"]


# ---- true to what it rests on ----


def test_it_is_answered_from_what_is_stored_while_that_is_true(clinic, service, subject, monkeypatch):
    treated(clinic, subject)
    told = series(clinic, subject)
    monkeypatch.setattr(ComparisonDocument, "model_validate_json", lambda *_: 1 / 0)
    assert clinic.get(f"/v1/subjects/{subject}/series").json() == told
    with service.database.reading_across() as session:
        assert session.scalars(select(JobRow).where(JobRow.kind == JobKind.UPDATE_SERIES)).all() == []


def test_it_follows_visits_as_they_are_changed_and_erased(clinic, subject):
    visits = treated(clinic, subject)
    series(clinic, subject)
    clinic.patch(f"/v1/visits/{visits[4]}", {"phase": "immediately_after", "notes": "right after"})
    told = {one["visit_id"]: one for one in series(clinic, subject)["visits"]}
    assert (told[visits[4]]["phase"], told[visits[4]]["notes"]) == ("immediately_after", "right after")
    clinic.delete(f"/v1/visits/{visits[4]}")
    assert visits[4] not in {one["visit_id"] for one in series(clinic, subject)["visits"]}


def test_it_follows_confounders(clinic, subject):
    treated(clinic, subject)
    path = f"/v1/subjects/{subject}/confounders"
    made = clinic.post(path, {"kind": "weight", "date": "2026-03-10"}).json()["id"]
    assert "confounder_weight" in {note["code"] for note in series(clinic, subject)["notes"]}
    clinic.patch(f"/v1/confounders/{made}", {"kind": "medication"})
    assert "confounder_medication" in {note["code"] for note in series(clinic, subject)["notes"]}
    clinic.delete(f"/v1/confounders/{made}")
    assert not {note["code"] for note in series(clinic, subject)["notes"]} & {"confounder_medication"}


def test_it_follows_the_iris_diameter_and_corrections(clinic, subject):
    visits = treated(clinic, subject)
    before = lid_of(series(clinic, subject))["cumulative"]["change"]
    given = {"mm": 14.04, "measured_by": "Dr. A."}
    clinic.put(f"/v1/subjects/{subject}/iris-diameter", given)
    assert lid_of(series(clinic, subject))["cumulative"]["change"] == pytest.approx(1.2 * before, abs=0.01)
    clinic.delete(f"/v1/subjects/{subject}/iris-diameter")
    assert lid_of(series(clinic, subject))["cumulative"]["change"] == before
    last = clinic.get(f"/v1/visits/{visits[-1]}/photos").json()["items"][0]["id"]
    placed = {"points": [[225, 148], [212, 139], [200, 136], [188, 140], [175, 149]], "corrected_by": "Dr. A."}
    clinic.put(f"/v1/photos/{last}/corrections/left/upper_lid", placed)
    points = {point["photo"]: point for point in lid_of(series(clinic, subject))["points"]}
    assert points[last]["change_from_baseline"] > 1.5


def test_each_course_has_a_series_of_its_own_and_the_latest_is_shown(clinic, subject):
    treated(clinic, subject)
    first = course_of(clinic, subject, kind="radio frequency", maintenance_days=None)
    assert series(clinic, subject)["course_id"] == first
    second = clinic.post(f"/v1/subjects/{subject}/courses", {"started_on": "2026-09-07"}).json()["id"]
    visit(clinic, subject, 180, "baseline", b"photo 0.1")
    told = series(clinic, subject)
    assert (told["course_id"], len(told["visits"]), told["protocol"]["kind"]) == (second, 1, "microcurrent")
    earlier = series(clinic, subject, course_id=first)
    assert (earlier["course_id"], len(earlier["visits"]), earlier["protocol"]["kind"]) == (first, 7, "radio frequency")
    assert earlier["due"] is None
    for course in (first, second):
        clinic.delete(f"/v1/courses/{course}")
    assert len(series(clinic, subject, course_id="none")["visits"]) == 8


def test_a_series_of_a_course_that_is_not_the_subjects_is_a_problem(clinic, subject):
    course = course_of(clinic, subject)
    other = clinic.subject("P-2")
    for where, course_id in ((other, course), (subject, "none"), (subject, "0" * 32)):
        answer = clinic.get(f"/v1/subjects/{where}/series", params={"course_id": course_id})
        assert (answer.status_code, answer.json()["code"]) == (404, "course_not_found")
    assert clinic.get(f"/v1/subjects/{subject}/series?course_id=latest").status_code == 422


def test_a_late_update_does_not_replace_a_newer_series(clinic, service, subject):
    visits = treated(clinic, subject)
    series(clinic, subject)
    tenant = TenantId(tenant_of(service, subject))
    with service.database.writing_across() as session:
        session.scalars(select(SubjectSeries)).one().fingerprint = "old"
    job = Job("late", tenant, JobKind.UPDATE_SERIES, subject, 1, "w")
    jobs = PromisingJobs(service.jobs)
    doer = UpdateSeries(service.database, jobs)
    updates = doer._updates(job)
    assert updates[0][1] is not None
    clinic.patch(f"/v1/visits/{visits[1]}", {"notes": "newer"})
    newer = series(clinic, subject)
    doer._keep(job, updates)
    assert series(clinic, subject) == newer
    assert "newer" in {one["notes"] for one in newer["visits"]}


class PromisingJobs:
    """Says that any job is still its holder's."""

    def __init__(self, jobs) -> None:
        self._jobs = jobs

    def finish(self, *_) -> bool:
        return True

    def __getattr__(self, name):
        return getattr(self._jobs, name)


def tenant_of(service, subject: str) -> str:
    with service.database.reading_across() as session:
        return session.scalars(select(SubjectSeries).where(SubjectSeries.subject_id == subject)).one().tenant_id


def test_of_many_changes_at_once_one_update_waits(clinic, service, analyst, subject):
    treated(clinic, subject, sessions=2)
    series(clinic, subject)
    analyst.go_on_comparing.clear()
    clinic.put(f"/v1/subjects/{subject}/iris-diameter", {"mm": 12.0, "measured_by": "Dr. A."})
    for number in range(5):  # both workers are held by comparisons
        visit(clinic, subject, 60 + number)
    with service.database.reading_across() as session:
        waiting = session.scalars(
            select(JobRow).where(JobRow.kind == JobKind.UPDATE_SERIES, JobRow.leased_by.is_(None))
        ).all()
    assert len(waiting) <= 1
    analyst.go_on_comparing.set()
    series(clinic, subject)


def test_erasure_takes_the_series_along(clinic, service, subject):
    treated(clinic, subject)
    course_of(clinic, subject)
    series(clinic, subject)
    assert clinic.delete(f"/v1/subjects/{subject}").status_code == 204
    with service.database.reading_across() as session:
        assert session.scalars(select(SubjectSeries)).all() == []
        assert session.scalars(select(Comparison)).all() == []
        assert session.scalars(select(JobRow).where(JobRow.kind == JobKind.UPDATE_SERIES)).all() == []
    assert clinic.get(f"/v1/subjects/{subject}/series").json()["code"] == "subject_not_found"
