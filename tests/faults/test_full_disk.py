"""A disk that fills up under uploads, then has room again: nothing acknowledged is lost, nothing need be restarted."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.faults.client import CarefulClient
from tests.faults.home import Home
from tests.faults.judging import checker_of
from tests.faults.ledger import Ledger, sha256
from tests.faults.photos import tiny
from tests.faults.station import first_key, station

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

PARTS = {
    "all": None,
    "incoming": "LIFTMARK_DATA",
    "blobs": "LIFTMARK_BLOBS_URL",
    "database": "LIFTMARK_DATABASE_URL",
}
PIECE = b"." * 65536


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of 8 MB of the test's own."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"this user may not mount: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture(params=PARTS)
def home(request, tmp_path, small_disk) -> Home:
    """A home of which one part, or all of it, is on the small disk."""
    if request.param == "all":
        return Home.on_a_folder(small_disk / "home")
    large, small = Home.on_a_folder(tmp_path / "large"), Home.on_a_folder(small_disk / "home")
    moved = {PARTS[request.param]: small.environment[PARTS[request.param]]}
    database = small.database if request.param == "database" else large.database
    blobs = small.blobs if request.param == "blobs" else large.blobs
    return replace(large, environment=large.environment | moved, database=database, blobs=blobs)


@contextlib.contextmanager
def no_room(disk: Path) -> Iterator[None]:
    """Fill the disk to the last byte."""
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(PIECE[:size]):
                    pass
    yield
    ballast.unlink()


def refused(service, key: str, visit: str, ledger: Ledger) -> httpx.Response:
    """Upload until one is refused: a log that was large once has room in itself."""
    for number in range(300):
        about = {"key": f"in vain {number}", "sha256": sha256(tiny(f"in vain {number}")), "visit": visit}
        ledger.asked("photo", **about)
        answer = httpx.post(
            f"{service.address}/v1/visits/{visit}/photos",
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": f"in vain {number}"},
            files={"file": tiny(f"in vain {number}")},
            timeout=60,
        )
        if answer.status_code != 201:
            return answer
        ledger.acknowledged("photo", **about, id=answer.json()["id"])
    raise AssertionError("no upload was refused")


def test_a_full_disk_is_said_and_survived(home, small_disk, tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with station(home, "--workers", "1") as service:
        key = first_key(service)
        with CarefulClient(service.address, key, ledger) as client:
            visit = client.visit(client.subject("P-1"), "2026-03-02T10:00:00Z")
            for number in range(5):
                client.upload(visit, tiny(f"before {number}"), f"before {number}")
            for round_number in range(2):
                with no_room(small_disk):
                    answer = refused(service, key, visit, ledger)
                    assert answer.status_code == 503
                    assert "room" in answer.json()["detail"]
                    assert "Idempotency-Key" in answer.json()["detail"]
                    assert service.answers()
                client.upload(visit, tiny(f"after {round_number}"), f"after {round_number}")
        checker = checker_of(service, key, ledger)
        assert checker.settle(600)
        assert [found for found in checker.findings() if found.verdict != "orphaned"] == []
        assert service.starts == 1
