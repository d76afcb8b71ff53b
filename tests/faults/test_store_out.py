"""An object store that is silent, broken or lying, below the real service: no photo is lost, doubled or altered."""

import os
import secrets
from dataclasses import replace

import httpx
import pytest

from tests.contracts.unreliable_store import unreliable_store
from tests.faults.client import CarefulClient
from tests.faults.home import Home
from tests.faults.judging import checker_of
from tests.faults.ledger import Ledger
from tests.faults.photos import tiny
from tests.faults.station import first_key, station

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

WHILE_IT_IS_SENT = ("silent", "reset", "error 500", "forgetful", "half kept")
WHILE_IT_IS_READ = ("silent", "reset", "error 500", "cut short", "altered")


@pytest.fixture
def store(s3):
    with unreliable_store(os.environ["AWS_ENDPOINT"]) as store:
        yield store


@pytest.fixture
def home(tmp_path, s3, store) -> Home:
    """SQLite, and a bucket behind the unreliable store."""
    folder = tmp_path / "home"
    made = Home.on_servers(
        folder, f"sqlite:///{folder / 'liftmark.db'}", f"{s3}/{secrets.token_hex(6)}", store.endpoint
    )
    return replace(made, environment=made.environment | {"AWS_TIMEOUT": "2s"})


def test_a_store_that_fails_in_any_way_costs_no_photo(home, store, tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with station(home, "--workers", "1") as service:
        key = first_key(service)
        headers = {"Authorization": f"Bearer {key}"}
        with CarefulClient(service.address, key, ledger) as client:
            visit = client.visit(client.subject("P-1"), "2026-03-02T10:00:00Z")
            photo = client.upload(visit, tiny("first"), "first")
            for fault in WHILE_IT_IS_SENT:
                store.fail(fault)
                path = f"{service.address}/v1/visits/{visit}/photos"
                named = headers | {"Idempotency-Key": fault}
                answer = httpx.post(path, headers=named, files={"file": tiny(fault)}, timeout=60)
                assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), fault
                assert service.answers()
                store.fail(None)
                client.upload(visit, tiny(fault), fault)
            for fault in WHILE_IT_IS_READ:
                store.fail(fault, "GET")
                answer = httpx.get(f"{service.address}/v1/photos/{photo}/file", headers=headers, timeout=60)
                assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), fault
                client.upload(visit, tiny(f"read {fault}"), f"read {fault}")  # its analysis meets the fault
                store.fail(None)
        checker = checker_of(service, key, ledger)
        assert checker.settle(600)
        assert [found for found in checker.findings() if found.verdict != "orphaned"] == []
        assert service.starts == 1
