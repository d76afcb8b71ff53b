"""The series' report in a browser: its first screen, its player, its charts, for everyone."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from service.reports.series_folder import write_series_folder
from tests.browser.audit import CONTRASTS, heading_levels, nameless, overflowing, too_small_for_fingers, unreached
from tests.browser.site import drawn_face
from tests.service.reports import series_documents as documents

pytestmark = pytest.mark.browser

QUESTIONS = ("Did it work?", "How sure is it?", "What else could it be?")


def shown(page: Page) -> str:
    """The address of the photo that stands beside the baseline."""
    return page.locator("[data-pane=after] [data-photo]").get_attribute("src")


def visit_range(page: Page):
    return page.get_by_role("slider", name="Visit", exact=True)


def open_details(page: Page) -> None:
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")


# ---- the first screen ----


@pytest.mark.parametrize("document", [documents.a_series, documents.with_filler, documents.without_effect])
def test_one_screen_answers_the_three_questions(open_series, document):
    page = open_series(document(), wide=1280, high=900)
    for question in QUESTIONS:
        box = page.get_by_role("heading", name=question).bounding_box()
        assert 0 < box["y"] < 700
    for region in page.locator(".region").all():
        box = region.bounding_box()
        assert box["y"] + box["height"] < 900


def test_a_change_leads_to_its_chart(series):
    series.locator(".found__side").first.click()
    chart = series.locator(series.evaluate("location.hash"))
    expect(chart).to_be_in_viewport()
    expect(chart.get_by_role("img")).to_be_visible()


# ---- the photos ----


def test_nothing_plays_by_itself(series):
    before = shown(series)
    series.wait_for_timeout(1300)
    assert shown(series) == before
    expect(series.get_by_role("button", name="Play", exact=True)).to_have_attribute("aria-pressed", "false")


def test_the_photo_at_first_is_the_one_of_which_the_lasting_change_is_told(series):
    expect(series.locator("[data-says]")).to_have_text("23 March 2026 Before session 10")


def test_the_range_chooses_a_visit_and_says_which(series):
    visit_range(series).fill("2")
    expect(series.locator("[data-pane=after] [data-photo]")).to_have_attribute("src", "/before.jpg?2")
    expect(visit_range(series)).to_have_attribute("aria-valuetext", "19 January 2026, Before session 1")
    expect(series.locator("[data-caption]")).to_have_text("19 Jan 2026")
    expect(series.locator("[data-visit]").nth(2)).to_have_attribute("aria-pressed", "true")
    expect(series.locator("[data-visit][aria-pressed=true]")).to_have_count(1)
    expect(series.locator("[data-status]")).to_have_text("19 January 2026, Before session 1")


def test_the_arrow_keys_move_the_range_and_point_and_comma_step_anywhere_in_the_viewer(series):
    visit_range(series).fill("3")
    visit_range(series).press("ArrowRight")
    expect(visit_range(series)).to_have_value("4")
    series.locator("[data-stage]").focus()
    series.keyboard.press(".")
    series.keyboard.press(".")
    series.keyboard.press(",")
    expect(visit_range(series)).to_have_value("5")
    expect(series.locator("[data-pane=after] [data-photo]")).to_have_attribute("src", "/after.jpg?5")


def test_stepping_ends_at_the_first_and_the_last_visit(series):
    visit_range(series).fill("0")
    series.get_by_role("button", name="Visit before").click()
    expect(visit_range(series)).to_have_value("0")
    visit_range(series).fill("15")
    series.get_by_role("button", name="Next visit").click()
    expect(visit_range(series)).to_have_value("15")


def test_playing_goes_through_the_visits_and_stops_at_the_last(series):
    visit_range(series).fill("13")
    series.get_by_role("button", name="Play", exact=True).click()
    expect(series.get_by_role("button", name="Pause", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(visit_range(series)).to_have_value("15", timeout=5000)
    expect(series.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_choosing_a_visit_by_hand_pauses(series):
    visit_range(series).fill("0")
    series.locator("[data-stage]").focus()
    series.keyboard.press("p")
    series.locator("[data-visit]").nth(6).click()
    expect(series.get_by_role("button", name="Play", exact=True)).to_be_visible()
    series.wait_for_timeout(1300)
    expect(visit_range(series)).to_have_value("6")


def test_a_visit_with_a_comparison_leads_to_it_and_another_does_not(series):
    link = series.get_by_role("link", name="Full comparison with the baseline")
    expect(link).to_be_hidden()
    visit_range(series).fill("4")
    expect(link).to_have_attribute("href", "/comparison")
    visit_range(series).fill("5")
    expect(link).to_be_hidden()


@pytest.mark.parametrize("name,mode", [("Slider", "slider"), ("Blink", "blink"), ("Fade", "fade")])
def test_the_visit_is_compared_with_the_baseline_as_in_the_comparison(series, name, mode):
    series.get_by_role("button", name=name, exact=True).click()
    expect(series.locator("[data-viewer]")).to_have_attribute("data-mode", mode)
    expect(series.locator(f"[data-control={mode}]")).to_be_visible()


def test_a_visit_can_be_seen_alone(series):
    series.locator("[data-stage]").focus()
    series.keyboard.press("a")
    expect(series.locator("[data-pane=before]")).to_be_hidden()
    expect(series.locator("[data-pane=after]")).to_be_visible()


def test_the_divider_says_what_stands_on_each_side_of_it(series):
    series.get_by_role("button", name="Slider", exact=True).click()
    divider = series.get_by_role("slider", name="Divider between baseline and visit")
    divider.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuetext", "51 % baseline, 49 % visit")


def test_the_strip_scrolls_to_the_visit_and_the_page_stays_where_it_is(open_series):
    page = open_series(documents.a_hundred_visits())
    page.locator("#photos").evaluate("photos => photos.scrollIntoView({ behavior: 'instant' })")
    top = page.evaluate("scrollY")
    visit_range(page).fill("60")
    expect(page.locator("[data-visit]").nth(60)).to_be_in_viewport()
    assert page.evaluate("scrollY") == top


# ---- for everyone ----


def test_everything_that_can_be_used_has_a_name(series):
    assert nameless(series) == []


def test_everything_that_can_be_used_is_reached_with_the_tab_key(series):
    assert unreached(series) == []


def test_headings_go_down_one_level_at_a_time(series):
    levels = heading_levels(series)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(lower - upper <= 1 for upper, lower in pairwise(levels))


def test_every_chart_has_words_and_a_table_behind_it(series):
    charts = series.locator("#charts .timeline[role=img]")
    assert charts.count() > 15
    assert all("change from the baseline" in label for label in charts.evaluate_all("all => all.map(a => a.ariaLabel)"))
    behind = series.locator("#measure-mrd1").locator("xpath=ancestor::article").locator("details")
    behind.locator("summary").click()
    expect(behind.get_by_role("row")).to_have_count(1 + 16)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [390, 1280])
def test_every_text_stands_out_from_its_ground(open_series, scheme, wide):
    page = open_series(documents.with_filler(), wide=wide, color_scheme=scheme)
    open_details(page)
    assert page.evaluate(CONTRASTS) == []


@pytest.mark.parametrize("document", [documents.a_series, documents.a_hundred_visits, documents.two_visits])
def test_no_width_needs_sideways_scrolling(open_series, document):
    page = open_series(document())
    open_details(page)
    for wide in (320, 390, 820, 1024, 1280, 1920):
        page.set_viewport_size({"width": wide, "height": 800})
        assert overflowing(page) == [], wide


def test_long_words_do_not_push_the_page_wide(open_series):
    page = open_series(documents.hostile_series("Unterlidstraffungsbehandlung" * 5), wide=360, high=800)
    open_details(page)
    assert overflowing(page) == []


def test_fingers_find_buttons_large_enough(open_series):
    assert too_small_for_fingers(open_series(wide=390, high=844, has_touch=True)) == []


@pytest.mark.parametrize("wide", [360, 390, 820, 1280])
def test_letters_in_a_chart_are_never_too_small_to_read(open_series, wide):
    page = open_series(wide=wide)
    sizes = page.locator("#charts .timeline[role=img] text").evaluate_all(
        """all => all.map(text => parseFloat(getComputedStyle(text).fontSize)
            * text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width)"""
    )
    assert min(sizes) > 9.5


def test_the_words_under_a_chart_do_not_lie_on_each_other(open_series):
    for wide in (390, 1280):
        page = open_series(documents.a_hundred_visits(), wide=wide)
        boxes = (
            page.locator("#charts .timeline[role=img]")
            .first.locator("text")
            .evaluate_all("all => all.map(t => t.getBoundingClientRect()).map(b => [b.left, b.right, b.top, b.bottom])")
        )
        for one, other in ((a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :]):
            apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] + 2 or other[3] <= one[2] + 2
            assert apart, (wide, one, other)


# ---- safe, and without help ----


def test_nothing_is_asked_of_anyone_else(series, site, watched):
    series.wait_for_load_state("networkidle")
    assert all(url.startswith(site.address) for url in watched.requests)


def test_hostile_text_is_shown_and_never_run(open_series, watched):
    text = """"><img src=x onerror="console.log('run')"><script>console.log('run')</script>{{ 7 * 7 }}'"""
    page = open_series(documents.hostile_series(text))
    open_details(page)
    visit_range(page).fill("3")
    expect(page.get_by_text("{{ 7 * 7 }}").first).to_be_visible()
    assert page.locator("img[src=x], main script").count() == 0
    assert watched.complaints == []


def test_without_scripts_both_photos_and_all_figures_are_there(open_series):
    page = open_series(java_script_enabled=False)
    for which in ("before", "after"):
        expect(page.locator(f"[data-pane={which}]")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_hidden()
    expect(page.get_by_role("table", name="What changed lastingly")).to_be_visible()


def test_the_folder_opens_from_the_disk(browser, tmp_path):
    document = documents.two_visits()
    pictures = {visit.photo: drawn_face(20 * number) for number, visit in enumerate(document.visits)}
    report = write_series_folder(document, pictures, tmp_path / "report")
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())
    page.get_by_role("button", name="Visit before").click()
    expect(page.locator("[data-says]")).to_have_text("12 January 2026 Baseline")
    widths = page.locator("[data-photo]").evaluate_all("images => images.map(image => image.naturalWidth)")
    assert widths == [1200, 1200]
    assert complaints == []
    page.close()


def test_paper_carries_both_photos_all_tables_and_all_charts_in_light_colours(open_series):
    page = open_series(color_scheme="dark")
    page.get_by_role("button", name="Visit alone", exact=True).click()
    page.emulate_media(media="print", color_scheme="dark")
    before, after = (page.locator(f"[data-pane={which}] [data-frame]").bounding_box() for which in ("before", "after"))
    assert before["x"] + before["width"] <= after["x"]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.get_by_role("button", name="Play")).to_be_hidden()
    expect(page.get_by_role("table", name="What changed lastingly")).to_be_visible()
    expect(page.locator("#charts .timeline[role=img]").first).to_be_visible()
