"""A service in which people sign in, and browsers without script."""

import re
from dataclasses import dataclass

import httpx
import pytest

from tests.service.api.conftest import address, analyst, app, client, new_clinic, new_home, service, settings

__all__ = ["address", "analyst", "app", "client", "new_clinic", "new_home", "service", "settings"]

PASSWORD = "walnut lantern harbour"
OWNER = {"clinic": "Aurora", "name": "Ada Owner", "email": "Owner@Aurora.example", "password": PASSWORD}


@dataclass
class Browser:
    """A browser without script: it follows links, keeps cookies, and sends the page's forms as they are filled in."""

    client: httpx.Client
    page: httpx.Response | None = None

    def open(self, path: str) -> httpx.Response:
        self.page = self.client.get(path)
        return self.page

    def send(self, action: str, **typed) -> httpx.Response:
        """Send the form of the present page that goes to ``action``."""
        form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', self.page.text, re.DOTALL).group()
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        self.page = self.client.post(action, data=hidden | typed, headers={"Sec-Fetch-Site": "same-origin"})
        return self.page

    def sign_in(self, email: str = OWNER["email"], password: str = PASSWORD) -> httpx.Response:
        self.open("/sign-in")
        return self.send("/sign-in", email=email, password=password)

    @property
    def csrf(self) -> str:
        return re.search(r'<meta name="csrf" content="([^"]+)"', self.page.text).group(1)


@pytest.fixture
def new_browser(address):
    opened = []

    def make() -> Browser:
        opened.append(httpx.Client(base_url=address, follow_redirects=True, timeout=60))
        return Browser(opened[-1])

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def owner(new_browser, service) -> Browser:
    """The first owner, signed in."""
    browser = new_browser()
    browser.open(service.welcome.path())
    assert browser.send("/welcome", **OWNER).url.path == "/app/upload"
    return browser
