"""kill -9 at durable calls of the web process and of a worker: a few of them, `make faults` takes each one."""

import pytest

from tests.faults.photos import tiny
from tests.faults.rig import rig, watch_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_web(sqlite_home):
    with rig(sqlite_home, tiny, watch_of(sqlite_home)) as at:
        for counts in ((), (40,), (333,), (600, 9)):
            trial = at.trial(*counts)
            print(trial)
            assert trial.harm == []
            assert len(trial.killed) == len(counts)
