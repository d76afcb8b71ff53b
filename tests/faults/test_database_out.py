"""A database that is locked, cuts connections off or lets nobody in: told as such, and each upload comes out once."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from tests.faults.client import CarefulClient
from tests.faults.judging import checker_of
from tests.faults.ledger import Ledger
from tests.faults.photos import tiny
from tests.faults.station import Station, first_key, station

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

LONGER_THAN_WRITERS_WAIT_S = 18  # they wait for 15


@contextlib.contextmanager
def written_to_by_another(home) -> Iterator[None]:
    """Another process holds the one lock that every upload needs."""
    if home.database.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(home.database.removeprefix("sqlite:///"), timeout=60)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.rollback()
    else:
        with postgresql(home) as other, other.transaction():
            other.execute("LOCK TABLE photos, audit IN ACCESS EXCLUSIVE MODE")
            yield


@contextlib.contextmanager
def postgresql(home, database: str | None = None):
    address = home.database if database is None else home.database.replace(name_of(home), database)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def name_of(home) -> str:
    return home.database.rpartition("/")[2].partition("?")[0]


def cut_off(home) -> None:
    """End every connection of the service, not PostgreSQL's own tidying, which only its administrator may end."""
    whose = "datname = %s AND backend_type = 'client backend'"
    with postgresql(home, "postgres") as server:
        server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {whose}", [name_of(home)])


@contextlib.contextmanager
def closed(home) -> Iterator[None]:
    """Let nobody in, and those out that are in."""
    with postgresql(home, "postgres") as server:
        server.execute(f'ALTER DATABASE "{name_of(home)}" ALLOW_CONNECTIONS false')
        cut_off(home)
        yield
        server.execute(f'ALTER DATABASE "{name_of(home)}" ALLOW_CONNECTIONS true')


@contextlib.contextmanager
def served(home, tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with station(home, "--workers", "1") as service:
        key = first_key(service)
        with CarefulClient(service.address, key, ledger) as client:
            visit = client.visit(client.subject("P-1"), "2026-03-02T10:00:00Z")
            yield service, key, client, visit
            checker = checker_of(service, key, ledger)
            assert checker.settle(600)
            assert [found for found in checker.findings() if found.verdict != "orphaned"] == []
            assert service.starts == 1


def sent_once(service: Station, key: str, visit: str, name: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": name}
    path = f"{service.address}/v1/visits/{visit}/photos"
    return httpx.post(path, headers=headers, files={"file": tiny(name)}, timeout=60)


def test_a_database_that_stays_locked_is_told_as_such_and_the_retries_come_out_once(home, tmp_path):
    with served(home, tmp_path) as (service, key, client, visit), ThreadPoolExecutor(8) as clients:
        with written_to_by_another(home):
            answers = [clients.submit(sent_once, service, key, visit, f"photo {number % 4}") for number in range(8)]
            assert service.answers()
            assert {answer.result().status_code for answer in answers} == {503}
            assert all("later" in answer.result().json()["detail"] for answer in answers)
        for number in range(4):
            client.upload(visit, tiny(f"photo {number}"), f"photo {number}")


def test_a_database_that_is_locked_for_a_moment_is_waited_for(home, tmp_path):
    with served(home, tmp_path) as (service, key, client, visit), ThreadPoolExecutor(1) as clients:
        with written_to_by_another(home):
            answer = clients.submit(sent_once, service, key, visit, "photo")
            time.sleep(2)
        assert answer.result().status_code == 201
        client.upload(visit, tiny("photo"), "photo")


def test_connections_that_the_server_ends_lose_and_double_nothing(postgresql_home, tmp_path):
    with served(postgresql_home, tmp_path) as (_, _, client, visit):
        over, cuts = threading.Event(), []

        def keep_cutting() -> None:
            while not over.wait(0.15):
                with contextlib.suppress(psycopg.OperationalError):  # a busy server may let the one who cuts in late
                    cut_off(postgresql_home)
                    cuts.append(time.monotonic())

        cutting = threading.Thread(target=keep_cutting)
        cutting.start()
        try:
            for number in range(40):
                client.upload(visit, tiny(f"photo {number}"), f"photo {number}")
        finally:
            over.set()
            cutting.join()
        assert len(cuts) > 5


def test_a_server_that_lets_nobody_in_for_a_while_is_told_as_such(postgresql_home, tmp_path):
    with served(postgresql_home, tmp_path) as (service, key, client, visit):
        with closed(postgresql_home):
            answer = sent_once(service, key, visit, "photo")
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert service.answers()
        client.upload(visit, tiny("photo"), "photo")
