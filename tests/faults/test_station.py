"""The suite's own parts on both kinds of home: what is acknowledged before a kill -9 is there after it."""

import pytest

from tests.faults.client import CarefulClient
from tests.faults.judging import checker_of
from tests.faults.ledger import Ledger
from tests.faults.photos import tiny
from tests.faults.station import first_key, kept_alive, station

pytestmark = pytest.mark.slow


def test_what_was_acknowledged_before_a_kill_is_there_after_it_and_is_ended_by_another_process(home, tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with station(home, "--workers", "0") as service:
        key = first_key(service)
        service.kill()
        with kept_alive(service), CarefulClient(service.address, key, ledger) as client:
            visit = client.visit(client.subject("P-1"), "2026-03-02T10:00:00Z")
            first = client.upload(visit, tiny("1"), "1")
            service.kill()
            assert client.upload(visit, tiny("1"), "1") == first
            client.upload(visit, tiny("2"), "2")
            service.start_worker()
            checker = checker_of(service, key, ledger)
            assert checker.settle(60)
            assert checker.findings() == []
        assert service.starts == 3
