"""Nothing that an answer promises is still in memory alone when the answer leaves."""

from pathlib import Path

import pytest

from tests.faults.client import CarefulClient
from tests.faults.ledger import Ledger
from tests.faults.photos import tiny
from tests.faults.station import first_key, station
from tests.faults.syncing import SyncWatch, unsynced_at_answers
from tests.faults.watch import Call

HOME = Path("/home")
BLOB, FOLDER, LOG = "/home/blobs/a/b", "/home/blobs/a", "/home/liftmark.db-wal"
ANSWERED = Call("sendto", "answer 201")
IN_ORDER = [
    Call("write", f"{FOLDER}/.unfinished"),
    Call("fsync", f"{FOLDER}/.unfinished"),
    Call("rename", BLOB),
    Call("fsync", FOLDER),
    Call("pwrite64", LOG),
    Call("fdatasync", LOG),
]


def test_an_answer_after_everything_was_synced_leaves_nothing_to_a_power_cut():
    assert unsynced_at_answers([*IN_ORDER, ANSWERED], HOME) == [("201", set())]


@pytest.mark.parametrize("left_out, lost", [(1, f"{FOLDER}/.unfinished"), (3, FOLDER), (5, LOG)])
def test_each_sync_that_is_left_out_is_seen(left_out, lost):
    calls = [call for place, call in enumerate(IN_ORDER) if place != left_out]
    assert unsynced_at_answers([*calls, ANSWERED], HOME) == [("201", {lost})]


@pytest.mark.slow
def test_whatever_is_acknowledged_is_synced_before_the_answer_leaves(sqlite_home, tmp_path):
    with (
        SyncWatch(sqlite_home.folder, tmp_path / "watch") as watch,
        station(sqlite_home, "--workers", "0") as service,
    ):
        key = first_key(service, watch.under)
        with CarefulClient(service.address, key, Ledger(tmp_path / "ledger.jsonl")) as client:
            watch.kill_at()
            subject = client.subject("P-1")
            visit = client.visit(subject, "2026-03-02T10:00:00Z")
            client.upload(visit, tiny("1"), "1")
            client.upload(visit, tiny("2"), "2")
            client.upload(visit, tiny("2"), "2")
        answers = unsynced_at_answers(watch.calls, sqlite_home.folder)
        service.kill()
    assert {call.about for call in watch.calls if call.name == "rename"}  # blobs were seen
    assert answers == [("201", set())] * 5
