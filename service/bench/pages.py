"""How long the server takes for each page, in a clinic with many subjects and photos.

One subject's photos go through the whole service; then its rows are written again and again as other subjects' rows, so
that every document is as long as in a real clinic. The service is this process's own, on SQLite; each page is asked for
over HTTP on 127.0.0.1, as somebody who is signed in.
"""

import csv
import socket
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Final

from pydantic import BaseModel, ConfigDict

from models.publishing import Layout
from service.app import create_app
from service.assembly import Service
from service.bench.pages_rows import Multiplier
from service.client import Liftmark
from service.client.shapes import NewComparison, NewConsent, NewCourse, NewExport, NewSubject, NewVisit, Purpose
from service.people.cookies import COOKIE
from service.people.joining import Newcomer
from service.serving import collect_garbage_rarely, serving
from service.settings import Settings
from service.tenancy.clinics import clinics_by_name
from service.tenancy.keys import create_key

_SERIES: Final = Path(__file__).parents[2] / "sample_images" / "series"
_CLINIC: Final = "Bench"
_AT_ONCE: Final = 20
"""Subjects that are written in one transaction."""
_LOOK_S: Final = 0.5
_UNLIMITED: Final = 1_000_000
_CONSENT: Final = {"given_on": "2026-01-05", "recorded_by": "Dr. B.", "paper": "form 1", "regions": ["face"]}
_PASSWORD: Final = "kept for a bench and no longer"  # noqa: S105  of a database that goes afterwards


class PageTimes(BaseModel):
    """One page: milliseconds from the request to the whole answer, and its size."""

    model_config = ConfigDict(frozen=True)

    page: str
    median_ms: float
    slowest_ms: float
    kilobytes: float


class PagesDocument(BaseModel):
    """All pages, and how much the clinic holds."""

    model_config = ConfigDict(frozen=True)

    subjects: int
    photos: int
    runs: int
    pages: tuple[PageTimes, ...]


def bench_pages(subjects: int, photos: int, runs: int, tell: Callable[[str], None]) -> PagesDocument:
    """Time every page of the application.

    Parameters
    ----------
    photos : of all subjects together.
    runs : of each page, after one that does not count.
    """
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="liftmark-pages-")))
        app = create_app(_settings(folder))
        listener = until_the_end.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        address = until_the_end.enter_context(serving(app, listener))
        service: Service = app.state.service
        token = service.welcome.make_owner(_code(service), _CLINIC, Newcomer("Bench", "bench@bench.example", _PASSWORD))
        collect_garbage_rarely()  # as `liftmark serve` does
        tell("Analysing the sample series")
        subject_id, pair_id = _one_subject(address, service)
        tell("Writing the other subjects")
        _multiply(service, subject_id, subjects - 1, photos // subjects)
        tell("Asking for the pages")
        times = [_timed(address, token, name, path, runs) for name, path in _pages(subject_id, pair_id).items()]
    return PagesDocument(subjects=subjects, photos=photos // subjects * subjects, runs=runs, pages=tuple(times))


def _pages(subject_id: str, pair_id: str) -> Mapping[str, str]:
    return {
        "Worklist": "/app",
        "Worklist, has anything changed": f"/app/worklist/state?day={datetime.now(UTC).date()}",
        "Subjects": "/app/subjects",
        "Subjects, search": "/app/subjects?q=01",
        "Subject": f"/app/subjects/{subject_id}",
        "Upload": f"/app/upload?subject_id={subject_id}",
        "Camera": f"/app/camera/{subject_id}",
        "Comparison report": f"/v1/comparisons/{pair_id}/report",
        "Series report": f"/v1/subjects/{subject_id}/series/report",
        "Cohort": "/v1/cohort/report",
        "Repeatability studies": "/app/studies",
        "Consents": "/app/consents",
        "Consents of a subject": f"/app/subjects/{subject_id}/consents",
        "Exports": "/app/exports",
        "Export, chosen": f"/app/exports/new?comparison_id={pair_id}",
        "Links": "/app/links",
        "Audit": "/app/audit",
        "Settings": "/app/settings",
    }


def _settings(folder: Path) -> Settings:
    """A bench asks more than a clinic may."""
    return Settings(
        data=folder,
        database_url=None,
        blobs_url=None,
        master_key=None,
        requests_per_minute=_UNLIMITED,
        key_requests_per_minute=_UNLIMITED,
        heavy_per_minute=_UNLIMITED,
    )


def _code(service: Service) -> str:
    path = service.welcome.path()
    assert path is not None  # noqa: S101  nobody was made yet
    return path.rpartition("=")[2]


def _one_subject(address: str, service: Service) -> tuple[str, str]:
    """The sample series through the real service: the subject, and one of its comparisons."""
    with service.database.writing_across() as session:
        key = create_key(session, _CLINIC)
    with Liftmark(address, key) as clinic, (_SERIES / "visits.csv").open(encoding="utf-8") as table:
        subject = clinic.make_subject(NewSubject(reference="P"))
        rows = list(csv.DictReader(table))
        first, start = datetime.fromisoformat(rows[0]["taken_at"]), datetime.now(UTC) - timedelta(days=100)
        clinic.make_course(subject.id, NewCourse.model_validate({"started_on": start.date()}))
        photos = []
        for row in rows:
            taken_at = datetime.fromisoformat(row["taken_at"]) - first + start
            visit = clinic.make_visit(
                subject.id, NewVisit.model_validate({"taken_at": taken_at, "phase": row["phase"]})
            )
            photos.append(clinic.upload_photo(visit.id, _SERIES / row["file"], wait=60).id)
        asked = NewComparison.model_validate({"before_photo_id": photos[0], "after_photo_id": photos[-2]})
        pair = clinic.compare_photos(asked, wait=60)
        clinic.give_consent(subject.id, Purpose.WEBSITE, NewConsent.model_validate(_CONSENT))
        wanted = NewExport(comparison_id=pair.id, purpose=Purpose.WEBSITE, format=Layout.SIDE_BY_SIDE)
        clinic.make_export(wanted, wait=60)
        clinic.make_link(pair.id)
    while service.jobs.queues():
        time.sleep(_LOOK_S)
    return subject.id, pair.id


def _multiply(service: Service, subject_id: str, copies: int, photos: int) -> None:
    with service.database.reading_across() as session:
        tenant = clinics_by_name(session)[_CLINIC]
    for begin in range(0, copies, _AT_ONCE):
        with service.database.writing(tenant) as session:
            multiplier = Multiplier(session, tenant, subject_id)
            for number in range(begin + 1, min(begin + _AT_ONCE, copies) + 1):
                multiplier.add(number, photos)


def _timed(address: str, token: str, name: str, path: str, runs: int) -> PageTimes:
    request = urllib.request.Request(address + path, headers={"Cookie": f"{COOKIE}={token}"})  # noqa: S310  our own
    times, size = [], 0
    for _ in range(runs + 1):
        started = time.perf_counter()
        with urllib.request.urlopen(request) as answer:  # noqa: S310  as above
            size = len(answer.read())
        times.append(1000 * (time.perf_counter() - started))
    counted = times[1:]
    return PageTimes(page=name, median_ms=median(counted), slowest_ms=max(counted), kilobytes=size / 1000)
