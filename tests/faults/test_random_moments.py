"""kill -9 at random moments of the web process, of one of two workers and of PostgreSQL, while a client is at work."""

import os
import secrets
import time
from collections.abc import Iterator
from random import Random

import pytest

from tests.faults.home import Home
from tests.faults.journal import POSTGRESQL, SQLITE, note
from tests.faults.mortal_postgres import MortalPostgres, mortal_postgres
from tests.faults.photos import face, tiny
from tests.faults.points import MOMENTS, SHORT, parts
from tests.faults.strikes import StruckRig, one_worker, strikes_at, struck
from tests.faults.verifying import audit_findings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(0)]


@pytest.fixture
def mortal_home(tmp_path, s3) -> Iterator[tuple[Home, MortalPostgres]]:
    """An empty home on a PostgreSQL server that may be killed, and on S3."""
    with mortal_postgres() as server:
        blobs = f"{s3}/{secrets.token_hex(6)}"
        yield Home.on_servers(tmp_path / "home", server.address, blobs, os.environ["AWS_ENDPOINT"]), server


@pytest.mark.skipif(SHORT, reason="part of `make faults`")
@pytest.mark.parametrize("part", parts(1))
def test_nothing_is_lost_when_the_web_process_or_one_of_two_workers_is_killed_at_any_moment(home, part):
    random = Random(f"web or worker {part}")

    def victims(service):
        return {"web": service.kill, "worker": one_worker(service, random)}

    with struck(home, face, victims, workers=2) as service:
        judge(service, random, "kill -9 of the web process or of one of two workers at a random moment")


@pytest.mark.parametrize("part", parts(1))
def test_nothing_is_lost_when_postgresql_is_killed_at_any_moment(mortal_home, part):
    home, database = mortal_home
    random = Random(f"PostgreSQL {part}")

    def victims(_):
        return {
            "server": database.kill,
            "postmaster": database.kill_main,
            "connection": lambda: database.kill_connection(random),
        }

    with struck(home, tiny, victims, workers=0) as service:
        judge(service, random, "kill -9 of the PostgreSQL server, its postmaster or a connection at a random moment")


def judge(service: StruckRig, random: Random, fault: str) -> None:
    """Nothing but orphans may be found after any trial, and the audit must be whole after all of them."""
    on = SQLITE if service.service.home.database.startswith("sqlite") else POSTGRESQL
    harm = []
    sitting_s = sitting_length_s(service)
    for number in range(MOMENTS):
        strikes = strikes_at(random, service.watch.victims, sitting_s, count=1 + number % 2)
        trial = service.trial(*strikes)
        fallen = [call.about for call in trial.killed]
        note(fault, on, trial.findings, faults=len(fallen), acknowledged=trial.acknowledged, at=fallen)
        harm += [(strikes, trial.harm)] * bool(trial.harm)
    assert not harm
    assert audit_findings(service.service) == []


def sitting_length_s(service: StruckRig) -> float:
    """Seconds that a sitting takes with its judge, when nobody is killed."""
    assert service.trial().harm == []  # the first one waits until all has started
    began = time.monotonic()
    assert service.trial().harm == []
    return time.monotonic() - began
