"""Clocks that jump by an hour or a year, forward and back, while jobs run: none lost, stuck or done twice."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.client import CarefulClient
from tests.faults.judging import checker_of
from tests.faults.ledger import Ledger
from tests.faults.photos import face, tiny
from tests.faults.station import first_key, station

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not LIBRARIES, reason="faketime is not here"),
]

HOUR_S, YEAR_S = 3600, 365 * 86400
JUMPS = {"an hour": HOUR_S, "a year": YEAR_S}
LONG = "LIFTMARK_FAULT_POINTS" in os.environ  # as `make faults` sets it


class Clock:
    """The wall clock of the processes that run under it; what counts seconds since the start is left alone."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.put(0)

    def put(self, seconds: int) -> None:
        """Put it so far from the true time; a new file takes the old one's place, so that nobody reads half of it."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self._file)

    @property
    def under(self) -> tuple[str, ...]:
        return (
            "env",
            f"LD_PRELOAD={LIBRARIES[0]}",
            f"FAKETIME_TIMESTAMP_FILE={self._file}",
            "FAKETIME_NO_CACHE=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
        )


@contextmanager
def served(home, tmp_path, under) -> Iterator[tuple]:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with station(home, "--workers", "1") as service:
        key = first_key(service)
        service.end()
        service.start(under)
        with CarefulClient(service.address, key, ledger) as client:
            yield service, client, client.visit(client.subject("P-1"), "2026-03-02T10:00:00Z")
            checker = checker_of(service, key, ledger)
            assert checker.settle(600)
            assert checker.findings() == []


@pytest.mark.skipif(not LONG, reason="`make faults` lets clocks jump to and fro; here one goes back, and one is wrong")
@pytest.mark.parametrize("jump", JUMPS)
def test_a_clock_that_jumps_to_and_fro_while_jobs_run_harms_none_of_them(home, tmp_path, jump):
    clock = Clock(tmp_path)
    with served(home, tmp_path, clock.under) as (service, client, visit):
        service.start_worker(under=clock.under)
        for number, offset in enumerate((0, JUMPS[jump], 0, -JUMPS[jump], 0)):
            clock.put(offset)
            client.upload(visit, face(f"{number}"), f"face {number}")
            client.upload(visit, tiny(f"{number}"), f"tiny {number}")
            time.sleep(0.7)


def test_after_the_clock_went_back_an_hour_nothing_waits_for_an_hour(home, tmp_path):
    clock = Clock(tmp_path)
    with served(home, tmp_path, clock.under) as (service, client, visit):
        clock.put(HOUR_S)
        photos = [client.upload(visit, face(f"{number}"), f"face {number}") for number in range(2)]
        service.kill()  # while it holds a lease that ends in an hour
        clock.put(0)
        service.start(clock.under)
        begun = time.monotonic()
        while any(client.photo_status(photo) == "queued" for photo in photos):
            assert time.monotonic() - begun < HOUR_S / 4  # waiting for the clock would take an hour
            time.sleep(0.2)
        print(f"ended after {time.monotonic() - begun:.1f} s")


def test_a_machine_whose_clock_is_wrong_takes_no_job_of_the_living(postgresql_home, tmp_path):
    """The server's clock counts, and not that of whoever asks."""
    clock = Clock(tmp_path)
    clock.put(HOUR_S)
    with served(postgresql_home, tmp_path, ()) as (service, client, visit):
        service.start_worker(under=clock.under)
        for number in range(4):
            client.upload(visit, face(f"{number}"), f"face {number}")
