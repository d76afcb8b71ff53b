"""Consent and links as people meet them: recorded, shared, withdrawn, and what the holder of the link then sees."""

import re
import socket
from collections.abc import Iterator
from itertools import pairwise

import httpx
import pytest
from playwright.sync_api import Page, expect

from service.app import create_app
from service.serving import serving
from service.settings import Settings
from service.tenancy.clinics import DEFAULT_CLINIC
from service.tenancy.keys import create_key
from tests.browser.audit import CONTRASTS, heading_levels, nameless, overflowing, too_small_for_fingers, unreached
from tests.service.api.conftest import Clinic, FakeAnalyst
from tests.service.people.conftest import OWNER, PASSWORD

pytestmark = pytest.mark.browser

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@pytest.fixture
def clinic(tmp_path) -> Iterator[Clinic]:
    app = create_app(Settings(data=tmp_path / "data", workers=1), FakeAnalyst())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        with serving(app, listener) as address, httpx.Client(base_url=address, timeout=60) as client:
            service = app.state.service
            with service.database.writing_across() as session:
                key = create_key(session, DEFAULT_CLINIC)
            told = {**OWNER, "code": service.welcome.path().partition("=")[2]}
            assert client.post("/welcome", data=told).status_code == 303
            client.cookies.clear()
            yield Clinic(client, key)


@pytest.fixture
def person(clinic, browser) -> Iterator[Page]:
    """The owner, signed in."""
    context = browser.new_context(viewport=DESKTOP, base_url=str(clinic.client.base_url))
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(OWNER["email"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/app")
    yield page
    context.close()


def complaints(page: Page) -> dict[str, list]:
    """What is wrong with the page, on a phone and on a desktop, by the check that says so."""
    found = {}
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        levels = heading_levels(page)
        found |= {
            f"{check} at {size['width']}": wrong
            for check, wrong in {
                "contrast": page.evaluate(CONTRASTS),
                "overflow": overflowing(page),
                "name": nameless(page),
                "target": too_small_for_fingers(page),
                "levels": [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1],
            }.items()
            if wrong
        }
    return found | {f"keyboard {one}": [one] for one in unreached(page)}


def test_what_was_shared_is_shown_until_the_consent_is_withdrawn(clinic, person, browser):
    pair = clinic.pair()
    subject = clinic.get(f"/v1/comparisons/{pair}").json()["subject_id"]
    consents = f"/app/subjects/{subject}/consents"
    person.goto(consents)
    assert complaints(person) == {}
    record_consent(person, "Training")

    person.goto(f"/v1/comparisons/{pair}/report")
    link = share(person, "Training")
    holder = browser.new_context().new_page()
    referrers = []
    holder.on("request", lambda request: referrers.append(request.headers.get("referer")))
    holder.goto(link)
    assert "token" not in holder.url
    expect(holder.get_by_role("button", name="Share")).to_have_count(0)
    expect(holder.locator("h1")).not_to_be_empty()
    assert len(referrers) > 5
    assert not any(referrers)
    person.goto("/app/links")
    expect(person.locator("[data-link]")).to_contain_text("1 time, last on")
    assert complaints(person) == {}

    person.goto(consents)
    person.get_by_role("button", name="Withdraw consent: Training").click()
    dialog = person.get_by_role("dialog")
    expect(dialog).to_contain_text("running links: 1, exports: 0")
    dialog.get_by_label("What was said").fill("by telephone")
    dialog.get_by_role("button", name="Withdraw").click()
    training = person.locator("#training")
    expect(training).to_contain_text("Withdrawn")
    expect(training).to_contain_text("noted by Ada Owner: by telephone")
    assert holder.reload().status == 401
    expect(holder.locator("body")).to_contain_text("This link is no longer valid")
    holder.context.close()

    person.goto("/app/consents")
    expect(person.get_by_role("table", name="Withdrawn, the latest first")).to_contain_text("Training")
    assert complaints(person) == {}


def record_consent(person: Page, purpose: str) -> None:
    """By keyboard alone."""
    person.get_by_role("button", name=f"Record consent: {purpose}").press("Enter")
    dialog = person.get_by_role("dialog")
    expect(dialog.get_by_label("Recorded by")).to_have_value(OWNER["name"])
    dialog.get_by_label("On which paper").fill("form of 2 March, folder 12")
    dialog.get_by_label("On which paper").press("Enter")
    expect(person.locator(f"#{purpose.lower()}")).to_contain_text("Given")


def share(person: Page, purpose: str) -> str:
    person.get_by_role("button", name="Share").click()
    dialog = person.get_by_role("dialog")
    dialog.get_by_label("What for").select_option("Website")
    dialog.get_by_role("button", name="Make the link").click()
    expect(dialog.get_by_role("alert")).to_contain_text("No consent")
    dialog.get_by_label("What for").select_option(purpose)
    dialog.get_by_role("button", name="Make the link").click()
    expect(dialog.get_by_label("The link, shown this once")).to_have_value(re.compile("token="))
    expect(dialog.get_by_role("listitem")).to_contain_text("opened 0 times")
    for size in (PHONE, DESKTOP):
        person.set_viewport_size(size)
        assert (person.evaluate(CONTRASTS), nameless(person), too_small_for_fingers(person)) == ([], [], [])
    return dialog.get_by_label("The link, shown this once").input_value()
