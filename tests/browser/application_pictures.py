"""The documentation's pictures of the application: a clinic with the sample photos, seen by its owner."""

import csv
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.application import Application, running_application, wall
from tests.browser.chromium import ARGUMENTS, executable

_SAMPLES: Final = Path(__file__).parents[2] / "sample_images"
_SHOWN: Final = "This is what the export will look like"
_DAY: Final = "2026-03-02"
_DAYS: Final = 150
"""So long ago the sample course began."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A page and the window that it is seen in; sizes in CSS pixels."""

    name: str
    page: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    chosen: tuple[str, str] | None = None
    """What is chosen on the page, and the words that then come."""


_SHOTS: Final = (
    Shot("app-worklist", "/app", 1280, 860),
    Shot("app-worklist-phone", "/app", 390, 844, "dark"),
    Shot("app-subjects", "/app/subjects", 1280, 520),
    Shot("app-subject", "/app/subjects/{course}", 1280, 1100),
    Shot("app-upload-phone", "/app/upload?subject_id={pair}", 390, 844),
    Shot("app-camera-phone", "/app/camera/{pair}", 390, 844),
    Shot("app-studies", "/app/studies/new?reference=P-1042", 1280, 700),
    Shot("app-audit", "/app/audit", 1280, 700, "dark"),
    Shot("app-comparison", "/app/comparisons/{comparison}", 1280, 900),
    Shot("app-consents", "/app/subjects/{pair}/consents", 1280, 800),
    Shot("app-export", "/app/exports/new?comparison_id={comparison}", 1280, 1250, chosen=("Website", _SHOWN)),
    Shot("app-exports", "/app/exports", 1280, 620, "dark"),
    Shot("app-links", "/app/links", 1280, 420),
)


def take_application_pictures(browser: Browser, images: Path, folder: Path) -> Iterator[Path]:
    """Write the pictures, and yield where each was written."""
    film = folder / "film.mjpeg"
    film.write_bytes(_film())
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    arguments = [*ARGUMENTS, *fake, f"--use-file-for-fake-video-capture={film}"]
    with running_application(folder / "data") as app:
        subjects = _clinic(app)
        camera = browser.browser_type.launch(executable_path=executable(), args=arguments)
        for shot in _SHOTS:
            yield _take(app, camera, shot, subjects, images)
        camera.close()


def _take(app: Application, browser: Browser, shot: Shot, subjects: Mapping[str, str], images: Path) -> Path:
    options = {"color_scheme": shot.scheme, "reduced_motion": "reduce", "device_scale_factor": 1.5}
    page = app.window(browser, shot.width, shot.height, **options)
    page.goto(shot.page.format(**subjects))
    if shot.chosen:
        page.get_by_label(shot.chosen[0]).check()
        page.get_by_text(shot.chosen[1]).wait_for()
    page.wait_for_timeout(800)  # for small pictures
    if "camera" in shot.page:
        expect(page.locator("[data-hints]")).not_to_be_empty(timeout=60_000)
    path = images / f"{shot.name}.webp"
    Image.open(BytesIO(page.screenshot())).save(path, quality=80, method=6)
    page.close()
    return path


def _clinic(app: Application) -> dict[str, str]:
    course, pair = app.clinic.subject("P-1042"), app.clinic.subject("P-1043")
    _bring_course(app, course)
    now = datetime.now(UTC)
    before, after = ((_SAMPLES / f"jawline_{which}.jpg").read_bytes() for which in ("before", "after"))
    first = app.visit(pair, (now - timedelta(days=40)).isoformat(), "baseline")
    today = app.visit(pair, now.isoformat(), treatment_number=4)
    photos = [_uploaded(app, visit, photo) for visit, photo in ((first, before), (today, after), (today, wall()))]
    for number in range(1044, 1052):
        app.clinic.subject(f"P-{number}")
    while app.service.jobs.queues():
        time.sleep(0.5)
    return {"course": course, "pair": pair, "comparison": _published(app, pair, photos[:2])}


def _uploaded(app: Application, visit: str, photo: bytes) -> str:
    return str(app.clinic.upload(visit, photo, wait=60).json()["id"])


def _published(app: Application, subject: str, photos: list[str]) -> str:
    """Compare two photos, and publish the pair with the subject's consent."""
    asked = dict(zip(("before_photo_id", "after_photo_id"), photos, strict=True))
    comparison = str(app.clinic.post("/v1/comparisons?wait=60", asked).json()["id"])
    given = {"given_on": _DAY, "recorded_by": "Dr. A.", "paper": f"form of {_DAY}, folder 12", "regions": ["face"]}
    for purpose in ("website", "training"):
        app.clinic.put(f"/v1/subjects/{subject}/consents/{purpose}", given)
    for shape in ("side_by_side", "stacked"):
        wanted = {"comparison_id": comparison, "purpose": "website", "format": shape, "size": "social"}
        assert app.clinic.post("/v1/exports?wait=60", wanted).json()["status"] == "made"
    assert app.clinic.post(f"/v1/comparisons/{comparison}/link", {"purpose": "training"}).status_code == 201
    return comparison


def _bring_course(app: Application, subject: str) -> None:
    with (_SAMPLES / "series" / "visits.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    start = datetime.now(UTC) - timedelta(days=_DAYS)
    first = datetime.fromisoformat(rows[0]["taken_at"])
    app.clinic.post(f"/v1/subjects/{subject}/courses", {"started_on": start.date().isoformat()})
    visits: dict[str, str] = {}
    for row in rows:
        taken_at = (datetime.fromisoformat(row["taken_at"]) - first + start).isoformat()
        named = f"{row['taken_at'][:10]} {row['phase']}"
        if named not in visits:
            number = {"treatment_number": int(row["treatment_number"])} if row["treatment_number"] else {}
            visits[named] = app.visit(subject, taken_at, row["phase"], **number)
        app.clinic.upload(visits[named], (_SAMPLES / "series" / row["file"]).read_bytes(), wait=0)


def _film() -> bytes:
    """What the camera sees: the after of the pair, its head a little tipped."""
    stream = BytesIO()
    with Image.open(_SAMPLES / "jawline_after.jpg") as picture:
        picture.rotate(-12).resize((960, 1200)).save(stream, "JPEG", quality=90)
    return stream.getvalue() * 2
