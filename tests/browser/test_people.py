"""People, by keyboard alone on a phone: the first start, signing in, inviting; and what each role then sees."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.audit import CONTRASTS, heading_levels, nameless, overflowing, too_small_for_fingers
from tests.service.api.conftest import address, analyst, app, new_home, service, settings

__all__ = ["address", "analyst", "app", "new_home", "service", "settings"]

pytestmark = pytest.mark.browser

PASSWORD, ANOTHER = "walnut lantern harbour", "copper meadow violin"


@pytest.fixture
def new_phone(browser: Browser, address):
    """Phones that complain about nothing: no error, nothing that the policy forbids."""
    contexts, complaints = [], []

    def make(**more) -> Page:
        contexts.append(browser.new_context(base_url=address, viewport={"width": 360, "height": 740}, **more))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called so has the focus, which can be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focus = page.locator(":focus")
        told = focus.evaluate("e => e.labels?.[0]?.innerText || e.getAttribute('aria-label') || e.innerText || ''")
        if told.strip().startswith(name):
            assert focus.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
            return
    pytest.fail(f"{name} is not reached with the tab key")


def type_into(page: Page, texts: dict[str, str]) -> None:
    for label, text in texts.items():
        tab_to(page, label)
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type(text)


def press(page: Page, name: str, leads_to: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{leads_to}")
    holds(page)


def holds(page: Page) -> None:
    """What every page must hold, in light and in dark."""
    levels = heading_levels(page)
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(lower - upper <= 1 for upper, lower in pairwise(levels))
    assert (overflowing(page), nameless_but_fields(page), too_small_for_fingers(page)) == ([], [], [])
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(CONTRASTS) == [], scheme
    expect(page.get_by_role("main")).to_have_count(1)


def nameless_but_fields(page: Page) -> list[str]:
    """What can be used and has no name; fields have theirs from their labels."""
    unlabelled = page.locator("input:visible, select:visible").evaluate_all(
        "fields => fields.filter(f => !f.labels.length).map(f => f.outerHTML)"
    )
    return unlabelled + [found for found in nameless(page) if not found.startswith("<input")]


def test_by_keyboard_on_a_phone_from_the_first_start_to_somebody_of_marketing(new_phone, service):
    owner, credentials = new_phone(), {"E-mail": "ada@aurora.example", "Password": PASSWORD}
    owner.goto(service.welcome.path())
    holds(owner)
    type_into(owner, {"The clinic": "Aurora", "Your name": "Ada Owner", **credentials})
    press(owner, "Begin", "/app/upload")
    press(owner, "Sign out", "/sign-in")
    type_into(owner, credentials)
    press(owner, "Sign in", "/app")
    press(owner, "Settings of Ada", "/app/settings")
    type_into(owner, {"E-mail": "mia@aurora.example"})
    owner.keyboard.press("Tab")
    owner.keyboard.type("Marketing")
    press(owner, "Make a link", "/invitations")
    expect(owner.locator("#made-link")).to_be_focused()
    link = owner.locator("#made-link").input_value()

    mia = new_phone()
    mia.goto(re.sub(r"^http://[^/]+", "", link))
    holds(mia)
    expect(mia.get_by_text("mia@aurora.example")).to_be_visible()
    type_into(mia, {"Your name": "Mia Marketing", "Password": ANOTHER})
    press(mia, "Sign in", "/app")
    seen = mia.get_by_role("navigation").get_by_role("link").all_inner_texts()
    expect(owner.get_by_role("link", name="Settings of Ada")).to_be_visible()
    assert "Audit" not in seen
    press(mia, "Settings of Mia", "/app/settings")
    assert mia.get_by_role("heading").all_inner_texts() == ["Settings", "You"]

    owner.goto("/app/settings")
    press(owner, "Remove Mia", "/app/settings?done=ended")
    expect(owner.get_by_role("status")).to_contain_text("cannot sign in any more")
    mia.goto("/app/settings")
    expect(mia.get_by_role("heading", name="Sign in")).to_be_visible()
