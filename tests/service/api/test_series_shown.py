"""A series shown: as a page, on paper, as a table, through a link, and in the list of what is due."""

from datetime import date
from urllib.parse import urlsplit

import httpx
import pytest

from tests.service.api.conftest import FACELESS
from tests.service.api.courses import CourseAnalyst, course_of, series, treated, visit


@pytest.fixture
def analyst():
    analyst = CourseAnalyst()
    yield analyst
    analyst.go_on_comparing.set()


@pytest.fixture
def subject(clinic) -> str:
    return clinic.subject()


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
