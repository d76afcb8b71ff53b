"""The master key is replaced while the service runs, and nothing is unreadable at any moment, killed or not."""

import hashlib
import secrets
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from models.anatomy import View
from models.quality import Flag, FlagCode, Refused
from service.assembly import key_ring, open_database, open_service, open_vaults
from service.audit import Action, record
from service.audit.rows import clinics_of
from service.audit.verification import verify
from service.blobs.key_ring import KeyRing
from service.blobs.master_key import MasterKey, MasterKeyError, UnknownMasterKeyError
from service.cli import app
from service.database import Database
from service.database.base import now
from service.database.migrate import migrate
from service.database.tables import Subject
from service.documents import refused_document
from service.master_keys.rotation import rotate, under_others
from service.master_keys.secrets import Purpose
from service.photos.keeping import PhotoKeeper
from service.photos.receiving import Upload
from service.photos.viewing import PhotoViewer
from service.sandbox import MeasureOutcome
from service.settings import Settings
from service.subjects.registry import SubjectRegistry
from service.subjects.repository import Subjects
from service.tenancy.keys import create_key, find_actor
from service.tenancy.links import CorrectionLink
from service.visits.diary import Diary
from service.visits.schemas import NewVisit

REPOSITORY = Path(__file__).parents[2]
REFUSED = refused_document(Refused(Flag.of(FlagCode.NO_FACE)))
ROTATE = (sys.executable, "-m", "service.cli", "key", "rotate")


class Analyst:
    """Finds no face in any photo."""

    def check(self, upload):
        return None

    def measure(self, upload, view, corrections=(), subject=None, *, checked=False):
        return MeasureOutcome(REFUSED, None)


@pytest.fixture(params=["sqlite on a folder", "postgresql on s3"])
def place(request, tmp_path, monkeypatch) -> None:
    """Where one service's data are, in the environment of this process and its children; the key is in its file."""
    for name in ("DATABASE_URL", "BLOBS_URL", "MASTER_KEY", "OTHER_MASTER_KEYS"):
        monkeypatch.delenv(f"LIFTMARK_{name}", raising=False)
    monkeypatch.setenv("LIFTMARK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    if request.param == "postgresql on s3":
        monkeypatch.setenv("LIFTMARK_DATABASE_URL", request.getfixturevalue("new_postgres_database"))
        monkeypatch.setenv("LIFTMARK_BLOBS_URL", f"{request.getfixturevalue('s3')}/{secrets.token_hex(6)}")


class Clinic:
    """A clinic of a running service."""

    def __init__(self, service) -> None:
        self.service = service
        with service.database.writing_across() as session:
            self.actor = find_actor(session, create_key(session, "Aurora"))
        self.registry = SubjectRegistry(service.database, service.vaults, service.jobs)

    def keep(self, reference: str, content: bytes) -> str:
        service = self.service
        subject = self.registry.find_or_make(self.actor, reference).id
        new = NewVisit(taken_at="2026-03-02T10:00:00Z", phase="baseline")
        visit = Diary(service.database, service.jobs).make(self.actor, subject, new, None).id
        keeper = PhotoKeeper(
            service.database, service.vaults, service.jobs, service.doorkeeper, service.limits.allowances
        )
        upload = Upload(content, hashlib.sha256(content).hexdigest(), View.FRONTAL)
        return keeper.keep(self.actor, visit, upload, None).id

    def read(self, photo: str) -> bytes:
        return PhotoViewer(self.service.database, self.service.vaults).upload(self.actor, photo)


def wait_until(look) -> None:
    deadline = time.monotonic() + 180
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_sound(database) -> bool:
    with database.reading_across() as session:
        clinics = [tenant for tenant, _ in clinics_of(session)]
    return all(verify(database, tenant).broken is None for tenant in clinics)


def test_a_rotation_beside_a_running_service_leaves_everything_readable(place):
    settings = Settings(workers=1)
    with open_service(settings, Analyst()) as service:
        clinic = Clinic(service)
        kept = {clinic.keep(f"before {number}", b"%d" % number): b"%d" % number for number in range(3)}
        link = CorrectionLink(clinic.actor.tenant, "1" * 32, now() + timedelta(days=1), "somebody")
        token = service.links.sign(link)
        rotating = subprocess.Popen(ROTATE, stdout=subprocess.PIPE, text=True)
        number = 0
        while rotating.poll() is None:
            number += 1
            kept[clinic.keep(f"during {number}", b"during %d" % number)] = b"during %d" % number
            assert all(clinic.read(photo) == content for photo, content in kept.items())
        told = rotating.communicate()[0]
        assert rotating.returncode == 0, told
        assert "The new master key is in" in told
        kept[clinic.keep("after", b"after")] = b"after"
        assert {photo: clinic.read(photo) for photo in kept} == kept
        assert under_others(service.database, service.vaults.ring) == {}
        assert number > 0

    settings.other_master_keys_file.unlink()
    with open_service(settings, Analyst()) as service:
        clinic.service = service
        assert {photo: clinic.read(photo) for photo in kept} == kept
        assert is_sound(service.database)
        assert service.links.read(token, now()).photo_id == "1" * 32


def test_a_rotation_that_is_killed_leaves_everything_readable_and_is_taken_up(place):
    settings = Settings(workers=0)
    with open_service(settings, Analyst()) as service:
        clinic = Clinic(service)
        kept = clinic.keep("first", b"first")
        with service.database.writing_across() as session:
            for number in range(3000):
                which, tenant = f"{number:032x}", clinic.actor.tenant
                key = service.vaults.new_wrapped_key(which)
                wrapped = {"wrapped_key": key.content, "wrapped_by": key.by}
                session.add(Subject(id=which, tenant_id=tenant, reference=which, **wrapped))
        former = service.vaults.ring.present.id

    ring = key_ring(settings)
    with open_database(settings, ring) as database:
        with subprocess.Popen(ROTATE, stdout=subprocess.DEVNULL) as rotating:
            wait_until(lambda: 0 < under_others(database, ring).get(former, 0) < 3001 or rotating.poll() is not None)
            rotating.send_signal(signal.SIGKILL)
        assert rotating.returncode == -signal.SIGKILL
        left = under_others(database, ring)
        assert 0 < left[former] < 3001
        everything_opens(database, ring, clinic.actor.tenant)

    again = CliRunner().invoke(app, ["key", "rotate"])
    assert again.exit_code == 0
    assert "stopped on its way" in again.stdout
    assert "Nothing is under another key." in again.stdout
    settings.other_master_keys_file.unlink()
    with open_service(settings, Analyst()) as service:
        clinic.service = service
        everything_opens(service.database, service.vaults.ring, clinic.actor.tenant)
        assert clinic.read(kept) == b"first"
        assert is_sound(service.database)


def everything_opens(database, ring, tenant) -> None:
    vaults = open_vaults(Settings(), ring)
    with database.reading_across() as session:
        for subject in Subjects(session, tenant).page_of_clinic(None, 10_000):
            vaults.of(subject)


def test_keys_that_are_set_are_replaced_in_two_steps(place, monkeypatch):
    former, new = MasterKey.new(), MasterKey.new()
    monkeypatch.setenv("LIFTMARK_MASTER_KEY", former.in_base64)
    with open_service(Settings(workers=0), Analyst()) as service:
        clinic = Clinic(service)
        kept = clinic.keep("first", b"first")
    monkeypatch.setenv("LIFTMARK_MASTER_KEY", new.in_base64)
    monkeypatch.setenv("LIFTMARK_OTHER_MASTER_KEYS", former.in_base64)
    done = subprocess.run(ROTATE, capture_output=True, text=True, check=True)
    assert f"4 keys were put under the master key {new.id}." in done.stdout
    monkeypatch.delenv("LIFTMARK_OTHER_MASTER_KEYS")
    with open_service(Settings(workers=0), Analyst()) as service:
        clinic.service = service
        assert clinic.read(kept) == b"first"
        assert is_sound(service.database)


def test_a_service_with_another_master_key_does_not_start_and_says_why(place, monkeypatch):
    former = MasterKey.new()
    monkeypatch.setenv("LIFTMARK_MASTER_KEY", former.in_base64)
    with open_service(Settings(workers=0), Analyst()) as service:
        clinic = Clinic(service)
        kept = clinic.keep("first", b"first")
    monkeypatch.setenv("LIFTMARK_MASTER_KEY", MasterKey.new().in_base64)
    serve = subprocess.run(
        [sys.executable, "-m", "service.cli", "serve", "--port", "1"], capture_output=True, text=True, check=False
    )
    assert serve.returncode == 1
    assert "another master key" in serve.stderr
    assert former.id in serve.stderr
    assert "Traceback" not in serve.stderr
    monkeypatch.setenv("LIFTMARK_MASTER_KEY", former.in_base64)
    with open_service(Settings(workers=0), Analyst()) as service:
        clinic.service = service
        assert clinic.read(kept) == b"first"


def test_a_former_key_that_is_still_needed_is_asked_for_by_its_id(place, monkeypatch):
    former, new = MasterKey.new(), MasterKey.new()
    monkeypatch.setenv("LIFTMARK_MASTER_KEY", former.in_base64)
    with open_service(Settings(workers=0), Analyst()) as service:
        Clinic(service).keep("first", b"first")
        ring = KeyRing.of(new, former)
        rotate(service.database, ring)
        Clinic(service).keep("late", b"by a process that was not restarted")
        assert under_others(service.database, ring) == {former.id: 1}
    monkeypatch.setenv("LIFTMARK_MASTER_KEY", new.in_base64)
    with pytest.raises(UnknownMasterKeyError, match=former.id), open_database(Settings()):
        pass


def test_data_from_before_keys_were_named_go_on_with_their_chains(place):
    """As migration 0006 leaves them: the audit chained with a derived key, wrapped keys that name none."""
    former, new, stranger = (MasterKey.new() for _ in range(3))
    settings = Settings()
    with Database(settings.database_address, former.derive("audit")) as database:
        migrate(database)
        with database.writing_across() as session:
            actor = find_actor(session, create_key(session, "Aurora"))
            wrapped = former.seal(b"k" * 32, "a" * 32)
            session.add(Subject(id="a" * 32, tenant_id=actor.tenant, reference="P", wrapped_key=wrapped))
            record(session, actor, Action.SUBJECT_MADE, "a" * 32)
    with pytest.raises(MasterKeyError, match="another master key"), open_database(settings, KeyRing.of(stranger)):
        pass
    both = KeyRing.of(new, former)
    with open_database(settings, both) as database:
        assert is_sound(database)
        assert database.audit_key == former.derive("audit")
        assert rotate(database, both).rewrapped == 1
    with open_database(settings, KeyRing.of(new)) as database:
        assert is_sound(database)
        everything_opens(database, KeyRing.of(new), actor.tenant)


def test_a_new_service_has_secrets_that_no_master_key_tells(place):
    settings = Settings()
    ring = key_ring(settings)
    with open_database(settings, ring) as database:
        assert database.audit_key != ring.present.derive("audit")
        first = database.audit_key
    with open_database(settings, ring) as database:
        assert database.audit_key == first


def test_processes_that_start_together_have_the_same_secrets(place):
    settings = Settings()
    found = []

    def start() -> None:
        with open_database(settings) as database:
            found.append(database.audit_key)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_the_database_alone_holds_no_secret_in_the_clear(place):
    settings = Settings()
    with open_database(settings) as database, database.engine.connect() as connection:
        rows = connection.execute(text("SELECT sealed FROM sealed_secrets")).scalars().all()
        assert len(rows) == len(Purpose)
        assert all(database.audit_key not in bytes(row) for row in rows)
