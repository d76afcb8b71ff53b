"""The page on which contours are placed, by mouse, finger and keys, served by the real service."""

import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from models.anatomy import View
from models.correction import ContourName
from service.app import create_app
from service.documents import MeasurementDocument
from service.sandbox import MeasureOutcome
from service.serving import serving
from service.settings import Settings
from service.tenancy.keys import create_key
from tests.browser.audit import CONTRASTS, FOCUSABLE, overflowing
from tests.browser.site import drawn_face
from tests.service.api.conftest import MEASURED, Clinic, FakeAnalyst, measured

pytestmark = pytest.mark.browser

RADIUS = 28


def eye(x: float, outward: int) -> dict:
    """The contours of the drawn face on one side; ``outward`` is +1 where the subject's left is."""
    lids = [
        (x + outward * dx, dy)
        for dx, dy in ((70, 600), (50, 585), (25, 574), (0, 570), (-25, 574), (-50, 585), (-70, 600))
    ]
    jaw = [
        (600 + outward * dx, y) for dx, y in ((330, 950), (300, 1050), (245, 1150), (170, 1230), (90, 1280), (0, 1300))
    ]
    return {
        "iris": {"centre": (x, 600), "radius": RADIUS},
        "upper_lid": lids,
        "lower_lid": [(a, 1200 - b) for a, b in lids],
        "jawline": jaw,
        "nasolabial_fold": [(600 + outward * 90, 900), (600 + outward * 120, 960), (600 + outward * 135, 1020)],
        "reasons": {},
    }


FACE = MeasurementDocument.model_validate(
    {
        **MEASURED.model_dump(),
        "size_px": (1200, 1500),
        "scale": {**MEASURED.scale.model_dump(), "mm_per_px": 11.71 / 2 / RADIUS},
        "contours_px": {"left": eye(800, 1), "right": eye(400, -1)},
    }
)


class Portraitist(FakeAnalyst):
    """Finds the drawn face in every photo."""

    def picture(self, upload: bytes) -> bytes:
        return drawn_face(0)

    def measure(self, upload: bytes, view=View.FRONTAL, corrections=(), subject=None, *, checked=False):
        return MeasureOutcome(measured(corrections, subject, FACE), b"\xff\xd8 overlay")


class Served:
    """The service, a clinic's client, a photo, and the link to correct it."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.photo = clinic.photo()
        self.url = clinic.post(f"/v1/photos/{self.photo}/correction-link").json()["url"]

    def kept(self) -> list[dict]:
        return self.clinic.get(f"/v1/photos/{self.photo}/corrections").json()["corrections"]


@pytest.fixture
def served(tmp_path) -> Iterator[Served]:
    app = create_app(Settings(data=tmp_path / "data", workers=1), Portraitist())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        with serving(app, listener) as address, httpx.Client(base_url=address, timeout=60) as client:
            with app.state.service.database.writing_across() as session:
                key = create_key(session, "Aurora")
            yield Served(Clinic(client, key))


@pytest.fixture
def open_page(browser, served, watched):
    """Open the page in a window of its own; the test fails if the page complains."""
    contexts = []

    def opened(wide: int = 1280, high: int = 900, **options) -> Page:
        context = browser.new_context(viewport={"width": wide, "height": high}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: watched.complaints.append(message.text))
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.goto(served.url)
        expect(page.locator("[data-handles] > g").first).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watched.complaints == []


@pytest.fixture
def page(open_page) -> Page:
    return open_page()


def choose(page: Page, words: str) -> None:
    page.get_by_role("radio", name=words).check()


def point(page: Page, index: int):
    return page.locator(f'[data-handles] > g[data-index="{index}"]')


def place(page: Page, index: int) -> tuple[float, float]:
    """Where a point is, in the photo's pixels."""
    words = point(page, index).get_attribute("transform")
    x, y = words.removeprefix("translate(").removesuffix(")").split()
    return float(x), float(y)


def middle(page: Page, index: int) -> tuple[float, float]:
    box = point(page, index).locator(".handle__dot").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def px_per_photo_px(page: Page) -> float:
    return page.locator("[data-canvas]").evaluate("svg => svg.getScreenCTM().a")


def save(page: Page, name: str = "Dr. A.") -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("is saved")


def test_a_point_is_dragged_with_the_mouse_and_saved(page, served):
    choose(page, "Left upper lid")
    before, scale = place(page, 4), px_per_photo_px(page)
    x, y = middle(page, 4)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 3, y - 24, steps=4)
    page.mouse.up()
    after = place(page, 4)
    # A screen pixel is the step of a mouse.
    assert after == pytest.approx((before[0] + 3 / scale, before[1] - 24 / scale), abs=1 / scale)
    save(page)
    (kept,) = served.kept()
    assert (kept["side"], kept["contour"], kept["corrected_by"]) == ("left", "upper_lid", "Dr. A.")
    assert kept["points"][4] == pytest.approx(after)
    assert kept["points"][0] == pytest.approx(place(page, 0))


def test_a_point_is_reached_with_the_tab_key_and_moved_with_the_arrows(page, served):
    choose(page, "Right jawline")
    page.locator("[data-canvas]").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Right jawline, point 1 of 6"
    x, y = place(page, 0)
    mm = 2 * RADIUS / 11.71
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    assert place(page, 0) == pytest.approx((x + 0.1 * mm, y + 1.1 * mm))
    told = page.get_by_role("status").inner_text()
    assert told == f"Right jawline, point 1 of 6: {x + 0.1 * mm:.1f} across, {y + 1.1 * mm:.1f} down."
    page.keyboard.press("Tab")
    assert "point 2 of 6" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    save(page)
    assert served.kept()[0]["points"][0] == pytest.approx([x + 0.1 * mm, y + 1.1 * mm])


def test_a_finger_drags_a_point(open_page):
    page = open_page(wide=390, high=844, has_touch=True)
    choose(page, "Left nasolabial fold")
    point(page, 1).scroll_into_view_if_needed()
    before, scale = place(page, 1), px_per_photo_px(page)
    x, y = middle(page, 1)
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in (1, 2, 3):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + 8 * step, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert place(page, 1) == pytest.approx((before[0] + 24 / scale, before[1]), abs=1.5 / scale)


def test_the_iris_moves_by_its_middle_and_grows_by_its_edge(page, served):
    choose(page, "Right iris")
    page.locator("[data-canvas]").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    save(page)
    mm = 2 * RADIUS / 11.71
    kept = served.kept()[0]
    assert kept["centre"] == pytest.approx([400, 600 - 0.1 * mm])
    assert kept["radius"] == pytest.approx(RADIUS + 0.1 * mm)


def test_undo_takes_back_one_move_at_a_time(page):
    choose(page, "Left upper lid")
    start = place(page, 3)
    point(page, 3).focus()
    page.keyboard.press("ArrowUp")
    once = place(page, 3)
    page.keyboard.press("Shift+ArrowUp")
    page.get_by_role("button", name="Undo").click()
    assert place(page, 3) == once
    page.keyboard.press("Control+z")
    assert place(page, 3) == start
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()


def test_reset_brings_back_what_was_found_even_after_saving(page, served):
    choose(page, "Left upper lid")
    start = place(page, 3)
    point(page, 3).focus()
    page.keyboard.press("Shift+ArrowUp")
    page.get_by_role("button", name="Reset to found").click()
    assert place(page, 3) == start
    point(page, 3).focus()
    page.keyboard.press("Shift+ArrowUp")
    save(page)
    expect(page.locator('[data-state="left/upper_lid"]')).to_have_text("by hand")
    page.get_by_role("button", name="Reset to found").click()
    expect(page.get_by_role("status")).to_contain_text("in use again")
    assert place(page, 3) == start
    assert served.kept() == []


def test_what_cannot_be_is_told_and_stays_on_the_page(page, served, watched):
    choose(page, "Left upper lid")
    point(page, 0).focus()
    for _ in range(25):
        page.keyboard.press("Shift+ArrowUp")
    moved = place(page, 0)
    page.get_by_label("Your name").fill("Dr. A.")
    with page.expect_response(lambda answer: answer.status == 422):
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("mm from where it can be")
    assert place(page, 0) == moved
    (refused,) = watched.complaints  # the browser writes a refused request to its console
    assert "422" in refused
    watched.complaints.clear()
    assert served.kept() == []


def test_a_name_is_asked_for_before_anything_is_sent(page, served):
    choose(page, "Left upper lid")
    point(page, 3).focus()
    page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Write your name first")
    assert page.evaluate("document.activeElement.name") == "corrected_by"
    assert served.kept() == []


def test_unsaved_contours_are_named_and_survive_looking_at_another(page):
    choose(page, "Left upper lid")
    point(page, 3).focus()
    page.keyboard.press("Shift+ArrowUp")
    moved = place(page, 3)
    choose(page, "Right iris")
    expect(page.locator('[data-state="left/upper_lid"]')).to_have_text("not saved")
    choose(page, "Left upper lid")
    assert place(page, 3) == moved


def test_the_photo_is_zoomed_and_moved_with_keys(page):
    canvas = page.locator("[data-canvas]")
    page.get_by_role("button", name="Whole photo").click()
    assert canvas.get_attribute("viewBox") == "-0.5 -0.5 1200 1500"
    canvas.focus()
    page.keyboard.press("+")
    assert float(canvas.get_attribute("viewBox").split()[2]) == pytest.approx(800)
    page.keyboard.press("0")
    assert canvas.get_attribute("viewBox") == "-0.5 -0.5 1200 1500"


def test_a_contour_is_drawn_as_the_analysis_takes_it(page):
    """Both draw the same curve through the points."""
    import numpy as np

    from analysis.corrections import drawn_through

    choose(page, "Left jawline")
    path = page.locator("[data-line] .yours")
    points = np.array([place(page, index) for index in range(6)])
    drawn = path.evaluate(
        "line => Array.from({ length: 200 }, (_, k) => line.getPointAtLength(k / 199 * line.getTotalLength()))"
        ".map(({ x, y }) => [x, y])"
    )
    ours = drawn_through(points, 2000)
    away = np.linalg.norm(np.array(drawn)[:, None] - ours[None], axis=2).min(axis=1)
    assert away.max() < 0.3  # pixels of the photo; the curves are sampled a fifth of a pixel apart


def test_every_contour_has_a_choice_with_a_name(page):
    assert page.get_by_role("radio").count() == 2 * len(ContourName)
    nameless = page.locator(FOCUSABLE).evaluate_all(
        "elements => elements.filter(e => !(e.getAttribute('aria-label') || e.labels?.[0]?.textContent ||"
        " e.textContent).trim()).map(e => e.outerHTML.slice(0, 80))"
    )
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [360, 1280])
def test_the_page_can_be_read_and_does_not_overflow(open_page, scheme, wide):
    page = open_page(wide=wide, color_scheme=scheme)
    assert page.evaluate(CONTRASTS) == []
    assert overflowing(page) == []


def test_the_page_runs_under_the_services_own_policy_and_asks_nobody_else(page, served):
    policy = page.evaluate("fetch(location.href).then(answer => answer.headers.get('content-security-policy'))")
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert page.locator("[style]").count() == 0
    data = json.loads(page.locator("[data-contours]").text_content())
    assert set(data) == {"contours_px", "corrections"}
