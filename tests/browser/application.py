"""The application as a browser meets it: the service, a clinic with records, and somebody who is signed in."""

import dataclasses
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from models.anatomy import View
from models.quality import Flag, FlagCode, Refused
from service.app import create_app
from service.assembly import Service
from service.documents import refused_document
from service.people.cookies import COOKIE
from service.people.joining import Newcomer
from service.sandbox import CompareOutcome, MeasureOutcome
from service.serving import serving
from service.settings import Settings
from service.tenancy.keys import create_key
from tests.browser.site import drawn_face
from tests.service.api.conftest import Clinic
from tests.service.api.courses import CourseAnalyst

ADA = Newcomer("Ada Owner", "ada@aurora.example", "walnut lantern harbour")


@cache
def wall() -> bytes:
    """A picture without a face."""
    stream = BytesIO()
    Image.new("RGB", (900, 1200), "#b9b3a6").save(stream, "JPEG")
    return stream.getvalue()


def small(upload: bytes) -> bytes:
    with Image.open(BytesIO(upload)) as picture:
        picture.thumbnail((160, 160))
        stream = BytesIO()
        picture.save(stream, "JPEG")
    return stream.getvalue()


class Portraitist(CourseAnalyst):
    """Finds a face in every picture but a wall's, and shows what it saw."""

    def check(self, upload: bytes):
        return None if upload.startswith(b"\xff\xd8") else refused_document(Refused(Flag.of(FlagCode.NOT_AN_IMAGE)))

    def picture(self, upload: bytes) -> bytes:
        return upload

    def measure(self, upload: bytes, view=View.FRONTAL, corrections=(), subject=None, *, checked=False):
        assert self.go_on.wait(20)
        if upload == wall():
            refused = refused_document(Refused(Flag.of(FlagCode.NO_FACE)))
            return MeasureOutcome(refused, None, small(upload))
        found = super().measure(b"photo 0.0", view, corrections, subject)
        return MeasureOutcome(found.document, upload, small(upload))

    def compare_shots(self, before, after, subject=None, view=View.FRONTAL, *, checked=False, floors=()):
        if wall() in {shot.upload for shot in (*before, *after)}:
            return CompareOutcome(refused_document(Refused(Flag.of(FlagCode.NO_FACE)), "after"), None, None)
        lids = [[dataclasses.replace(shot, upload=b"photo 0.4") for shot in shots] for shots in (before, after)]
        found = super().compare_shots(*lids, subject, view)
        return dataclasses.replace(found, aligned_before_jpeg=drawn_face(0), aligned_after_jpeg=drawn_face(20))


@dataclass
class Application:
    """A running service with one clinic; its first owner is signed in in every window."""

    address: str
    service: Service
    clinic: Clinic
    token: str
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def window(self, browser: Browser, wide: int = 1280, high: int = 900, **options) -> Page:
        """A window of its own; what its pages complain of is written down."""
        context = browser.new_context(viewport={"width": wide, "height": high}, base_url=self.address, **options)
        context.add_cookies([{"name": COOKIE, "value": self.token, "url": self.address}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def visit(self, subject: str, taken_at: str, phase: str = "treatment", **more) -> str:
        new = {"taken_at": taken_at, "phase": phase, **more}
        return self.clinic.post(f"/v1/subjects/{subject}/visits", new).json()["id"]


@contextmanager
def running_application(folder: Path, analyst=None) -> Iterator[Application]:
    """Serve; with an analyst in place of the sandbox, or with the sandbox."""
    app = create_app(Settings(data=folder, workers=1), analyst)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        with serving(app, listener) as address, httpx.Client(base_url=address, timeout=60) as client:
            service = app.state.service
            token = service.welcome.make_owner(service.welcome.path().rpartition("=")[2], "Aurora", ADA)
            with service.database.writing_across() as session:
                key = create_key(session, "Aurora")
            running = Application(address, service, Clinic(client, key), token)
            try:
                yield running
            finally:
                for context in running.contexts:
                    context.close()
