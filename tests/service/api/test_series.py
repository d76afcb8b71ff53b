"""The series of a subject: made by itself, true to what it rests on, shown and linked to."""

import threading
import time
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select

from service.database.tables import AuditRow, Comparison, JobRow, SubjectSeries
from service.documents import ComparisonDocument
from service.jobs import Job, JobKind
from service.sandbox import CompareOutcome, CrashKind, MeasureOutcome, WorkerCrashed
from service.series.job import UpdateSeries
from service.tenancy.tenant import TenantId
from tests.service.api.conftest import COMPARED, FACELESS, MEASURED, FakeAnalyst, measured

DAY = timedelta(days=1)
START = datetime(2026, 3, 2, 10, tzinfo=UTC)
UNCOMPARABLE = b"photo 0.0 stops the comparison"


class CourseAnalyst(FakeAnalyst):
    """Reads from each photo how far the lid is up and how the head is turned: ``photo 0.8 yaw 2.0``.

    It holds every comparison while ``go_on_comparing`` is cleared.
    """

    def __init__(self) -> None:
        super().__init__()
        self.go_on_comparing = threading.Event()
        self.go_on_comparing.set()

    def measure(self, upload, view="frontal", corrections=(), subject=None, *, checked=False):
        if upload == FACELESS:
            return super().measure(upload, view, corrections, subject)
        words = upload.split()
        found = MEASURED.model_dump()
        found["pose_deg"]["yaw"] = float(words[3]) if len(words) == 4 else 0.0
        return MeasureOutcome(measured(corrections, subject, MEASURED.model_validate(found)), b"\xff\xd8 overlay")

    def compare_shots(self, before, after, subject=None, view="frontal", *, checked=False) -> CompareOutcome:
        assert self.go_on_comparing.wait(20)
        if FACELESS in {before[0].upload, after[0].upload}:
            return super().compare_shots(before, after, subject, view)
        if UNCOMPARABLE in {before[0].upload, after[0].upload}:
            raise WorkerCrashed(CrashKind.MEMORY)
        scale = 1.0 if subject is None or subject.iris is None else subject.iris.mm / 11.7
        change = scale * (lid(after) - lid(before)) + sum(len(shot.corrections) for shot in after)
        told = COMPARED.model_dump()
        found = {"change": change, "ci95": (change - 0.12, change + 0.12), "after": 3.91 + change}
        told["changes"] = [told["changes"][0] | found]
        return CompareOutcome(ComparisonDocument.model_validate(told), b"\xff\xd8 before", b"\xff\xd8 after")


def lid(shots) -> float:
    return float(shots[0].upload.split()[1])


@pytest.fixture
def analyst():
    analyst = CourseAnalyst()
    yield analyst
    analyst.go_on_comparing.set()


@pytest.fixture
def subject(clinic) -> str:
    return clinic.subject()


def visit(clinic, subject: str, days: float, phase: str = "treatment", *photos: bytes, **more) -> str:
    new = {"taken_at": (START + days * DAY).isoformat(), "phase": phase, **more}
    made = clinic.post(f"/v1/subjects/{subject}/visits", new)
    assert made.status_code == 201, made.text
    for photo in photos:
        assert clinic.upload(made.json()["id"], photo).status_code == 201
    return made.json()["id"]


def course_of(clinic, subject: str, **more) -> str:
    return clinic.post(f"/v1/subjects/{subject}/courses", {"started_on": "2026-03-02", **more}).json()["id"]


def treated(clinic, subject: str, sessions: int = 4, lift: float = 0.2) -> list[str]:
    """A course whose lid rises with each session, seen once more after it."""
    visits = [visit(clinic, subject, 0, "baseline", b"photo 0.0", b"photo 0.01")]
    for number in range(1, sessions + 1):
        had = f"photo {lift * (number - 1):.2f}".encode()
        visits.append(visit(clinic, subject, 7 * number, "treatment", had, treatment_number=number))
    visits.append(visit(clinic, subject, 7 * sessions + 7, "follow_up", f"photo {lift * sessions:.2f}".encode()))
    return visits


def series(clinic, subject: str, **query) -> dict:
    answer = clinic.get(f"/v1/subjects/{subject}/series", params={"wait": 20, **query})
    assert answer.status_code == 200, answer.text
    assert answer.json()["pending"] == 0
    return answer.json()


def lid_of(document: dict) -> dict:
    (one,) = [one for one in document["measurands"] if (one["measurand"], one["side"]) == ("mrd1", "left")]
    return one


def asked_by_system(service) -> set[str]:
    with service.database.reading() as session:
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
    with service.database.reading() as session:
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
    with service.database.writing() as session:
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
    with service.database.reading() as session:
        return session.scalars(select(SubjectSeries).where(SubjectSeries.subject_id == subject)).one().tenant_id


def test_of_many_changes_at_once_one_update_waits(clinic, service, analyst, subject):
    treated(clinic, subject, sessions=2)
    series(clinic, subject)
    analyst.go_on_comparing.clear()
    clinic.put(f"/v1/subjects/{subject}/iris-diameter", {"mm": 12.0, "measured_by": "Dr. A."})
    for number in range(5):  # both workers are held by comparisons
        visit(clinic, subject, 60 + number)
    with service.database.reading() as session:
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
    with service.database.reading() as session:
        assert session.scalars(select(SubjectSeries)).all() == []
        assert session.scalars(select(Comparison)).all() == []
        assert session.scalars(select(JobRow).where(JobRow.kind == JobKind.UPDATE_SERIES)).all() == []
    assert clinic.get(f"/v1/subjects/{subject}/series").json()["code"] == "subject_not_found"


# ---- shown ----


def test_the_report_leads_to_pictures_comparisons_table_and_pdf(clinic, subject):
    treated(clinic, subject)
    told = series(clinic, subject)
    page = clinic.get(f"/v1/subjects/{subject}/series/report")
    assert page.headers["content-type"].startswith("text/html")
    images = [one["aligned_image"] for one in told["visits"]]
    assert all(images)
    for image in images:
        assert clinic.get(image).headers["content-type"] == "image/jpeg"
    compared = next(one["comparison_id"] for one in told["visits"] if one["comparison_id"])
    report = clinic.get(f"/v1/subjects/{subject}/series/compare/{compared}?course_id=none")
    assert report.status_code == 200
    assert f"/v1/subjects/{subject}/series/pictures/{compared}/after?course_id=none" in report.text


def test_the_table_and_the_pdf_are_files(clinic, subject):
    treated(clinic, subject)
    series(clinic, subject)
    table = clinic.get(f"/v1/subjects/{subject}/series.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert "mrd1" in table.text
    paper = clinic.get(f"/v1/subjects/{subject}/series/report.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")


def test_a_comparison_is_had_as_pdf_or_told_why_not(clinic, subject):
    before, after, wall = (
        clinic.photo(photo, clinic.visit(subject)) for photo in (b"photo 0.0", b"photo 1.0", FACELESS)
    )

    def paper(other: str):
        pair = clinic.post("/v1/comparisons", {"before_photo_id": before, "after_photo_id": other}).json()["id"]
        return clinic.get(f"/v1/comparisons/{pair}/report.pdf")

    assert paper(after).headers["content-type"] == "application/pdf"
    assert paper(after).content.startswith(b"%PDF-")
    assert (paper(wall).status_code, paper(wall).json()["code"]) == (409, "no_report")


def test_a_picture_of_another_subject_or_course_is_not_part_of_the_series(clinic, subject):
    course = course_of(clinic, subject)
    treated(clinic, subject, sessions=1)
    other = clinic.subject("P-2")
    treated(clinic, other, sessions=1)
    theirs = next(one["comparison_id"] for one in series(clinic, other)["visits"] if one["comparison_id"])
    later = clinic.post(f"/v1/subjects/{subject}/courses", {"started_on": "2026-09-07"}).json()["id"]
    earlier = next(
        one["comparison_id"] for one in series(clinic, subject, course_id=course)["visits"] if one["comparison_id"]
    )
    for what in ("pictures/{}/after", "compare/{}"):
        for comparison, of in ((theirs, course), (earlier, later), ("0" * 32, course)):
            answer = clinic.get(f"/v1/subjects/{subject}/series/{what.format(comparison)}?course_id={of}")
            assert (answer.status_code, answer.json()["code"]) == (404, "comparison_not_found")
        assert clinic.get(f"/v1/subjects/{subject}/series/{what.format(earlier)}?course_id={course}").is_success


# ---- linked to ----


@pytest.fixture
def linked(clinic, address, subject):
    """A series, and a browser that was given the link to its report."""
    course = course_of(clinic, subject)
    treated(clinic, subject, sessions=2)
    told = series(clinic, subject)
    url = clinic.post(f"/v1/subjects/{subject}/series/link").json()["url"]
    with httpx.Client(base_url=address, timeout=60) as browser:
        yield told, course, url, browser


def test_a_link_opens_report_pictures_comparisons_table_and_pdf_without_a_key(linked, subject):
    told, course, url, browser = linked
    page = browser.get(url, follow_redirects=True)
    assert page.status_code == 200
    assert "token" not in str(page.url)
    assert page.url.params["course_id"] == course
    base, of = f"/v1/subjects/{subject}/series", f"?course_id={course}"
    compared = [one["comparison_id"] for one in told["visits"] if one["comparison_id"]]
    for path in (
        *(one["aligned_image"] for one in told["visits"]),
        *(f"{base}/compare/{one}{of}" for one in compared),
        f"{base}.csv{of}",
        f"{base}/report.pdf{of}",
    ):
        assert browser.get(path).status_code == 200, path


def test_a_link_to_a_series_opens_nothing_else(linked, clinic, subject):
    told, course, url, browser = linked
    browser.get(url)
    other = clinic.post(f"/v1/subjects/{subject}/courses", {"started_on": "2026-09-07"}).json()["id"]
    pair = next(one["comparison_id"] for one in told["visits"] if one["comparison_id"])
    for path in (
        f"/v1/subjects/{subject}/series?course_id={course}",
        f"/v1/subjects/{subject}/series/report",
        f"/v1/subjects/{subject}/series/report?course_id={other}",
        f"/v1/subjects/{subject}/series.csv?course_id={other}",
        f"/v1/subjects/{'0' * 32}/series/report?course_id={course}",
        f"/v1/subjects/{subject}",
        f"/v1/comparisons/{pair}/report",
        f"/v1/photos/{told['reference']}/file",
        "/v1/due",
    ):
        assert browser.get(path).status_code == 401, path
        assert browser.get(path, params={"token": urlsplit(url).query.partition("token=")[2]}).status_code == 401
    assert browser.post(f"/v1/subjects/{subject}/series/link").status_code == 401


def test_a_links_token_moves_into_a_cookie_of_that_subject_alone(linked, subject):
    _, course, url, browser = linked
    moved = browser.get(url)
    assert (moved.status_code, moved.headers["location"]) == (303, f"{urlsplit(url).path}?course_id={course}")
    assert f"path=/v1/subjects/{subject};" in moved.headers["set-cookie"].lower()


def test_a_link_is_made_with_the_scope_export(new_clinic, subject):
    from service.tenancy.scope import Scope

    answer = new_clinic("Aurora", Scope.READ).post(f"/v1/subjects/{subject}/series/link")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


# ---- due ----


def due(clinic, **query) -> list[dict]:
    return clinic.get("/v1/due", params=query).json()["items"]


def test_who_is_due_is_listed_with_the_most_pressing_first(clinic, other_clinic):
    for reference, weeks, where in (("P-1", 8, clinic), ("P-2", 2, clinic), ("P-3", 5, clinic), ("X", 1, other_clinic)):
        subject = where.subject(reference)
        course_of(where, subject)
        visit(where, subject, 7 * weeks, "treatment", treatment_number=weeks)
        series(where, subject)
    told = due(clinic, until="2026-06-30")
    assert [one["reference"] for one in told] == ["P-2", "P-3", "P-1"]
    assert told[0]["what"] == "session 3"
    assert (date.fromisoformat(told[0]["since"]), told[0]["overdue"]) == (date(2026, 3, 23), True)
    assert [one["reference"] for one in due(clinic, until="2026-04-01")] == ["P-2"]
    first = clinic.get("/v1/due?until=2026-06-30&limit=2").json()
    second = clinic.get(f"/v1/due?until=2026-06-30&limit=2&after={first['next']}").json()
    assert [one["reference"] for page in (first, second) for one in page["items"]] == ["P-2", "P-3", "P-1"]


def test_nothing_of_an_earlier_or_ended_course_is_due(clinic, subject):
    first = course_of(clinic, subject, maintenance_days=None)
    visit(clinic, subject, 7, "treatment", treatment_number=1)
    assert series(clinic, subject)["due"]["what"] == "session 2"
    clinic.patch(f"/v1/courses/{first}", {"ended_on": "2026-03-20"})
    assert series(clinic, subject)["due"] is None
    assert due(clinic, until="2026-12-31") == []
    clinic.patch(f"/v1/courses/{first}", {"ended_on": None})
    series(clinic, subject)
    assert len(due(clinic, until="2026-12-31")) == 1
    clinic.post(f"/v1/subjects/{subject}/courses", {"started_on": "2026-09-07"})
    series(clinic, subject)
    assert series(clinic, subject, course_id=first)["due"] is None
    assert due(clinic, until="2026-12-31") == []
