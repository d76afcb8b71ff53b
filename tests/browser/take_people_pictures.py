"""Take the documentation's pictures of the pages for people: ``python -m tests.browser.take_people_pictures``."""

import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page

from service.app import create_app
from service.demo import free_listener
from service.serving import serving
from service.settings import Settings
from tests.browser.chromium import executable, running_chromium

_IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"
_PASSWORD: Final = "walnut lantern harbour"


def opened(browser: Browser, wide: int, high: int) -> Page:
    """A window in which nothing moves."""
    return browser.new_page(
        viewport={"width": wide, "height": high}, device_scale_factor=1.5, reduced_motion="reduce", color_scheme="light"
    )


def kept(page: Page, name: str) -> None:
    """Write what the window shows."""
    path = _IMAGES / f"{name}.webp"
    Image.open(BytesIO(page.screenshot())).save(path, quality=88, method=6)
    print(path)


def take(browser: Browser, address: str, welcome: str) -> None:
    """Begin as the first owner, and look at the settings with an invitation just made."""
    phone = opened(browser, 390, 844)
    phone.goto(address + welcome)
    typed = {"The clinic's name": "Aurora", "Your name": "Ada Owner", "E-mail address": "ada@aurora.example"}
    for label, text in typed.items():
        phone.get_by_label(label).fill(text)
    kept(phone, "welcome-phone")
    phone.get_by_label("Password").fill(_PASSWORD)
    phone.get_by_role("button", name="Begin").click()
    phone.wait_for_url("**/app**")
    desk = opened(browser, 1280, 900)
    desk.goto(f"{address}/sign-in?next=/app/settings")
    desk.get_by_label("E-mail address").fill("ada@aurora.example")
    desk.get_by_label("Password").fill(_PASSWORD)
    desk.get_by_role("button", name="Sign in").click()
    desk.get_by_label("E-mail address").fill("mia@aurora.example")
    desk.get_by_role("button", name="Make a link").click()
    desk.get_by_text("shown this once").wait_for()
    kept(desk, "settings")


def main() -> None:
    """Take them of a new service."""
    chromium = executable()
    if chromium is None:
        sys.exit("No chromium on this machine: apt-get install --no-install-recommends chromium")
    with tempfile.TemporaryDirectory() as folder, free_listener() as listener, running_chromium(chromium) as browser:
        app = create_app(Settings(data=Path(folder), workers=0, database_url=None, blobs_url=None, master_key=None))
        with serving(app, listener) as address:
            take(browser, address, app.state.service.welcome.path() or "")


if __name__ == "__main__":
    main()
