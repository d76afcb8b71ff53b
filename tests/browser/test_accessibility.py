"""The page for everyone: names, order, keyboard, contrast, small screens, paper."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.audit import CONTRASTS, heading_levels, nameless, overflowing, too_small_for_fingers, unreached
from tests.service.reports.documents import hostile

pytestmark = pytest.mark.browser


def test_everything_that_can_be_used_has_a_name(report):
    assert nameless(report) == []


def test_everything_that_can_be_used_is_reached_with_the_tab_key(report):
    assert unreached(report) == []


def test_the_focus_can_be_seen(report):
    report.get_by_role("button", name="Zoom in").focus()
    report.keyboard.press("Tab")
    outline = report.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_the_skip_link_leads_past_the_navigation(report):
    report.keyboard.press("Tab")
    report.keyboard.press("Enter")
    assert report.evaluate("document.activeElement.id") == "content"


def test_headings_go_down_one_level_at_a_time(report):
    levels = heading_levels(report)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(lower - upper <= 1 for upper, lower in pairwise(levels))


def test_the_page_has_its_landmarks(report):
    for role in ("banner", "navigation", "main", "contentinfo"):
        expect(report.get_by_role(role)).to_have_count(1)


def test_photos_have_words_and_a_size_that_holds_their_place(report):
    for photo in report.locator("[data-photo]").all():
        assert "2026" in photo.get_attribute("alt")
        assert (photo.get_attribute("width"), photo.get_attribute("height")) == ("1200", "1500")


def test_nothing_moves_while_the_page_loads(open_report):
    report = open_report()
    shift = report.evaluate(
        """() => new Promise(done => { let sum = 0; new PerformanceObserver(list => {
            for (const entry of list.getEntries()) sum += entry.value; })
            .observe({ type: 'layout-shift', buffered: true });
            setTimeout(() => done(sum), 300); })"""
    )
    assert shift < 0.01


def test_a_table_is_still_a_table_as_cards(open_report):
    report = open_report(wide=390, high=844)
    expect(report.get_by_role("table", name="Jawline")).to_be_visible()
    expect(report.get_by_role("row").filter(has_text="Detectable decrease").first).to_be_visible()


def test_no_width_needs_sideways_scrolling(open_report):
    report = open_report()
    for wide in (320, 360, 390, 820, 1024, 1280, 1920):
        report.set_viewport_size({"width": wide, "height": 800})
        assert overflowing(report) == [], wide


def test_long_words_do_not_push_the_page_wide(open_report):
    assert overflowing(open_report(hostile("Unterlidstraffungsbehandlung" * 5), wide=360, high=800)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [390, 1280])
def test_every_text_stands_out_from_its_ground(open_report, scheme, wide):
    report = open_report(wide=wide, color_scheme=scheme)
    report.get_by_role("button", name="Show on the photos: Jawline contour, left").click()
    report.get_by_role("button", name="Details of Jawline contour").click()
    assert report.evaluate(CONTRASTS) == []


def test_fingers_find_buttons_large_enough(open_report):
    assert too_small_for_fingers(open_report(wide=390, high=844, has_touch=True)) == []


def test_paper_carries_both_photos_whole_side_by_side_in_light_colours(open_report):
    report = open_report(color_scheme="dark")
    report.get_by_role("button", name="Zoom in").click()
    report.emulate_media(media="print", color_scheme="dark")
    before, after = (
        report.locator(f"[data-pane={which}] [data-frame]").bounding_box() for which in ("before", "after")
    )
    assert before["x"] + before["width"] <= after["x"]
    assert before["width"] / before["height"] == pytest.approx(0.8, abs=0.01)
    assert report.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(report.get_by_role("navigation")).to_be_hidden()
    expect(report.get_by_role("button", name="Side by side", exact=True)).to_be_hidden()
    expect(report.get_by_role("table", name="Jawline")).to_be_visible()
