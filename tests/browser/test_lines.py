"""The lines over the photos, and the rows and findings that lead to them."""

import pytest
from playwright.sync_api import Page, expect

from tests.service.reports.documents import not_comparable

pytestmark = pytest.mark.browser

LIDS = "[data-line][data-family=eyelids]"
JAW = "[data-line][data-family=jawline]"


def shown(page: Page, selector: str) -> int:
    return page.locator(selector).evaluate_all(
        "lines => lines.filter(l => getComputedStyle(l).display !== 'none').length"
    )


def test_a_switch_hides_and_shows_the_lines_of_its_family(report):
    switch = report.get_by_role("button", name="Eyelids and brow")
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert shown(report, LIDS) == 4
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert shown(report, LIDS) == 0
    assert shown(report, JAW) == 4


def test_before_and_after_differ_in_colour_and_in_dashes(report):
    looks = [
        report.locator(f".line__stroke--{which}").first.evaluate(
            "line => [getComputedStyle(line).stroke, getComputedStyle(line).strokeDasharray]"
        )
        for which in ("before", "after")
    ]
    assert looks[0][0] != looks[1][0]
    assert looks[1][1] == "none" != looks[0][1]


def test_a_row_shows_its_own_line_alone_and_near(report):
    report.get_by_role("button", name="Show on the photos: Jawline contour, left").click()
    assert shown(report, "[data-line]") == shown(report, f"{JAW}[data-side=left]") == 2
    assert float(report.locator("[data-zoom-figure]").inner_text().removesuffix("%")) > 200
    expect(report.locator("#jawline_contour-left")).to_have_class("change change--detectable-decrease is-chosen")
    expect(report.get_by_role("status")).to_contain_text("Jawline contour, left")


def test_choosing_the_row_again_or_escape_shows_all_as_before(report):
    button = report.get_by_role("button", name="Show on the photos: Jawline contour, left")
    for let_go in (button.click, lambda: report.keyboard.press("Escape")):
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        let_go()
        expect(button).to_have_attribute("aria-pressed", "false")
        expect(report.locator("[data-zoom-figure]")).to_have_text("100 %")
        assert shown(report, LIDS) == 4


def test_the_chosen_line_lies_in_the_middle_of_what_is_seen(open_report):
    report = open_report(reduced_motion="reduce")  # the photo jumps, so nothing has to be waited for
    report.get_by_role("button", name="Show on the photos: Upper lid to pupil (MRD1), left").click()
    line = report.locator(f"{LIDS}[data-side=left].is-chosen").first.bounding_box()
    stage = report.locator("[data-stage]").bounding_box()
    assert abs(line["x"] + line["width"] / 2 - stage["x"] - stage["width"] / 2) < 0.05 * stage["width"]
    assert stage["y"] < line["y"] < line["y"] + line["height"] < stage["y"] + stage["height"]


def test_a_finding_leads_to_the_photos(report):
    report.get_by_role("link", name="Jawline contour, left").click()
    expect(report.locator("#jawline_contour-left [data-locate]")).to_have_attribute("aria-pressed", "true")
    expect(report.locator("[data-stage]")).to_be_in_viewport()


def test_lines_keep_their_width_on_the_screen_when_one_comes_nearer(open_report):
    report = open_report(reduced_motion="reduce")  # the photo jumps, so nothing has to be waited for
    width = """() => { const line = document.querySelector('.line.is-on .line__stroke');
        const frame = document.querySelector('[data-frame]').getBoundingClientRect();
        return parseFloat(getComputedStyle(line).strokeWidth) * frame.width / 1200; }"""
    before = report.evaluate(width)
    report.get_by_role("button", name="Zoom in").click()
    assert abs(report.evaluate(width) - before) < 0.05


def test_details_open_and_close(report):
    button = report.get_by_role("button", name="Details of Jawline contour")
    about = report.locator("#about-jawline_contour")
    expect(about).to_be_hidden()
    button.click()
    expect(about).to_contain_text("detectable in this pair beyond")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(about).to_be_hidden()


def test_a_pair_that_cannot_be_compared_still_shows_its_photos(open_report):
    report = open_report(not_comparable())
    expect(report.get_by_role("heading", level=1)).to_contain_text("cannot be compared")
    expect(report.locator("[data-photo]")).to_have_count(2)
    expect(report.locator("[data-family-switch]")).to_have_count(0)
    report.keyboard.press("Escape")
