"""kill -9 while a new service makes its tables, master key and folders: the next start makes what is missing."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.checker import HARMLESS, Finding
from tests.faults.client import CarefulClient
from tests.faults.home import Home
from tests.faults.journal import SQLITE, note
from tests.faults.judging import checker_of
from tests.faults.ledger import Ledger
from tests.faults.photos import tiny
from tests.faults.points import SHORT, parts, points
from tests.faults.rig import SETTLES_WITHIN_S, told, watch_of
from tests.faults.scenario import sitting
from tests.faults.station import START_S, station, wait_for
from tests.faults.watch import Call

FAULT = "kill -9 of the first start before its n-th write"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(0),
    pytest.mark.skipif(SHORT, reason="part of `make faults`"),
]


@pytest.mark.parametrize("part", parts(1))
def test_a_service_whose_first_start_was_killed_starts_and_loses_nothing(tmp_path, part):
    calls, _ = first_start(tmp_path / "undisturbed")
    harm = {n: found for n in points(calls, part, 1) if (found := killed_at(n, tmp_path / f"{n}"))}
    assert not harm


def killed_at(n: int, folder: Path) -> list[Finding]:
    _, findings = first_start(folder, n)
    return [found for found in findings if found.verdict not in HARMLESS]


def first_start(folder: Path, *counts: int) -> tuple[Sequence[Call], Sequence[Finding]]:
    """Kill a new service at a call, start it again and use it; the calls until then, and what is wrong."""
    home = without_master_key(Home.on_a_folder(folder / "home"))
    ledger = Ledger(folder / "ledger.jsonl")
    with watch_of(home) as watch, station(home, "--workers", "1") as service:
        watch.kill_at(*counts)
        process = service.launch(watch.under)
        wait_for(lambda: process.poll() is not None or service.answers(), START_S)
        calls, killed = tuple(watch.calls), tuple(watch.killed)
        service.kill()
        service.start()
        key = service.run("key", "create", "--clinic", "Aurora").stdout.strip()
        with CarefulClient(service.address, key, ledger) as client:
            sitting(client, "P-1", tiny)
        checker = checker_of(service, key, ledger)
        checker.settle(SETTLES_WITHIN_S)
        findings = checker.findings()
        service.kill()
    note(FAULT, SQLITE, findings, faults=len(killed), acknowledged=ledger.count(), at=told(killed))
    return calls, findings


def without_master_key(home: Home) -> Home:
    """Its processes make one of their own."""
    own = {name: value for name, value in home.environment.items() if name != "LIFTMARK_MASTER_KEY"}
    return replace(home, environment=own)
