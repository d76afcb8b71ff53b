"""Several worker processes at one database and one blob store: real ones, killed and stopped while at work."""

import base64
import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from models.anatomy import View
from service.assembly import open_service
from service.blobs.vault import blob_prefix
from service.database.base import now
from service.database.tables import JobRow
from service.health.checks import readiness
from service.photos.keeping import PhotoKeeper
from service.photos.receiving import Upload
from service.photos.viewing import PhotoViewer
from service.settings import Settings
from service.subjects.registry import SubjectRegistry
from service.tenancy.keys import create_key, find_actor
from service.visits.diary import Diary
from service.visits.schemas import NewVisit
from tests.contracts.fearful_worker import POISON

REPOSITORY = Path(__file__).parents[2]
SAMPLES = [REPOSITORY / "sample_images" / f"{which}.jpg" for which in ("eyelids_before", "eyelids_after")]
TAKEN_OVER_WITHIN_S = 30
FEARFUL = str(Path(__file__).with_name("fearful_worker.py"))

pytestmark = pytest.mark.slow


class NoDoorkeeper:
    """Lets every upload in; there is no embedded worker that would ask for more."""

    def check(self, upload):
        return None


@pytest.fixture(params=["sqlite on a folder", "postgresql on s3"])
def environment(request, tmp_path) -> dict[str, str]:
    """What every process of one service has in its environment."""
    own = {"LIFTMARK_MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode()}
    own["LIFTMARK_DATA"] = str(tmp_path / "data")
    if request.param == "postgresql on s3":
        own["LIFTMARK_DATABASE_URL"] = request.getfixturevalue("new_postgres_database")
        own["LIFTMARK_BLOBS_URL"] = f"{request.getfixturevalue('s3')}/{secrets.token_hex(6)}"
    others = {name: value for name, value in os.environ.items() if not name.startswith("LIFTMARK_")}
    return others | own | {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def clinic(environment, monkeypatch):
    """A clinic of a service that has no worker of its own, as ``liftmark serve --workers 0`` has none."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with open_service(Settings(workers=0), NoDoorkeeper()) as service:
        yield Clinic(service)


class Clinic:
    def __init__(self, service) -> None:
        self.service = service
        with service.database.writing_across() as session:
            self.actor = find_actor(session, create_key(session, "Aurora"))
        subject = SubjectRegistry(service.database, service.vaults, service.jobs).find_or_make(self.actor, "P-1")
        self.subject = subject.id
        new = NewVisit(taken_at="2026-03-02T10:00:00Z", phase="baseline")
        self.visit = Diary(service.database, service.jobs).make(self.actor, subject.id, new, None).id

    def upload(self, content: bytes) -> str:
        keeper = PhotoKeeper(
            self.service.database,
            self.service.vaults,
            self.service.jobs,
            self.service.doorkeeper,
            self.service.limits.allowances,
        )
        return keeper.keep(self.actor, self.visit, Upload(content, content[:9].hex(), View.FRONTAL), None).id

    def status(self, photo_id: str) -> str:
        return PhotoViewer(self.service.database, self.service.vaults).peek(self.actor, photo_id).status

    def jobs(self) -> list[JobRow]:
        with self.service.database.reading_across() as session:
            return list(session.scalars(select(JobRow)))

    def leased_to(self, process: subprocess.Popen) -> str | None:
        """The photo that a process is at."""
        mine = f"-{process.pid}-"
        held = (job for job in self.jobs() if mine in (job.leased_by or "") and job.leased_until > now())
        return next((job.target for job in held if job.kind == "analyse_photo"), None)

    def blobs(self) -> Counter:
        """How many pictures each photo has besides the upload."""
        names = self.service.vaults.store.names_under(blob_prefix(self.actor.tenant, self.subject))
        return Counter(name.split("/")[-2] for name in names if "overlay" in name)


def wait_for(what, seconds: float = 120):
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


@contextlib.contextmanager
def running(environment, tmp_path, *commands):
    """Processes that are at work, and that are gone afterwards."""
    processes = []
    with (tmp_path / "workers.log").open("w") as log:
        try:
            for number, command in enumerate(commands):
                # Past one machine each has its own folder, with nothing of the others in it.
                data = {"LIFTMARK_DATA": str(tmp_path / f"m{number}")} if "LIFTMARK_BLOBS_URL" in environment else {}
                processes.append(
                    subprocess.Popen([sys.executable, *command], env=environment | data, stdout=log, stderr=log)
                )
            yield processes
        finally:
            for process in processes:
                process.kill()
                process.wait()


WORKER = ("-m", "service.cli", "worker", "--workers", "1")


def test_the_jobs_of_a_killed_worker_are_done_by_the_living_and_nothing_twice(environment, clinic, tmp_path):
    photos = [clinic.upload(SAMPLES[number % 2].read_bytes()) for number in range(6)]
    with running(environment, tmp_path, WORKER, WORKER) as (victim, survivor):
        in_hand = wait_for(lambda: clinic.leased_to(survivor) and clinic.leased_to(victim))
        victim.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        assert clinic.status(in_hand) == "queued"
        wait_for(lambda: clinic.leased_to(survivor) == in_hand or clinic.status(in_hand) != "queued")
        took_over_s = time.monotonic() - killed
        print(f"taken over after {took_over_s:.1f} s")
        assert took_over_s < TAKEN_OVER_WITHIN_S
        wait_for(lambda: not clinic.jobs())
        assert survivor.poll() is None
    assert [clinic.status(photo) for photo in photos] == ["analysed"] * 6
    assert clinic.blobs() == dict.fromkeys(photos, 1)


def test_a_worker_that_is_asked_to_stop_ends_its_job_and_leaves_the_others(environment, clinic, tmp_path):
    photos = {clinic.upload(SAMPLES[number % 2].read_bytes()) for number in range(3)}
    with running(environment, tmp_path, WORKER) as (worker,):
        in_hand = wait_for(lambda: clinic.leased_to(worker))
        before = {photo for photo in photos if clinic.status(photo) == "analysed"}
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
    assert {photo for photo in photos if clinic.status(photo) == "analysed"} >= before | {in_hand}
    waiting = [job for job in clinic.jobs() if job.kind == "analyse_photo"]
    assert waiting
    assert {(job.leased_by, job.attempts) for job in waiting} == {(None, 0)}


def test_a_photo_that_crashes_the_analysis_in_every_process_fails_alone(environment, clinic, tmp_path):
    journal = tmp_path / "journal"
    fearful = (FEARFUL, str(journal))
    with running(environment, tmp_path, fearful, fearful) as workers:
        wait_for(lambda: len(list(tmp_path.glob("journal-*"))) == 2)
        neighbours = [clinic.upload(b"before %d" % number) for number in range(6)]
        poison = clinic.upload(POISON)
        neighbours += [clinic.upload(b"after %d" % number) for number in range(6)]
        wait_for(lambda: not clinic.jobs())
        assert [worker.poll() for worker in workers] == [None, None]
    begun = [line.split(" ", 1) for line in journal.read_text().splitlines()]
    counts = Counter(content for _, content in begun)
    assert counts.pop(POISON.decode()) == 3
    assert set(counts.values()) == {1}
    assert len({process for process, _ in begun}) == 2
    assert clinic.status(poison) == "failed"
    assert {clinic.status(photo) for photo in neighbours} == {"refused"}


def test_the_queue_is_not_ready_while_jobs_wait_and_no_process_takes_them(environment, clinic, tmp_path, monkeypatch):
    clinic.upload(b"a photo")
    monkeypatch.setattr("service.health.checks._ABANDONED_S", 1.0)
    time.sleep(1.1)
    found = readiness(clinic.service).checks["queue"]
    assert not found.ok
    assert "liftmark worker" in found.says
    with running(environment, tmp_path, (FEARFUL, str(tmp_path / "journal"))):
        wait_for(lambda: not clinic.jobs())
    assert readiness(clinic.service).checks["queue"].ok
