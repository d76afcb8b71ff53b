"""Whose job is next, on every database: clinics take turns, and one with many does not hold up another's."""

import time

import pytest

from service.jobs import JobKind, LeasedJobs
from service.tenancy.keys import create_key, find_actor

KIND = JobKind.ANALYSE_PHOTO


@pytest.fixture
def jobs(database) -> LeasedJobs:
    return LeasedJobs(database)


@pytest.fixture
def enqueue(database, jobs):
    def add(clinic: str, *targets: str) -> None:
        with database.writing_across() as session:
            tenant = find_actor(session, create_key(session, clinic)).tenant
            for target in targets:
                jobs.enqueue(session, tenant, KIND, target)
                session.flush()
                time.sleep(0.002)  # ids sort by the millisecond

    return add


MANY = tuple(f"many-{number}" for number in range(5))


def test_clinics_take_turns_however_many_jobs_one_of_them_has(jobs, enqueue):
    enqueue("Aurora", *MANY)
    enqueue("Borealis", "one of Borealis")
    enqueue("Corona", "one of Corona")
    claimed = [jobs.claim("w").target for _ in range(7)]
    assert {"one of Borealis", "one of Corona"} <= set(claimed[:3])
    assert tuple(one for one in claimed if one in MANY) == MANY, "of one clinic the oldest comes first"
    assert jobs.claim("w") is None


def test_every_process_gives_each_clinic_its_turn(database, enqueue):
    enqueue("Aurora", *MANY)
    enqueue("Borealis", "one")
    processes = [LeasedJobs(database), LeasedJobs(database)]
    claimed = [process.claim("w").target for _ in range(2) for process in processes]
    assert "one" in claimed[:3]


def test_what_may_come_later_waits_for_all_else_until_somebody_waits_for_it(database, jobs):
    with database.writing_across() as session:
        tenant = find_actor(session, create_key(session, "Aurora")).tenant
        for name, later in (("later", True), ("hastened", True), ("first", False)):
            jobs.enqueue(session, tenant, KIND, name, later=later)
            session.flush()
            time.sleep(0.002)
    with database.writing_across() as session:
        jobs.hasten(session, tenant, KIND, "hastened")
    assert [jobs.claim("w").target for _ in range(3)] == ["hastened", "first", "later"]
