"""The cohort's page and the study's, in a browser: nothing forbidden, nothing hidden, readable at every width."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from analysis.cohort import summarise
from analysis.repeatability import evaluate, pairs_to_compare
from models.anatomy import Side
from models.cohort import CohortChange, CohortMember
from models.comparison import Verdict
from models.measurand import MEASURANDS, Unit
from models.repeatability import Cell, Recapture, RecapturePair
from service.cohort.claim import MAKERS, read_claim
from service.cohort.page import render_cohort_page
from service.documents.cohort import CohortFilters, cohort_document
from service.documents.repeatability import study_document
from service.repeatability.page import render_study_page
from tests.browser.audit import CONTRASTS, FOCUSABLE, heading_levels, overflowing
from tests.browser.site import Site

pytestmark = pytest.mark.browser

SIZES = {Unit.MILLIMETRE: 0.12, Unit.PERCENT: 6.0, Unit.DEGREE: 0.3}
CELLS = [Cell(entry.code, side) for entry in MEASURANDS.values() for side in (tuple(Side) if entry.sided else (None,))]


def a_cohort_page() -> str:
    rng = np.random.default_rng(3)

    def change(cell: Cell) -> CohortChange:
        error = SIZES[MEASURANDS[cell.measurand].change_unit]
        size = float(rng.normal(error, 2 * error))
        detectable = Verdict.DETECTABLE_INCREASE if size > 0 else Verdict.DETECTABLE_DECREASE
        verdict = detectable if abs(size) > 2 * error else Verdict.WITHIN_MEASUREMENT_ERROR
        return CohortChange(cell.measurand, cell.side, size, error, verdict)

    members = [
        CohortMember(kind, tuple(change(cell) for cell in CELLS))
        for kind, count in (("microcurrent", 30), ("radio frequency", 8), ("rare", 3))
        for _ in range(count)
    ]
    document = cohort_document(summarise(members), CohortFilters(), ["2026.11.1"])
    return render_cohort_page(document, read_claim(MAKERS), kinds=["microcurrent", "radio frequency"])


def a_study_page() -> str:
    rng = np.random.default_rng(4)
    photos = [
        Recapture(f"{person}{number}", person, group, {cell: float(rng.normal()) for cell in CELLS})
        for person in "ab"
        for group in ("new camera", "old camera")
        for number in (f"{group[0]}1", f"{group[0]}2", f"{group[0]}3")
    ]
    pairs = [
        RecapturePair(a, b, {cell: float(rng.normal()) for cell in CELLS[:-1]} | {CELLS[-1]: None})
        for a, b in pairs_to_compare(photos)
    ]
    return render_study_page(study_document(evaluate(photos, pairs), [""] * len(pairs)), name="Room 1", says="Used.")


@pytest.fixture(params=[a_cohort_page, a_study_page], ids=["cohort", "study"])
def page(request, browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(site.serve("/page", request.param()))
    yield opened
    context.close()
    assert complaints == []


def test_no_width_needs_sideways_scrolling(page):
    for wide in (320, 390, 820, 1280, 1920):
        page.set_viewport_size({"width": wide, "height": 800})
        assert overflowing(page) == [], wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(page, scheme):
    page.emulate_media(color_scheme=scheme)
    assert page.evaluate(CONTRASTS) == []


def test_every_wide_table_is_reached_with_the_tab_key_and_has_a_name(page):
    for region in page.locator(".figures-scroll").all():
        assert region.get_attribute("tabindex") == "0"
        assert page.locator(f"#{region.get_attribute('aria-labelledby')}").inner_text()
    nameless = page.locator(FOCUSABLE).evaluate_all(
        """elements => elements.filter(
            e => !(e.getAttribute('aria-label') || e.labels?.length || e.textContent.trim())
        ).map(e => e.outerHTML)"""
    )
    assert nameless == []


def test_headings_begin_with_one_title_and_go_down_one_level_at_a_time(page):
    levels = heading_levels(page)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(lower - upper <= 1 for upper, lower in pairwise(levels))
    expect(page.get_by_role("table").first).to_be_visible()


@pytest.mark.parametrize("page", [a_cohort_page], indirect=True)
def test_choosing_changes_the_address_and_sends_no_form(page, site):
    chosen = site.serve("/page?kind=microcurrent&claim_percent=50", a_cohort_page())
    page.locator("select[name=kind]").select_option("microcurrent")
    page.get_by_label("Claim, %").fill("50")
    page.get_by_label("Claim, %").press("Enter")
    page.wait_for_url(chosen)


@pytest.mark.parametrize("page", [a_cohort_page], indirect=True)
def test_the_first_screen_holds_the_own_share_beside_the_claim(page):
    for words in ("Beside the claim of 70", "a claim of perception", "Jawline contour, left", "The claim lies"):
        box = page.get_by_text(words).first.bounding_box()
        assert box["y"] + box["height"] < 900, words
