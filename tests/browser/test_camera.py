"""The camera page, with a camera that shows a sample photo, and with the analysis as it is."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.application import running_application
from tests.browser.audit import CONTRASTS, nameless, overflowing, too_small_for_fingers, unreached
from tests.browser.chromium import ARGUMENTS, executable

pytestmark = pytest.mark.browser

BEFORE = Path(__file__).parents[2] / "sample_images" / "eyelids_before.jpg"


@pytest.fixture
def camera(browser, tmp_path):
    """A browser whose camera sees the sample photo, its head tipped by 15 degrees."""
    stream = BytesIO()
    with Image.open(BEFORE) as picture:
        picture.rotate(15).resize((960, 1200)).save(stream, "JPEG", quality=90)
    film = tmp_path / "film.mjpeg"
    film.write_bytes(stream.getvalue() * 2)
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    arguments = [*ARGUMENTS, *fake, f"--use-file-for-fake-video-capture={film}"]
    opened = browser.browser_type.launch(executable_path=executable(), args=arguments)
    yield opened
    opened.close()


def test_the_camera_says_how_to_hold_the_head_and_the_photo_is_judged(camera, tmp_path):
    with running_application(tmp_path / "data") as app:
        subject = app.clinic.subject("P-1042")
        app.clinic.photo(BEFORE.read_bytes(), app.visit(subject, "2026-03-02T10:00:00Z", "baseline"))
        page = app.window(camera, 360, 740)
        page.goto(f"/app/camera/{subject}")
        expect(page.locator("[data-hints]")).to_contain_text("Tip the head towards the subject's left", timeout=30_000)
        expect(page.get_by_role("img", name="The photo of 2 Mar 2026, to be matched")).to_be_visible()
        assert page.locator("[data-outline] polyline").count() == 2 * 8  # each line with its casing
        assert (overflowing(page), nameless(page), too_small_for_fingers(page), unreached(page)) == ([], [], [], [])
        assert page.evaluate(CONTRASTS) == []
        page.get_by_role("button", name="Take the photo").press("Enter")
        page.get_by_role("button", name="Again").press("Enter")
        page.get_by_role("button", name="Take the photo").press("Enter")
        page.get_by_role("button", name="Use this photo").press("Enter")
        expect(page.locator("[data-verdict-says]")).to_have_text("Usable", timeout=60_000)
        photos = app.clinic.get(f"/v1/subjects/{subject}/photos").json()["items"]
        assert [photo["status"] for photo in photos] == ["analysed", "analysed"]
    assert app.complaints == []
