"""Leases: clocks that jump, workers that renew, engines that cannot be reached."""

import threading
import time
from datetime import UTC, datetime, timedelta
from queue import Queue

import pytest

from service.database.base import new_id
from service.jobs import Job, JobKind, JobRunner, Lane
from tests.contracts.conftest import KIND, LEASE_S, finish


@pytest.fixture
def clock(monkeypatch):
    """Put the machine's clock forward or back; a database server's own stays right."""
    offset = [timedelta()]
    monkeypatch.setattr("service.jobs.leases.now", lambda: datetime.now(UTC) + offset[0])
    return lambda **jump: offset.__setitem__(0, timedelta(**jump))


@pytest.mark.parametrize("jump", [{"hours": 1}, {"days": 365}])
def test_after_the_clock_went_back_no_job_waits_for_the_time_that_it_was(database, jobs, enqueue, clock, jump):
    clock(**jump)
    for name in ("leased", "put back", "queued"):
        enqueue(name)
        time.sleep(0.002)
    jobs.claim("dead")
    jobs.put_back(jobs.claim("w"), delay_s=0.2)
    clock()
    time.sleep(LEASE_S * 1.2)
    taken = []
    for _ in range(3):
        taken.append(jobs.claim("living"))
        finish(database, jobs, taken[-1])
    assert {job.target for job in taken} == {"leased", "put back", "queued"}


def test_a_clock_that_is_a_little_behind_takes_no_job_of_the_living(jobs, enqueue, clock):
    enqueue()
    jobs.claim("living")
    clock(seconds=-LEASE_S / 2)
    assert jobs.claim("other") is None


def test_a_job_that_was_put_back_for_a_day_waits_for_a_day(jobs, enqueue):
    enqueue()
    jobs.put_back(jobs.claim("w"), delay_s=86_400)
    time.sleep(LEASE_S * 1.2)
    assert jobs.claim("w") is None


def test_ids_go_on_sorting_after_the_clock_went_back(monkeypatch):
    before = [new_id() for _ in range(1000)]
    monkeypatch.setattr("service.database.base.time.time_ns", lambda: 0)
    ids = [*before, *(new_id() for _ in range(1000))]
    assert ids == sorted(ids)
    assert {len(one) for one in ids} == {32}


class TroubledJobs:
    """An engine that nobody can reach at first, in a way that nobody foresaw."""

    def __init__(self) -> None:
        self.asked = 0
        self.again = threading.Event()

    def claim(self, holder: str, patience_s: float, kinds: frozenset[JobKind]) -> None:
        self.asked += 1
        if self.asked > 1:
            self.again.set()
        raise ZeroDivisionError

    def renew(self, job: Job) -> None:
        raise ZeroDivisionError

    def wake(self) -> None:
        pass


def test_a_worker_outlives_whatever_the_engine_raises(monkeypatch):
    monkeypatch.setattr("service.jobs.runner._RETRY_S", 0.01)
    jobs = TroubledJobs()
    with JobRunner(jobs, [Lane({}, 1)]) as runner:
        assert jobs.again.wait(20)
        assert runner.alive


def test_a_worker_that_renews_keeps_its_job(jobs, enqueue):
    enqueue()
    job = jobs.claim("slow")
    for _ in range(4):
        time.sleep(LEASE_S / 2)
        jobs.renew(job)
    assert jobs.claim("other") is None


def test_a_worker_that_renews_late_takes_no_job_back(jobs, enqueue):
    enqueue()
    late = jobs.claim("late")
    jobs.put_back(late)
    jobs.renew(late)
    assert jobs.claim("other") is not None


def test_a_job_that_could_not_be_put_back_is_begun_again_though_its_worker_lives(jobs, enqueue, monkeypatch):
    attempts: Queue[int] = Queue()

    def fail(job: Job, *_: object, **__: object) -> None:
        attempts.put(job.attempts)
        raise OSError

    monkeypatch.setattr("service.jobs.runner.LEASE_S", LEASE_S)
    monkeypatch.setattr(jobs, "put_back", fail)
    enqueue()
    with JobRunner(jobs, [Lane({KIND: fail}, 1)]):
        assert [attempts.get(timeout=20) for _ in range(3)] == [1, 1, 2]
