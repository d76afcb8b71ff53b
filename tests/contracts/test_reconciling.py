"""Rows and blobs, compared both ways, on every database and blob store; with uploads killed and uploads at work."""

import base64
import hashlib
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.anatomy import View
from models.quality import Flag, FlagCode, Refused
from service.assembly import open_service
from service.blobs.vault import blob_prefix
from service.comparisons.pairing import Pairing
from service.comparisons.viewing import ComparisonViewer
from service.database.base import now
from service.database.tables import JobRow, Photo, Subject
from service.documents import refused_document
from service.photos.erasing import PhotoEraser
from service.photos.keeping import PhotoKeeper
from service.photos.receiving import Upload
from service.photos.viewing import PhotoViewer
from service.reconciling import FindingKind, Reconciler
from service.reconciling.orphans import LAST_WAIT_S
from service.sandbox import CompareOutcome, MeasureOutcome
from service.settings import Settings
from service.subjects.registry import SubjectRegistry
from service.tenancy.keys import create_key, find_actor
from service.visits.diary import Diary
from service.visits.schemas import NewVisit

REPOSITORY = Path(__file__).parents[2]
REFUSED = refused_document(Refused(Flag.of(FlagCode.NO_FACE)))
AT_ONCE = timedelta()
DAY = timedelta(days=1)


class Analyst:
    """Finds no face in any photo, but has pictures of it."""

    def check(self, upload):
        return None

    def measure(self, upload, view, corrections=(), subject=None, *, checked=False):
        return MeasureOutcome(REFUSED, b"overlay of " + upload)

    def compare_shots(self, before, after, subject, view, *, checked=False, floors=()):
        return CompareOutcome(REFUSED, before[0].upload[::-1], after[0].upload[::-1])


@pytest.fixture(params=["sqlite on a folder", "postgresql on s3"])
def clinic(request, tmp_path, monkeypatch):
    """A clinic of a service on its embedded defaults, and as it is run past one machine."""
    own = {"MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(), "DATA": str(tmp_path / "data")}
    if request.param == "postgresql on s3":
        own["DATABASE_URL"] = request.getfixturevalue("new_postgres_database")
        own["BLOBS_URL"] = f"{request.getfixturevalue('s3')}/{secrets.token_hex(6)}"
    for name, value in own.items():
        monkeypatch.setenv(f"LIFTMARK_{name}", value)
    with open_service(Settings(workers=1), Analyst()) as service:
        yield Clinic(service)


class Clinic:
    def __init__(self, service) -> None:
        self.service = service
        with service.database.writing_across() as session:
            self.actor = find_actor(session, create_key(session, "Aurora"))
        self.registry = SubjectRegistry(service.database, service.vaults, service.jobs)
        self.keeper = PhotoKeeper(
            service.database, service.vaults, service.jobs, service.doorkeeper, service.limits.allowances
        )
        self.photos = PhotoViewer(service.database, service.vaults)
        self.comparisons = ComparisonViewer(service.database, service.vaults)
        self.subject = self.registry.find_or_make(self.actor, "P-1").id
        self.visit = self.new_visit(self.subject)

    def new_visit(self, subject: str) -> str:
        new = NewVisit(taken_at="2026-03-02T10:00:00Z", phase="baseline")
        return Diary(self.service.database, self.service.jobs).make(self.actor, subject, new, None).id

    def upload(self, content: bytes, visit: str | None = None) -> str:
        upload = Upload(content, hashlib.sha256(content).hexdigest(), View.FRONTAL)
        return self.keeper.keep(self.actor, visit or self.visit, upload, None).id

    def kept(self, content: bytes = b"a photo") -> Photo:
        """A photo whose analysis has ended."""
        photo = self.upload(content)
        self.until_idle()
        return self.photos.peek(self.actor, photo)

    def until_idle(self) -> None:
        deadline = time.monotonic() + 30
        while self.jobs():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def jobs(self) -> int:
        with self.service.database.reading_across() as session:
            return session.scalar(select(func.count()).select_from(JobRow))

    def blob(self, name: str, subject: str | None = None) -> str:
        return f"{blob_prefix(self.actor.tenant, subject or self.subject)}/{name}"

    def blobs(self) -> set[str]:
        return set(self.service.vaults.store.names_under(self.actor.tenant))

    def reconcile(self, *, repair=False, older_than=AT_ONCE, deep=False, wait=lambda _: False):
        service = self.service
        reconciler = Reconciler(service.database, service.vaults, service.jobs, wait, older_than, deep)
        return reconciler.reconcile(repair=repair)


def dying_upload(visit: str, where: str) -> None:
    """A process that kills itself in the middle of an upload, as an outsider would with kill -9."""
    command = [sys.executable, str(Path(__file__).with_name("dying_uploader.py")), visit, where]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(REPOSITORY)}, check=False)
    assert done.returncode == -signal.SIGKILL


def test_what_belongs_together_is_found_sound(clinic):
    first, second = clinic.kept(b"one"), clinic.kept(b"two")
    Pairing(clinic.service.database, clinic.service.jobs).find_or_ask(clinic.actor, first.id, second.id)
    clinic.until_idle()
    report = clinic.reconcile(repair=True, deep=True)
    assert report.is_sound
    assert (report.found, report.young, report.unfinished) == (Counter(), 0, 0)
    assert (report.subjects, report.claims, report.blobs) == (1, 6, 6)


def test_a_photo_whose_file_is_gone_is_told_and_its_row_stays(clinic):
    lost, sound = clinic.kept(b"one"), clinic.kept(b"two")
    clinic.service.vaults.store.delete_under(clinic.blob(lost.upload_blob))
    for repair in (False, True):
        report = clinic.reconcile(repair=repair)
        assert dict(report.found) == {FindingKind.UPLOAD_MISSING: 1}
        assert not report.is_sound
        assert [(one.row, one.blob) for one in report.findings] == [(lost.id, clinic.blob(lost.upload_blob))]
    assert clinic.photos.peek(clinic.actor, lost.id).status == "refused"
    assert clinic.photos.upload(clinic.actor, sound.id) == b"two"


def test_a_lost_picture_is_made_again(clinic):
    photo, other = clinic.kept(b"one"), clinic.kept(b"two")
    pair = Pairing(clinic.service.database, clinic.service.jobs).find_or_ask(clinic.actor, photo.id, other.id)
    clinic.until_idle()
    row = clinic.comparisons.see(clinic.actor, pair.id)
    for name in (photo.overlay_blob, row.aligned_after_blob):
        clinic.service.vaults.store.delete_under(clinic.blob(name))
    report = clinic.reconcile(repair=True)
    assert dict(report.repaired) == dict(report.found) == {FindingKind.PICTURE_MISSING: 2}
    clinic.until_idle()
    assert clinic.photos.overlay(clinic.actor, photo.id) == b"overlay of one"
    assert clinic.comparisons.aligned(clinic.actor, pair.id, "after") == b"owt"
    assert clinic.reconcile().found == Counter()


def test_a_file_of_another_length_is_told_at_once_and_an_altered_one_when_it_is_opened(clinic):
    short, altered = clinic.kept(b"one"), clinic.kept(b"two")
    store = clinic.service.vaults.store
    store.put(clinic.blob(short.upload_blob), store.get(clinic.blob(short.upload_blob))[:-1])
    sealed = bytearray(store.get(clinic.blob(altered.upload_blob)))
    sealed[-1] ^= 1
    store.put(clinic.blob(altered.upload_blob), bytes(sealed))
    assert {one.row for one in clinic.reconcile().findings} == {short.id}
    report = clinic.reconcile(deep=True)
    assert dict(report.found) == {FindingKind.UPLOAD_UNREADABLE: 2}
    assert {one.row for one in report.findings} == {short.id, altered.id}


def test_an_upload_that_opens_but_is_not_the_one_of_the_row_is_told(clinic):
    photo = clinic.kept(b"one")
    with clinic.service.database.reading_across() as session:
        vault = clinic.service.vaults.of(session.get_one(Subject, clinic.subject))
    vault.put(photo.upload_blob, b"two")
    assert clinic.reconcile().is_sound
    assert dict(clinic.reconcile(deep=True).found) == {FindingKind.UPLOAD_UNREADABLE: 1}


def test_the_blob_of_an_upload_that_was_killed_before_its_row_is_erased_once_it_is_old(clinic):
    photo = clinic.kept()
    before = clinic.blobs()
    dying_upload(clinic.visit, "row")
    (orphan,) = clinic.blobs() - before

    report = clinic.reconcile(repair=True, older_than=DAY)
    assert (report.young, report.found) == (1, Counter())
    assert clinic.blobs() == before | {orphan}

    report = clinic.reconcile(repair=True)
    assert dict(report.repaired) == dict(report.found) == {FindingKind.ORPHAN: 1}
    assert clinic.blobs() == before
    assert clinic.photos.upload(clinic.actor, photo.id) == b"a photo"


def test_a_file_whose_writing_was_killed_is_removed_once_it_is_old(clinic):
    if clinic.service.settings.blobs_are_elsewhere:
        pytest.skip("an object store shows nothing of what was not put whole")
    clinic.kept()
    blobs = clinic.service.settings.data / "blobs"
    dying_upload(clinic.visit, "blob")
    assert len(list(blobs.rglob(".unfinished-*"))) == 1
    assert clinic.reconcile(repair=True, older_than=DAY).unfinished == 0
    assert clinic.reconcile(repair=True).unfinished == 1
    assert not list(blobs.rglob(".unfinished-*"))


def test_what_lies_under_an_erased_subject_is_erased(clinic):
    clinic.kept()
    gone = clinic.registry.find_or_make(clinic.actor, "P-2").id
    clinic.registry.erase(clinic.actor, gone)
    clinic.until_idle()
    late = clinic.blob(f"photos/{'a' * 32}/upload", gone)
    clinic.service.vaults.store.put(late, b"noise, for its key is gone")
    report = clinic.reconcile(repair=True)
    assert [one.blob for one in report.findings] == [late]
    assert report.is_sound
    assert not [name for name in clinic.blobs() if gone in name]


def test_anchors_and_what_it_does_not_know_stay(clinic):
    store = clinic.service.vaults.store
    strange = ["audit-anchors/1", "ready", "unknown-clinic/subject/photos/1/upload", clinic.blob("letters/1/file")]
    for name in strange:
        store.put(name, b"x")
    assert clinic.reconcile(repair=True).found == Counter()
    assert [store.get(name) for name in strange] == [b"x"] * 4


def test_a_blob_whose_row_comes_during_the_last_wait_is_kept(clinic):
    """The clock has jumped: what an upload put a moment ago looks a day old."""
    write = clinic.keeper._write
    between, may_write = threading.Event(), threading.Event()

    def late_write(*arguments):
        between.set()
        assert may_write.wait(30)
        return write(*arguments)

    clinic.keeper._write = late_write
    sent = []
    uploading = threading.Thread(target=lambda: sent.append(clinic.upload(b"late")))
    uploading.start()
    assert between.wait(30)

    def wait(seconds: float) -> bool:
        if seconds == LAST_WAIT_S:
            may_write.set()
            uploading.join()
        return False

    service = clinic.service
    reconciler = Reconciler(service.database, service.vaults, service.jobs, wait, DAY)
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr("service.reconciling.orphans.now", lambda: now() + 2 * DAY)
        report = reconciler.reconcile(repair=True)
    assert report.found[FindingKind.ORPHAN] == 1
    assert clinic.photos.upload(clinic.actor, sent[0]) == b"late"


def test_beside_uploads_jobs_and_erasures_nothing_is_found_and_nothing_is_lost(clinic):
    kept: dict[str, bytes] = {}
    stop = threading.Event()

    def upload() -> None:
        for number in range(10_000):
            if stop.is_set():
                return
            content = b"photo %d" % number
            photo = clinic.upload(content)
            if number % 3:
                kept[photo] = content
            else:
                PhotoEraser(clinic.service.database, clinic.service.jobs).erase(clinic.actor, photo)

    uploading = threading.Thread(target=upload)
    uploading.start()
    reports = []
    while len(kept) < 12:
        assert uploading.is_alive()
        reports.append(clinic.reconcile(repair=True, older_than=DAY, deep=True))
    stop.set()
    uploading.join()
    clinic.until_idle()
    assert [report.found for report in reports] == [Counter()] * len(reports)
    assert {photo: clinic.photos.upload(clinic.actor, photo) for photo in kept} == kept
    last = clinic.reconcile(deep=True)
    assert (last.found, last.claims) == (Counter(), last.blobs)
