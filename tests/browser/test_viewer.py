"""The two photos: how they are compared, and how near they are seen."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from service.reports import render_comparison_page
from tests.service.reports.documents import a_comparison

pytestmark = pytest.mark.browser


def viewer(page: Page) -> Locator:
    return page.locator("[data-viewer]")


def in_mode(page: Page, name: str) -> Locator:
    page.get_by_role("button", name=name, exact=True).click()
    return viewer(page)


def split(page: Page) -> str:
    return viewer(page).evaluate("viewer => getComputedStyle(viewer).getPropertyValue('--split')")


def transforms(page: Page) -> list[str]:
    return page.locator("[data-frame]").evaluate_all("frames => frames.map(f => getComputedStyle(f).transform)")


def zoom(page: Page) -> float:
    return float(page.locator("[data-zoom-figure]").inner_text().removesuffix("%"))


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_divider_moves_with_the_arrow_keys_and_says_where_it_stands(report):
    slider = report.get_by_role("slider", name="Divider between before and after")
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "52 % before, 48 % after")
    assert split(report) == "52%"


def test_the_divider_follows_the_mouse(report):
    x, y = middle(report.locator("[data-stage]"))
    report.mouse.move(x, y)
    report.mouse.down()
    report.mouse.move(x - 100, y, steps=4)
    report.mouse.up()
    width = report.locator("[data-stage]").bounding_box()["width"]
    assert float(split(report).removesuffix("%")) == pytest.approx(50 - 100 * 100 / width, abs=1)


def test_the_arrow_keys_on_the_whole_photo_move_the_divider(report):
    report.locator("[data-stage]").focus()
    report.keyboard.press("ArrowLeft")
    assert split(report) == "48%"


def test_left_of_the_divider_is_the_before_and_right_of_it_the_after(report):
    stage = report.locator("[data-stage]").bounding_box()
    seen = [
        report.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).closest('[data-pane]').dataset.pane",
            [stage["x"] + share * stage["width"], stage["y"] + stage["height"] / 2],
        )
        for share in (0.2, 0.8)
    ]
    assert seen == ["before", "after"]


@pytest.mark.parametrize(
    "name,mode,key",
    [
        *(("Slider", "slider", "s"), ("Side by side", "side", "d"), ("Blink", "blink", "b"), ("Fade", "fade", "f")),
        ("Difference", "difference", "m"),
    ],
)
def test_each_mode_has_a_button_and_a_key(report, name, mode, key):
    button = report.get_by_role("button", name=name, exact=True)
    button.click()
    expect(viewer(report)).to_have_attribute("data-mode", mode)
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(report.locator("[data-mode-choice][aria-pressed=true]")).to_have_count(1)
    report.locator("[data-stage]").focus()
    report.keyboard.press("f" if key == "s" else "s")
    report.keyboard.press(key)
    expect(viewer(report)).to_have_attribute("data-mode", mode)


def test_single_keys_do_nothing_outside_the_viewer(report):
    report.get_by_role("link", name="Measures").focus()
    report.keyboard.press("f")
    expect(viewer(report)).to_have_attribute("data-mode", "slider")


def test_side_by_side_shows_both_photos_whole(report):
    in_mode(report, "Side by side")
    before, after = (report.locator(f"[data-pane={which}]").bounding_box() for which in ("before", "after"))
    assert before["width"] == pytest.approx(after["width"], abs=1)
    assert before["x"] + before["width"] <= after["x"]


def colours_at(page, *places) -> list[tuple[int, int, int]]:
    """What is seen at places of the stage, in fractions of it."""
    shot = Image.open(io.BytesIO(page.locator("[data-stage]").screenshot())).convert("RGB")
    return [shot.getpixel((round(x * shot.width), round(y * shot.height))) for x, y in places]


def half_painted(level: int) -> bytes:
    """A picture whose left half is grey, and its right half of that level."""
    picture = Image.new("RGB", (120, 150), (128, 128, 128))
    picture.paste((level,) * 3, (60, 0, 120, 150))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_the_map_of_differences_is_grey_where_nothing_changed_and_tells_darker_from_lighter(open_page, site):
    document = a_comparison()
    site.pages |= {"/grey.png": half_painted(128), "/half.png": half_painted(128)}
    page = open_page(render_comparison_page(document, before_image="/grey.png", after_image="/half.png"))
    for level, more, less in ((90, 2, 0), (166, 0, 2)):  # darker is blue, lighter orange
        site.pages["/half.png"] = half_painted(level)
        page.reload()
        in_mode(page, "Difference")
        same, changed = colours_at(page, (0.25, 0.5), (0.75, 0.5))
        assert max(same) - min(same) < 12
        assert changed[more] > changed[less] + 60


def test_fade_shows_the_after_through_the_before(report):
    in_mode(report, "Fade")
    report.get_by_role("slider", name="Fade from before to after").fill("30")
    assert report.locator("[data-pane=after]").evaluate("pane => getComputedStyle(pane).opacity") == "0.3"


def test_blink_shows_one_photo_after_the_other_until_it_is_stopped(report):
    in_mode(report, "Blink")
    expect(viewer(report)).to_have_attribute("data-shown", "after", timeout=2000)
    expect(report.locator("[data-pane=before]")).to_be_hidden()
    expect(viewer(report)).to_have_attribute("data-shown", "before", timeout=2000)
    report.get_by_role("button", name="Stop").click()
    shown = viewer(report).get_attribute("data-shown")
    report.wait_for_timeout(1300)
    assert viewer(report).get_attribute("data-shown") == shown


def test_blink_never_flashes_more_than_three_times_in_a_second(report):
    in_mode(report, "Blink")
    rate = report.get_by_role("slider", name="Blink rate")
    rate.fill(rate.get_attribute("max"))
    seconds = float(re.search(r"[\d.]+", rate.get_attribute("aria-valuetext")).group())
    assert 1 / (2 * seconds) <= 3  # WCAG 2.2, 2.3.1; a flash is there and back


def test_who_wants_less_motion_starts_the_blinking_himself(open_report):
    report = open_report(reduced_motion="reduce")
    in_mode(report, "Blink")
    report.wait_for_timeout(1300)
    expect(viewer(report)).to_have_attribute("data-shown", "before")
    report.get_by_role("button", name="Start").click()
    expect(viewer(report)).to_have_attribute("data-shown", "after", timeout=2000)


def test_both_photos_zoom_and_move_together(report):
    in_mode(report, "Side by side")
    x, y = middle(report.locator("[data-pane=after]"))
    report.mouse.click(x, y)
    report.mouse.wheel(0, -400)
    report.mouse.move(x, y)
    report.mouse.down()
    report.mouse.move(x + 60, y + 40, steps=3)
    report.mouse.up()
    before, after = transforms(report)
    assert before == after != "matrix(1, 0, 0, 1, 0, 0)"


def test_the_wheel_keeps_the_place_under_the_mouse(report):
    stage = report.locator("[data-stage]").bounding_box()
    x, y = stage["x"] + 0.6 * stage["width"], stage["y"] + 0.4 * stage["height"]
    place = f"""() => {{ const f = document.querySelector('[data-frame]').getBoundingClientRect();
        return [({x} - f.left) / f.width, ({y} - f.top) / f.height]; }}"""
    report.mouse.click(x, y)
    before = report.evaluate(place)
    report.mouse.wheel(0, -500)
    expect(report.locator("[data-zoom-figure]")).not_to_have_text("100 %")
    assert report.evaluate(place) == pytest.approx(before, abs=0.002)


def test_a_wheel_that_only_passes_over_the_photos_scrolls_the_page(report):
    report.mouse.move(*middle(report.locator("[data-stage]")))
    report.mouse.wheel(0, 300)
    report.wait_for_timeout(600)
    assert report.evaluate("scrollY") > 100
    assert zoom(report) == 100


def test_a_double_click_comes_nearer_and_the_reset_shows_all_again(report):
    report.mouse.dblclick(*middle(report.locator("[data-stage]")))
    assert zoom(report) == 200
    report.get_by_role("button", name="Show the whole photo").click()
    assert zoom(report) == 100


def test_zoom_reaches_single_pixels_and_shows_them_as_they_are(report):
    for _ in range(12):
        report.get_by_role("button", name="Zoom in").click()
    width = report.locator("[data-frame]").first.bounding_box()["width"]
    assert width / 1200 > 4  # screen pixels for each pixel of the photo
    rendering = report.locator("[data-photo]").first.evaluate("image => getComputedStyle(image).imageRendering")
    assert rendering == "pixelated"


def test_the_photo_cannot_be_pushed_out_of_sight(report):
    report.mouse.dblclick(*middle(report.locator("[data-stage]")))
    report.locator("[data-stage]").focus()
    for _ in range(40):
        report.keyboard.press("ArrowLeft")
    frame, stage = (report.locator(part).first.bounding_box() for part in ("[data-frame]", "[data-stage]"))
    assert frame["x"] <= stage["x"] + 0.1 * stage["width"]


def test_two_fingers_zoom(open_report):
    report = open_report(wide=390, high=844, has_touch=True)
    report.locator("[data-stage]").scroll_into_view_if_needed()
    x, y = middle(report.locator("[data-stage]"))
    touch = report.context.new_cdp_session(report)
    for kind, spread in (("touchStart", 30), ("touchMove", 60), ("touchMove", 90)):
        points = [{"x": x - spread, "y": y, "id": 0}, {"x": x + spread, "y": y, "id": 1}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert zoom(report) == pytest.approx(300, rel=0.05)


def test_a_finger_moves_the_divider(open_report):
    report = open_report(wide=390, high=844, has_touch=True)
    report.locator("[data-stage]").scroll_into_view_if_needed()
    x, y = middle(report.locator("[data-stage]"))
    touch = report.context.new_cdp_session(report)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 5):
        point = {"x": x + 20 * step, "y": y}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert float(split(report).removesuffix("%")) > 60
