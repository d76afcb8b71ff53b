"""Pairs: compared once, shown, and shown to others through links."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from service.tenancy.links import ReportLink
from service.tenancy.tenant import TenantId

FACELESS = b"photo of a wall"


def test_a_comparison_is_in_the_answer_with_its_id(clinic):
    visit = clinic.visit()
    asked = {"before_photo_id": clinic.photo(visit=visit), "after_photo_id": clinic.photo(visit=visit)}
    made = clinic.post("/v1/comparisons", asked)
    assert made.status_code == 201
    assert made.json()["status"] == "compared"
    assert made.json()["changes"][0]["verdict"] == "detectable_increase"
    assert clinic.get(f"/v1/comparisons/{made.json()['id']}").json() == made.json()
    assert clinic.post("/v1/comparisons", asked).json() == made.json()


def test_a_pair_with_a_photo_that_cannot_be_measured_is_refused_with_its_reason(clinic):
    pair = clinic.pair(after=FACELESS)
    answer = clinic.get(f"/v1/comparisons/{pair}").json()
    assert (answer["status"], answer["refused"]["code"], answer["refused"]["photo"]) == ("refused", "no_face", "after")
    report = clinic.get(f"/v1/comparisons/{pair}/report")
    assert (report.status_code, report.json()["code"]) == (409, "no_report")
    assert report.json()["detail"] == answer["refused"]["says"]


def test_photos_of_two_subjects_are_not_compared(clinic):
    photos = [clinic.photo(visit=clinic.visit(clinic.subject(name))) for name in ("P-1", "P-2")]
    answer = clinic.post("/v1/comparisons", dict(zip(("before_photo_id", "after_photo_id"), photos, strict=True)))
    assert (answer.status_code, answer.json()["code"]) == (422, "different_subjects")


def test_photos_of_two_views_are_not_compared(clinic):
    visit = clinic.visit()
    profile = clinic.upload(visit, view="profile_left").json()["id"]
    answer = clinic.post("/v1/comparisons", {"before_photo_id": clinic.photo(visit=visit), "after_photo_id": profile})
    assert (answer.status_code, answer.json()["code"]) == (422, "different_views")


def test_the_analysis_is_told_the_photos_view(clinic, analyst):
    visit = clinic.visit()
    before = clinic.upload(visit, view="oblique_left").json()["id"]
    after = clinic.upload(visit, b"photo of later", view="oblique_left").json()["id"]
    clinic.post("/v1/comparisons", {"before_photo_id": before, "after_photo_id": after})
    assert analyst.views == ["oblique_left"] * 3


def test_a_report_is_a_page_that_shows_its_aligned_pictures(clinic):
    pair = clinic.pair()
    report = clinic.get(f"/v1/comparisons/{pair}/report")
    assert report.headers["content-type"].startswith("text/html")
    for which in ("before", "after"):
        assert f"/v1/comparisons/{pair}/aligned/{which}" in report.text
        picture = clinic.get(f"/v1/comparisons/{pair}/aligned/{which}")
        assert picture.headers["content-type"] == "image/jpeg"


@pytest.fixture
def linked(clinic, address):
    """A pair, and a browser that was given the link to its report."""
    pair = clinic.pair()
    url = clinic.post(f"/v1/comparisons/{pair}/link").json()["url"]
    with httpx.Client(base_url=address) as browser:
        yield pair, url, browser


def test_a_link_opens_the_report_and_its_pictures_without_a_key(linked):
    pair, url, browser = linked
    page = browser.get(url, follow_redirects=True)
    assert page.status_code == 200
    assert "token" not in str(page.url)
    assert browser.get(f"/v1/comparisons/{pair}/aligned/after").status_code == 200


def test_a_links_token_moves_into_a_cookie_of_that_comparison_alone(linked):
    pair, url, browser = linked
    moved = browser.get(url)
    assert (moved.status_code, moved.headers["location"]) == (303, urlsplit(url).path)
    cookie = moved.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie  # a link is clicked on another site's page
    assert f"path=/v1/comparisons/{pair};" in cookie
    assert moved.headers["referrer-policy"] == "no-referrer"


def test_over_https_the_cookie_is_one_that_only_https_can_set(linked):
    pair, url, browser = linked
    over_https = {"X-Forwarded-Proto": "https"}  # as a proxy on this machine says it
    cookie = browser.get(url, headers=over_https).headers["set-cookie"]
    assert cookie.startswith("__Secure-liftmark_link=")
    assert "secure" in cookie.lower().split("; ")
    report = f"/v1/comparisons/{pair}/report"
    held = {"Cookie": cookie.split(";")[0]}
    assert browser.get(report, headers=over_https | held).status_code == 200
    assert browser.get(report, headers=held).status_code == 401


def test_a_link_opens_nothing_else(linked, clinic):
    pair, url, browser = linked
    token = urlsplit(url).query
    photo = clinic.get(f"/v1/comparisons/{pair}").json()["before_photo_id"]
    for path in (
        f"/v1/comparisons/{pair}",
        f"/v1/photos/{photo}/file",
        "/v1/subjects",
        f"/v1/comparisons/{'0' * 32}/report",
    ):
        assert browser.get(f"{path}?{token}").status_code == 401
    assert browser.post(f"/v1/comparisons/{pair}/link?{token}").status_code == 401


def test_a_link_ends(clinic, service):
    pair = clinic.pair()
    tenant = clinic.get(f"/v1/comparisons/{pair}")
    assert tenant.status_code == 200
    ended = service.links.sign(ReportLink(TenantId("any"), pair, datetime.now(UTC) - timedelta(seconds=1)))
    answer = clinic.client.get(f"/v1/comparisons/{pair}/report?token={ended}")
    assert (answer.status_code, answer.json()["code"]) == (401, "link_ended")


@pytest.mark.parametrize("token", ["", "x", "AAAA", "é", "a" * 500])
def test_a_made_up_token_opens_nothing(clinic, token):
    answer = clinic.client.get(f"/v1/comparisons/{clinic.pair()}/report", params={"token": token})
    assert answer.status_code == 401
