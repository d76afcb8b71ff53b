"""Readiness fails, with the reason, when any one thing that the service needs does not work."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from service.health.checks import readiness
from service.sandbox import CrashKind, WorkerCrashed


def failed(client) -> dict[str, str | None]:
    answer = client.get("/readyz")
    checks = answer.json()["checks"]
    found = {name: check["says"] for name, check in checks.items() if not check["ok"]}
    assert (answer.status_code, answer.json()["status"]) == ((503, "not_ready") if found else (200, "ready"))
    assert client.get("/healthz").json() == {"status": "alive"}
    return found


def test_a_service_that_works_is_ready(client):
    assert failed(client) == {}


def test_a_database_that_does_not_answer(client, service, monkeypatch):
    def gone(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(service.database.engine, "connect", gone)
    assert failed(client)["database"] == "OSError"


def test_whose_key_cannot_be_looked_up_because_the_database_is_gone_is_told_to_come_again(clinic, monkeypatch):
    def gone(*_):
        raise OperationalError("SELECT", {}, OSError(111, "Connection refused"))

    monkeypatch.setattr("service.tenancy.authentication.Gate.find_actor", gone)
    answer = clinic.get("/v1/photos")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


@pytest.mark.parametrize("change", ["UPDATE alembic_version SET version_num = '0001'", "DELETE FROM alembic_version"])
def test_tables_of_another_version(client, service, change):
    with service.database.connection() as connection:
        connection.execute(text(change))
    assert set(found := failed(client)) == {"migrations"}
    assert "one version" in found["migrations"]


def test_blobs_that_cannot_be_kept(client, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("service.blobs.local.os.fsync", full)
    assert failed(client) == {"blobs": "BlobsFullError"}


def test_an_analysis_process_that_crashes_at_nothing(client, analyst, monkeypatch):
    def crash(_):
        raise WorkerCrashed(CrashKind.ABORTED)

    monkeypatch.setattr(analyst, "check", crash)
    assert failed(client) == {"face_model": "WorkerCrashed"}


def test_a_check_that_hangs_is_a_check_that_failed(service, analyst, monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(analyst, "check", lambda _: release.wait(30))
    found = readiness(service, patience_s=0.3)
    release.set()
    assert {name for name, check in found.checks.items() if not check.ok} == {"face_model"}
    assert found.checks["face_model"].says == "It did not answer within 0.3 s."


def test_jobs_that_wait_while_a_worker_is_at_one_are_no_failure(clinic, client, analyst, monkeypatch):
    monkeypatch.setattr("service.health.checks._ABANDONED_S", 0.0)
    analyst.go_on.clear()
    visit = clinic.visit()
    for number in range(4):
        clinic.upload(visit, b"photo %d" % number, wait=0)
    assert failed(client) == {}


def test_threads_that_have_ended(client, service, monkeypatch):
    monkeypatch.setattr(type(service.runner), "alive", property(lambda _: False))
    assert set(failed(client)) == {"worker"}
