"""The page for everyone: names, order, keyboard, contrast, small screens, paper."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.service.reports.documents import hostile

pytestmark = pytest.mark.browser

FOCUSABLE = "a[href], button, input, summary, [tabindex='0']"

CONTRASTS = """() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgb = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data]; };
    const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (element) => { for (let e = element; e; e = e.parentElement) {
        const colour = rgb(getComputedStyle(e).backgroundColor); if (colour[3] > 0) return colour; } };
    const poor = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
        const box = element.getBoundingClientRect();
        if (!own || box.width < 2 || element.closest('figure, [hidden]')) continue;
        const both = [light(rgb(getComputedStyle(element).color)), light(ground(element))].sort();
        const ratio = (both[1] + 0.05) / (both[0] + 0.05);
        if (ratio < 4.5) poor.push(`${element.className}: ${element.textContent.trim()} ${ratio.toFixed(2)}`);
    }
    return poor; }"""


def overflowing(page: Page) -> list[str]:
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
            .map(e => e.tagName + '.' + e.className)"""
    )


def test_everything_that_can_be_used_has_a_name(report):
    nameless = report.locator(FOCUSABLE).evaluate_all(
        """elements => elements.filter(e => !(e.getAttribute('aria-label') || e.innerText || e.textContent).trim())
            .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert nameless == []


def test_everything_that_can_be_used_is_reached_with_the_tab_key(report):
    visible = report.locator(FOCUSABLE).evaluate_all(
        "elements => elements.filter(e => e.checkVisibility({ visibilityProperty: true })).length"
    )
    reached = set()
    for _ in range(visible + 5):
        report.keyboard.press("Tab")
        reached.add(report.evaluate("() => { const all = [...document.querySelectorAll('*')];"
                                    " return all.indexOf(document.activeElement); }"))  # fmt: skip
    body = report.evaluate("[...document.querySelectorAll('*')].indexOf(document.body)")
    assert len(reached - {body}) == visible


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
    levels = report.locator("h1, h2, h3, h4").evaluate_all("headings => headings.map(h => Number(h.tagName[1]))")
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
    report = open_report(wide=390, high=844, has_touch=True)
    small = report.locator("button:visible").evaluate_all(
        """buttons => buttons.map(b => [b.textContent.trim(), b.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24).map(([words]) => words)"""
    )
    assert small == []  # WCAG 2.2, 2.5.8: 24 by 24 CSS pixels


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
