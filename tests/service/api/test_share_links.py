"""Links that are kept: each ends when somebody ends it, or that which it rests on."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from service.consents.repository import Consents
from service.subjects.erasing_again import ErasingAgain
from service.tenancy.clinics import clinics_by_name
from service.tenancy.keys import revoke_key
from service.tenancy.share_links import ShareLinks

CONSENT = {"given_on": "2026-03-02", "recorded_by": "Dr. A.", "paper": "form of 2026-03-02, folder 12"}


@pytest.fixture
def pair(clinic) -> str:
    return clinic.pair()


@pytest.fixture
def subject(clinic, pair) -> str:
    return clinic.get(f"/v1/comparisons/{pair}").json()["subject_id"]


@pytest.fixture
def opened(clinic, pair, address):
    """Make a link to the report and open it: its id, and the browser that it was opened in."""
    browsers = []

    def make(**wanted) -> tuple[str, httpx.Client]:
        link = clinic.post(f"/v1/comparisons/{pair}/link", wanted)
        assert link.status_code == 201, link.text
        browsers.append(httpx.Client(base_url=address, follow_redirects=True))
        assert browsers[-1].get(link.json()["url"]).status_code == 200
        return link.json()["id"], browsers[-1]

    yield make
    for browser in browsers:
        browser.close()


def link_of(clinic, link_id) -> dict:
    return next(one for one in clinic.get("/v1/links").json()["items"] if one["id"] == link_id)


def is_ended(browser, address) -> bool:
    answer = browser.get(address)
    return (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json") and (
        answer.json()["code"] == "link_ended"
    )


def test_a_link_that_is_revoked_has_ended_at_the_next_request_with_all_that_hangs_on_it(clinic, pair, opened):
    report = f"/v1/comparisons/{pair}/report"
    link, browser = opened(may_correct=True)
    other, other_browser = opened()
    correct = next(part.split('"')[0] for part in browser.get(report).text.split('href="') if "/correct?" in part)
    assert browser.get(correct.replace("&amp;", "&")).status_code == 200
    seen = link_of(clinic, link)
    assert (seen["kind"], seen["comparison_id"], seen["times_opened"]) == ("comparison", pair, 1)
    assert seen["may_correct"] is seen["running"] is True

    assert clinic.delete(f"/v1/links/{link}").status_code == 204
    for address in (report, f"/v1/comparisons/{pair}/aligned/before", correct.partition("?")[0], correct):
        assert is_ended(browser, address), address
    first = link_of(clinic, link)
    assert (first["running"], first["revoked_because"]) == (False, "revoked")
    assert clinic.delete(f"/v1/links/{link}").status_code == 204
    assert link_of(clinic, link) == first
    assert other_browser.get(report).status_code == 200
    running = clinic.get(f"/v1/links?running=true&comparison_id={pair}").json()["items"]
    assert [one["id"] for one in running] == [other]
    assert clinic.delete(f"/v1/links/{'0' * 32}").json()["code"] == "link_not_found"


def test_withdrawal_ends_the_links_that_rest_on_the_consent_and_no_others(clinic, pair, subject, opened):
    report, consents = f"/v1/comparisons/{pair}/report", f"/v1/subjects/{subject}/consents"
    for_training = {"purpose": "training"}
    assert clinic.post(f"/v1/comparisons/{pair}/link", for_training).json()["code"] == "consent_missing"
    clinic.put(f"{consents}/training", CONSENT | {"regions": ["eyes"]})
    assert clinic.post(f"/v1/comparisons/{pair}/link", for_training).json()["code"] == "consent_missing"
    clinic.put(f"{consents}/training", CONSENT)
    link, browser = opened(**for_training)
    kept, keeper = opened()
    ended = clinic.delete(f"{consents}/training").json()
    assert (ended["links_ended"], ended["published"]) == ([link], [])
    assert clinic.delete(f"{consents}/training").json() == ended
    assert is_ended(browser, report)
    assert keeper.get(report).status_code == 200
    assert link_of(clinic, kept)["consent_id"] is None

    clinic.put(f"{consents}/clinical", CONSENT)
    assert keeper.get(report).status_code == 200
    assert clinic.delete(f"{consents}/clinical").json()["links_ended"] == [kept]
    assert is_ended(keeper, report)
    for path in (f"/v1/comparisons/{pair}/link", f"/v1/subjects/{subject}/series/link"):
        assert clinic.post(path).json()["code"] == "consent_missing"


def test_a_link_ends_no_later_than_the_consent_that_it_rests_on(clinic, pair, subject, opened):
    clinical, today = f"/v1/subjects/{subject}/consents/clinical", datetime.now(UTC).date()
    link, browser = opened(hours=744)
    clinic.put(clinical, CONSENT | {"expires_on": str(today + timedelta(days=2))})
    last = f"{today + timedelta(days=3)}T00:00:00Z"
    assert link_of(clinic, link)["expires_at"] == last
    assert clinic.post(f"/v1/comparisons/{pair}/link", {"hours": 744}).json()["expires_at"] == last
    clinic.put(clinical, CONSENT | {"expires_on": str(today - timedelta(days=1))})
    assert is_ended(browser, f"/v1/comparisons/{pair}/report")
    assert link_of(clinic, link)["revoked_because"] == "consent"


def test_links_end_with_the_key_that_made_them_and_with_what_they_show(clinic, new_clinic, service, pair, opened):
    other = new_clinic("Aurora")
    theirs = other.post(f"/v1/comparisons/{pair}/link").json()
    before = clinic.get(f"/v1/comparisons/{pair}").json()["before_photo_id"]
    correct = other.post(f"/v1/photos/{before}/correction-link")
    _, browser = opened()
    with service.database.writing_across() as session:
        revoke_key(session, link_of(clinic, theirs["id"])["made_by"])
    assert is_ended(clinic.client, theirs["url"])
    assert is_ended(clinic.client, correct.json()["url"])
    told = clinic.get(f"/v1/audit?action=link_revoked&target={theirs['id']}").json()["items"]
    assert [row["actor"] for row in told] == ["system:keys"]

    photo = clinic.get(f"/v1/comparisons/{pair}").json()["after_photo_id"]
    clinic.delete(f"/v1/photos/{photo}")
    assert is_ended(browser, f"/v1/comparisons/{pair}/report")


def test_what_was_withdrawn_or_revoked_after_a_copy_is_ended_again_in_it(clinic, service, subject, opened, tmp_path):
    consents, links = f"/v1/subjects/{subject}/consents", [opened()[0], opened()[0]]
    for paper in ("form 1", "form 2"):
        clinic.put(f"{consents}/print", CONSENT | {"paper": paper})
        clinic.put(f"{consents}/website", CONSENT)
    clinic.delete(f"{consents}/website")
    clinic.delete(f"/v1/links/{links[0]}")
    with service.database.reading_across() as session:
        (tenant,) = clinics_by_name(session).values()
    rows = [json.dumps(row | {"clinic": tenant}) for row in clinic.get("/v1/audit?limit=1000").json()["items"]]
    (tmp_path / "audit.jsonl").write_text("\n".join(rows))
    with service.database.writing(tenant) as session:  # as in a copy of the time before
        for row in reversed(Consents(session, tenant).every()):  # the newer record of a purpose first
            if row.paper == "form 2":
                Consents(session, tenant).delete(row)
            else:
                row.ended_at = row.ended_by = row.ended_as = None
        for link in ShareLinks(session, tenant).every():
            link.revoked_at = None

    for _ in range(2):
        ErasingAgain(service.database, service.vaults, service.jobs).erase_all(tmp_path / "audit.jsonl")
        states = {one["purpose"]: one["state"] for one in clinic.get(consents).json()["purposes"]}
        assert (states["print"], states["website"]) == ("withdrawn", "withdrawn")
        assert [link_of(clinic, link)["running"] for link in links] == [False, True]
