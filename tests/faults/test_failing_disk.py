"""A disk that refuses to write, sync or rename: no acknowledgement without the bytes.

strace makes the calls fail inside the running web process: first all of them, then one in a few. After a sync that
failed the kernel may have thrown the pages away and say of the next sync that all is well; the service never syncs the
same file again (a blob is written to a new file, SQLite writes the pages anew), which the judge sees from the outside.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator

import httpx
import pytest

from tests.faults.client import CarefulClient
from tests.faults.judging import checker_of
from tests.faults.ledger import Ledger
from tests.faults.photos import tiny
from tests.faults.station import Station, first_key, station

LONG = "LIFTMARK_FAULT_POINTS" in os.environ  # as `make faults` sets it
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here"),
]

ALWAYS = [
    "fsync:error=EIO",
    "fsync,fdatasync:error=EIO",
    "pwrite64:error=ENOSPC",
    "fdatasync:error=EIO",
    "pwrite64:error=EIO",
    "write:error=ENOSPC",
    "rename:error=EIO",
    "mkdir:error=ENOSPC",
]
NOW_AND_THEN = [  # more seldom than an upload makes such calls, else none would ever get through
    "fsync,fdatasync:error=EIO:when=5+23",
    "pwrite64:error=EIO:when=5+101",
    "pwrite64:error=EINTR:when=2+3",
    "fsync,write:error=EINTR:when=2+3",
]


@contextlib.contextmanager
def failing(service: Station, how: str) -> Iterator[None]:
    """Have system calls of the web process fail while the block runs."""
    assert service.web is not None
    command = [
        "strace",
        "-f",
        "-e",
        f"trace={how.partition(':')[0]}",
        "-e",
        f"inject={how}",
        "-p",
        str(service.web.pid),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        if "attached" not in (first := strace.stderr.readline()):
            pytest.skip(f"strace may not attach here: {first.strip()}")
        drain = threading.Thread(target=strace.stderr.read)
        drain.start()
        try:
            yield
        finally:
            strace.send_signal(signal.SIGINT)
            strace.wait(60)
            drain.join()


def uploaded(service: Station, key: str, visit: str, name: str) -> int:
    """The status of an upload that is sent once."""
    return httpx.post(
        f"{service.address}/v1/visits/{visit}/photos",
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": name},
        files={"file": tiny(name)},
        timeout=60,
    ).status_code


@pytest.fixture
def served(sqlite_home, tmp_path):
    """A service without workers, its ledger, and a visit with a photo."""
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with station(sqlite_home, "--workers", "0") as service:
        key = first_key(service)
        with CarefulClient(service.address, key, ledger) as client:
            visit = client.visit(client.subject("P-1"), "2026-03-02T10:00:00Z")
            client.upload(visit, tiny("first"), "first")
            yield service, key, client, visit


def test_while_the_disk_fails_nothing_is_acknowledged_and_afterwards_everything_is(served):
    service, key, client, visit = served
    for number, how in enumerate(ALWAYS if LONG else ALWAYS[:3]):
        with failing(service, how):
            statuses = [uploaded(service, key, visit, f"{how} {number}") for _ in range(3)]
            # mkdir is asked for new folders alone, and SQLite may keep its pages in mind: some calls are not made.
            assert set(statuses) <= {201, 503}, how
            assert service.answers()
        if 201 not in statuses:
            assert statuses == [503, 503, 503]
        client.upload(visit, tiny(f"{how} {number}"), f"{how} {number}")
    judge(service, key, client)


@pytest.mark.parametrize("how", NOW_AND_THEN if LONG else NOW_AND_THEN[:1])
def test_a_disk_that_fails_now_and_then_loses_and_doubles_nothing(served, how):
    service, key, client, visit = served
    with failing(service, how):
        for number in range(12):
            client.upload(visit, tiny(f"photo {number}"), f"photo {number}")
    judge(service, key, client)


def judge(service: Station, key: str, client: CarefulClient) -> None:
    """What was acknowledged is there after a kill as well."""
    service.restart()
    service.start_worker()
    checker = checker_of(service, key, client.ledger)
    assert checker.settle(600)
    assert [found for found in checker.findings() if found.verdict != "orphaned"] == []
