"""What every engine of jobs promises, on every database."""

import threading
import time

import pytest

from service.database.tables import Subject
from service.jobs import JobKind
from service.subjects.repository import Subjects
from service.tenancy.keys import create_key, find_actor
from tests.contracts.conftest import KIND, LEASE_S, finish


def test_a_job_carries_what_it_was_enqueued_with(jobs, enqueue, tenant):
    enqueue("photo-1")
    job = jobs.claim("w")
    assert (job.tenant, job.kind, job.target, job.attempts, job.holder) == (tenant, KIND, "photo-1", 1, "w")


def test_jobs_are_taken_in_the_order_in_which_they_came(jobs, enqueue):
    for number in range(3):
        enqueue(str(number))
        time.sleep(0.002)  # ids sort by the millisecond
    assert [jobs.claim("w").target for _ in range(3)] == ["0", "1", "2"]


def test_a_job_that_is_wanted_once_waits_once(database, jobs, tenant):
    def want(target: str) -> None:
        with database.writing_across() as session:
            jobs.enqueue_once(session, tenant, KIND, target)

    for target in ("a", "a", "b"):
        want(target)
        time.sleep(0.002)
    assert [jobs.claim("w").target for _ in range(2)] == ["a", "b"]
    assert jobs.claim("w") is None
    want("a")  # the first one has begun, and may not see what was written since
    assert jobs.claim("w").target == "a"


def test_a_job_that_waits_is_not_begun_before_what_counts_on_it_is_written(database, jobs, tenant):
    with database.writing_across() as session:
        jobs.enqueue_once(session, tenant, KIND, "a")
    begun = []
    worker = threading.Thread(target=lambda: begun.append((jobs.claim("w"), time.monotonic())))
    with database.writing_across() as session:
        jobs.enqueue_once(session, tenant, KIND, "a")
        worker.start()
        time.sleep(0.3)
        written = time.monotonic()
    worker.join()
    # SQLite has the worker wait for the writer; PostgreSQL has it find nothing, and look again.
    assert begun[0][0] is None or begun[0][1] >= written
    assert begun[0][0] is not None or jobs.claim("w").target == "a"


def test_a_job_of_a_transaction_that_fails_does_not_exist(database, jobs, tenant):
    def fail() -> None:
        with database.writing_across() as session:
            jobs.enqueue(session, tenant, KIND, "photo")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert jobs.claim("w") is None


def test_a_job_is_held_by_one_worker_however_many_reach_for_it(jobs, enqueue):
    enqueue()
    held = []
    threads = [threading.Thread(target=lambda n=n: held.append(jobs.claim(f"w{n}"))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([job for job in held if job]) == 1


def test_a_dead_workers_job_is_taken_over_and_its_late_result_is_not_wanted(database, jobs, enqueue):
    enqueue()
    dead = jobs.claim("dead")
    assert jobs.claim("living") is None
    time.sleep(LEASE_S * 1.2)
    living = jobs.claim("living")
    assert (living.id, living.attempts) == (dead.id, 2)
    assert not finish(database, jobs, dead)
    assert finish(database, jobs, living)


def test_a_finished_job_is_gone(database, jobs, enqueue):
    enqueue()
    job = jobs.claim("w")
    assert finish(database, jobs, job)
    assert not finish(database, jobs, job)
    time.sleep(LEASE_S * 1.2)
    assert jobs.claim("w") is None


def test_finishing_in_a_transaction_that_fails_leaves_the_job(database, jobs, enqueue):
    enqueue()
    job = jobs.claim("w")

    def fail() -> None:
        with database.writing_across() as session:
            jobs.finish(session, job)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert finish(database, jobs, job)


def test_a_job_put_back_counts_its_attempt_only_when_it_was_to_blame(jobs, enqueue):
    enqueue()
    jobs.put_back(jobs.claim("w"))
    blameless = jobs.claim("w")
    assert blameless.attempts == 2
    jobs.put_back(blameless, counts=False)
    assert jobs.claim("w").attempts == 2


def test_a_job_put_back_for_later_waits(jobs, enqueue):
    enqueue()
    jobs.put_back(jobs.claim("w"), delay_s=0.4)
    assert jobs.claim("w") is None
    time.sleep(0.5)
    assert jobs.claim("w") is not None


def test_a_job_goes_with_its_subject(database, jobs, enqueue, tenant):
    with database.writing_across() as session:
        subject = Subjects(session, tenant).add(Subject(id="s", reference="P", wrapped_key=b"k"))
    enqueue(subject_id="s")
    job = jobs.claim("w")
    with database.writing_across() as session:
        Subjects(session, tenant).delete(session.merge(subject))
    assert not finish(database, jobs, job)


def test_a_dropped_job_is_gone_whoever_holds_it_and_the_others_stay(database, jobs, enqueue, tenant):
    enqueue("dropped")
    held = jobs.claim("w")
    enqueue("dropped")
    enqueue("other")
    with database.writing_across() as session:
        jobs.drop(session, tenant, ["dropped"])
    assert not finish(database, jobs, held)
    assert jobs.claim("w").target == "other"
    assert jobs.claim("w") is None


def test_a_clinic_drops_its_own_jobs_alone(database, jobs, enqueue):
    enqueue("photo")
    with database.writing_across() as session:
        other = find_actor(session, create_key(session, "Borealis")).tenant
        jobs.drop(session, other, ["photo"])
    assert jobs.claim("w").target == "photo"


def test_a_patient_worker_hears_of_a_job_at_once(jobs, enqueue):
    heard = []
    worker = threading.Thread(target=lambda: heard.extend([jobs.claim("w", 20), time.monotonic()]))
    worker.start()
    time.sleep(0.2)
    asked = time.monotonic()
    enqueue()
    worker.join()
    assert heard[1] - asked < 5


def test_waking_ends_every_patience(jobs):
    workers = [threading.Thread(target=jobs.claim, args=(f"w{n}", 60)) for n in range(3)]
    for worker in workers:
        worker.start()
    time.sleep(0.2)
    jobs.wake()
    for worker in workers:
        worker.join(5)
    assert not any(worker.is_alive() for worker in workers)


def test_the_queues_tell_what_waits_what_is_held_and_for_how_long(database, jobs, enqueue, tenant):
    assert list(jobs.queues()) == []
    assert jobs.next_due() is None
    for number in range(3):
        enqueue(str(number))
        time.sleep(0.002)
    with database.writing_across() as session:
        jobs.enqueue(session, tenant, JobKind.ERASE_BLOBS, "prefix")
    held = jobs.claim("w")
    time.sleep(0.1)
    queues = {queue.kind: queue for queue in jobs.queues()}
    assert {kind: (queue.queued, queue.leased) for kind, queue in queues.items()} == {
        KIND: (2, 1),
        JobKind.ERASE_BLOBS: (1, 0),
    }
    assert 0.1 <= queues[KIND].waiting_s < 60
    assert jobs.next_due() not in {None, held.id}


def test_a_dead_workers_jobs_count_as_waiting_and_those_put_off_as_not_due(jobs, enqueue):
    enqueue()
    job = jobs.claim("dead")
    assert jobs.queues()[0].waiting_s is None
    time.sleep(LEASE_S * 1.2)
    (queue,) = jobs.queues()
    assert (queue.queued, queue.leased) == (1, 0)
    assert queue.waiting_s > 0
    assert jobs.next_due() == job.id
    jobs.put_back(jobs.claim("living"), delay_s=60)
    (queue,) = jobs.queues()
    assert (queue.queued, queue.leased, queue.waiting_s) == (1, 0, None)
    assert jobs.next_due() is None


def test_a_worker_takes_jobs_of_its_own_kinds_alone(database, jobs, enqueue, tenant):
    with database.writing(tenant) as session:
        jobs.enqueue(session, tenant, JobKind.DELIVER_WEBHOOK, "message")
    enqueue("photo")
    assert jobs.claim("w", kinds=frozenset({KIND})).target == "photo"
    assert jobs.claim("w", kinds=frozenset({KIND})) is None
    assert jobs.claim("w", kinds=frozenset({JobKind.DELIVER_WEBHOOK})).target == "message"


def test_a_job_that_is_put_off_begins_anew_later_and_only_its_holder_can_put_it_off(database, jobs, enqueue, tenant):
    enqueue()
    dead = jobs.claim("dead")
    time.sleep(LEASE_S * 1.2)
    living = jobs.claim("living")
    with database.writing(tenant) as session:
        assert not jobs.put_off(session, dead, 0)
    with database.writing(tenant) as session:
        assert jobs.put_off(session, living, 0.4)
    assert jobs.claim("w") is None
    time.sleep(0.5)
    assert jobs.claim("w").attempts == 1


def test_putting_off_in_a_transaction_that_fails_leaves_the_job_with_its_holder(database, jobs, enqueue, tenant):
    enqueue()
    job = jobs.claim("w")

    def fail() -> None:
        with database.writing(tenant) as session:
            jobs.put_off(session, job, 0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert jobs.claim("other") is None
    assert finish(database, jobs, job)
