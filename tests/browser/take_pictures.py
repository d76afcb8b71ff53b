"""Take the documentation's pictures: ``python -m tests.browser.take_pictures [reports] [application]``, or all.

Analyses the sample photos with the program as it is, opens their reports and the application's pages in chromium and
writes ``docs/images/``.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.application_pictures import take_application_pictures
from tests.browser.chromium import executable, running_chromium

_ROOT: Final = Path(__file__).parents[2]
_IMAGES: Final = _ROOT / "docs" / "images"
_SERIES: Final = _ROOT / "sample_images" / "series"
_PAIR: Final = tuple(_ROOT / "sample_images" / f"eyelids_{which}.jpg" for which in ("before", "after"))


def first_screen(page: Page) -> None:
    """Leave the page as it opens."""
    page.evaluate("scrollTo(0, 0)")


def one_measure(page: Page) -> None:
    """Show where one measure was taken."""
    page.locator("[data-row]:has([data-locate])").nth(1).locator("[data-locate]").click()
    page.locator("#photos").evaluate("viewer => viewer.scrollIntoView()")


def charts(page: Page) -> None:
    """Show the measures over the visits."""
    page.locator("#charts").evaluate("charts => charts.scrollIntoView()")


def player(page: Page) -> None:
    """Show the photos of all visits."""
    page.locator("#photos").evaluate("photos => photos.scrollIntoView()")


Report = Literal["comparison", "series"]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture and how it is come by; sizes in CSS pixels."""

    report: Report
    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]
    show: Callable[[Page], None]


_PICTURES: Final = (
    Picture("comparison", "report", 1280, 900, "light", first_screen),
    Picture("comparison", "report-measure-dark", 1280, 900, "dark", one_measure),
    Picture("comparison", "report-phone", 390, 844, "light", first_screen),
    Picture("series", "series", 1280, 900, "light", first_screen),
    Picture("series", "series-charts", 1280, 900, "light", charts),
    Picture("series", "series-photos-dark", 1280, 900, "dark", player),
    Picture("series", "series-phone", 390, 844, "light", first_screen),
)


def analysed_samples(folder: Path) -> dict[Report, Path]:
    """Analyse the sample pair and the sample series, and return their reports."""
    liftmark = Path(sys.executable).with_name("liftmark")
    asked: dict[Report, tuple[str | Path, ...]] = {"comparison": ("compare", *_PAIR), "series": ("series", _SERIES)}
    for report, words in asked.items():
        subprocess.run([liftmark, *words, "--out", folder / report], check=True, stdout=subprocess.DEVNULL)
    return {report: folder / report / "report.html" for report in asked}


def take(browser: Browser, report: Path, picture: Picture) -> Path:
    """Take one picture, and return where it was written."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.scheme,
        reduced_motion="reduce",
        device_scale_factor=1.5,
    )
    page = context.new_page()
    page.goto(report.as_uri())
    picture.show(page)
    page.wait_for_timeout(300)
    path = _IMAGES / f"{picture.name}.webp"
    Image.open(BytesIO(page.screenshot())).save(path, quality=88, method=6)
    context.close()
    return path


def main() -> None:
    """Take all pictures."""
    chromium = executable()
    if chromium is None:
        sys.exit("No chromium on this machine: apt-get install --no-install-recommends chromium")
    _IMAGES.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:]) or {"reports", "application"}
    with tempfile.TemporaryDirectory() as folder, running_chromium(chromium) as browser:
        if "reports" in wanted:
            reports = analysed_samples(Path(folder))
            for picture in _PICTURES:
                print(take(browser, reports[picture.report], picture))
        if "application" in wanted:
            for path in take_application_pictures(browser, _IMAGES, Path(folder)):
                print(path)


if __name__ == "__main__":
    main()
