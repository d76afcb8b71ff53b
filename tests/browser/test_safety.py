"""A page asks nobody else for anything, runs nothing but its own scripts, and opens from the disk as well."""

import pytest
from playwright.sync_api import expect

from service.reports import render_comparison_page, render_refusal_page, write_report_folder
from tests.browser.site import drawn_face
from tests.service.naughty import SHOWN
from tests.service.reports.documents import a_comparison, a_refusal, hostile
from tests.service.reports.series_documents import hostile_series

pytestmark = pytest.mark.browser


def test_nothing_is_asked_of_anyone_else(report, site, watched):
    report.wait_for_load_state("networkidle")
    assert watched.requests
    assert all(url.startswith(site.address) for url in watched.requests)


def test_the_page_works_under_the_strictest_policy(report, watched):
    for mode in ("Side by side", "Blink", "Fade", "Slider"):
        report.get_by_role("button", name=mode, exact=True).click()
    report.get_by_role("button", name="Zoom in").click()
    assert watched.complaints == []


def test_hostile_text_is_shown_and_never_run(open_report, watched):
    text = """"><img src=x onerror="console.log('run')"><script>console.log('run')</script>{{ 7 * 7 }}'"""
    report = open_report(hostile(text))
    expect(report.get_by_text("{{ 7 * 7 }}").first).to_be_visible()
    report.get_by_role("button", name="Zoom in").click()
    assert report.locator("img[src=x], main script").count() == 0
    assert watched.complaints == []


def test_hostile_addresses_of_pictures_stay_addresses(site, browser):
    page = browser.new_page()
    html = render_comparison_page(a_comparison(), before_image='x" onerror="document.title=1', after_image="/after.jpg")
    page.goto(site.serve("/hostile", html))
    assert page.title() != "1"
    assert page.locator("[data-photo]").first.get_attribute("src") == 'x" onerror="document.title=1'
    page.close()


def test_the_folder_opens_from_the_disk(browser, tmp_path):
    report = write_report_folder(a_comparison(), drawn_face(0), drawn_face(20), tmp_path / "report")
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())
    page.get_by_role("button", name="Side by side", exact=True).click()
    expect(page.locator("[data-viewer]")).to_have_attribute("data-mode", "side")
    widths = page.locator("[data-photo]").evaluate_all("images => images.map(image => image.naturalWidth)")
    assert widths == [1200, 1200]
    assert complaints == []
    page.close()


def test_without_scripts_both_photos_and_all_figures_are_there(open_report):
    report = open_report(java_script_enabled=False)
    for which in ("before", "after"):
        expect(report.locator(f"[data-pane={which}]")).to_be_visible()
    expect(report.locator("#about-mrd1")).to_be_visible()
    expect(report.locator("[data-mode-choice]").first).to_be_hidden()


def test_a_refusal_says_which_photo_why_and_what_to_do(browser, site):
    page = browser.new_page()
    page.goto(site.serve("/refused", render_refusal_page(a_refusal())))
    expect(page.get_by_role("heading", level=1)).to_have_text("The after photo cannot be measured")
    expect(page.get_by_text("No face was found in the photo.")).to_be_visible()
    expect(page.get_by_text("Take the photo from the front")).to_be_visible()
    page.close()


def test_no_string_that_programs_trip_over_runs_or_complains(open_report, open_series, watched):
    text = " ".join(SHOWN)
    for page in (open_report(hostile(text)), open_series(hostile_series(text))):
        page.on("dialog", lambda dialog: watched.complaints.append(dialog.message))
        page.wait_for_load_state("networkidle")
        assert page.locator("img[src=x], iframe, main script:not([src]), main svg[onload]").count() == 0
    assert watched.complaints == []
