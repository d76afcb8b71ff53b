"""Every test here drives a real browser."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from service.documents import ComparisonDocument, SeriesDocument
from service.reports import render_comparison_page
from service.reports.series_page import render_series_page
from tests.browser.chromium import executable, running_chromium
from tests.browser.site import Site, running_site
from tests.service.reports.documents import a_comparison
from tests.service.reports.series_documents import a_series


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = executable()
    assert path is not None, "no chromium on this machine: apt-get install --no-install-recommends chromium"
    with running_chromium(path) as running:
        yield running


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@dataclass
class Watched:
    """What a page said and asked for while a test looked at it."""

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def watched() -> Watched:
    return Watched()


OpenPage = Callable[..., Page]
OpenReport = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: Site, watched: Watched) -> Iterator[OpenPage]:
    """Open a page in a window of its own; the test fails if the page complains."""
    contexts: list[BrowserContext] = []

    def opened(html: str, wide: int = 1280, high: int = 900, **options) -> Page:
        context = browser.new_context(viewport={"width": wide, "height": high}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: watched.complaints.append(message.text))
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.on("request", lambda request: watched.requests.append(request.url))
        page.goto(site.serve("/report", html))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watched.complaints == []


@pytest.fixture
def open_report(open_page: OpenPage) -> OpenReport:
    """Open the report of a comparison."""

    def opened(document: ComparisonDocument | None = None, **options) -> Page:
        told = document or a_comparison()
        return open_page(render_comparison_page(told, before_image="/before.jpg", after_image="/after.jpg"), **options)

    return opened


@pytest.fixture
def report(open_report: OpenReport) -> Page:
    return open_report()


@pytest.fixture
def open_series(open_page: OpenPage) -> OpenReport:
    """Open the report of a series; its photos are told apart by their addresses."""

    def opened(document: SeriesDocument | None = None, **options) -> Page:
        told = document or a_series()
        images = {visit.photo: f"/{('before', 'after')[n % 2]}.jpg?{n}" for n, visit in enumerate(told.visits)}
        links = {visit.photo: "/comparison" for visit in told.visits[4:5]}
        return open_page(render_series_page(told, images=images, compare_links=links, csv_link="/csv"), **options)

    return opened


@pytest.fixture
def series(open_series: OpenReport) -> Page:
    return open_series()
