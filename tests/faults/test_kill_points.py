"""kill -9 at the durable calls of a sitting: at a few of them here, at each one in `make faults`."""

from collections.abc import Iterable

import pytest

from tests.faults.journal import POSTGRESQL, SQLITE, note
from tests.faults.peers import watch_of_peers
from tests.faults.photos import face, tiny
from tests.faults.points import SHORT, parts, points
from tests.faults.rig import Trial, rig, told, watch_of

WEB, WORKER = "kill -9 of the web process before its n-th {}", "kill -9 of a worker before its n-th {}"
WRITE, MESSAGE = "write", "message to or from database and blob store"
AGAIN = ", and again during recovery"
WORKERS_PICTURE = tiny if SHORT else face  # a face costs seconds of analysis, and has pictures made

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900 if SHORT else 0)]


@pytest.mark.parametrize("part", parts(1))
def test_nothing_is_lost_when_the_web_process_is_killed_at_a_write(sqlite_home, part):
    with rig(sqlite_home, tiny, watch_of(sqlite_home)) as service:
        calls = service.trial().calls
        judge(WEB.format(WRITE), SQLITE, (service.trial(n) for n in points(calls, part, 1)))


@pytest.mark.parametrize("part", parts(1))
def test_nothing_is_lost_when_a_worker_is_killed_at_a_write(sqlite_home, part):
    with rig(sqlite_home, WORKERS_PICTURE, watch_of(sqlite_home), of_worker=True) as service:
        calls = service.trial().calls
        judge(WORKER.format(WRITE), SQLITE, (service.trial(n) for n in points(calls, part, 1)))


@pytest.mark.parametrize("part", parts(1))
def test_nothing_is_lost_when_the_web_process_is_killed_again_during_recovery(sqlite_home, part):
    with rig(sqlite_home, tiny, watch_of(sqlite_home)) as service:
        calls = service.trial().calls
        judge(WEB.format(WRITE) + AGAIN, SQLITE, (service.trial(n, 1 + n % 40) for n in points(calls, part, 1)))


@pytest.mark.parametrize("part", parts(1))
def test_nothing_is_lost_when_the_web_process_is_killed_at_a_message(postgresql_home, part):
    with rig(postgresql_home, tiny, watch_of_peers(postgresql_home)) as service:
        calls = service.trial().calls
        judge(WEB.format(MESSAGE), POSTGRESQL, (service.trial(n) for n in points(calls, part, 1)))


@pytest.mark.skipif(SHORT, reason="part of `make faults`")
@pytest.mark.parametrize("part", parts(1))
def test_nothing_is_lost_when_a_worker_is_killed_at_a_message(postgresql_home, part):
    with rig(postgresql_home, WORKERS_PICTURE, watch_of_peers(postgresql_home), of_worker=True) as service:
        calls = service.trial().calls
        judge(WORKER.format(MESSAGE), POSTGRESQL, (service.trial(n) for n in points(calls, part, 1)))


def judge(fault: str, home: str, trials: Iterable[Trial]) -> None:
    """In no trial may anything be found but blobs that no row names."""
    harm = {}
    for trial in trials:
        note(
            fault,
            home,
            trial.findings,
            faults=len(trial.killed),
            acknowledged=trial.acknowledged,
            at=told(trial.killed),
        )
        if trial.harm:
            harm[trial.counts] = trial
    assert not harm
