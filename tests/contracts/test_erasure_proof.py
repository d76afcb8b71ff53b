"""Erasing a subject takes every word and byte of it, wherever they were kept, and touches nobody else's."""

import io
import logging
import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import inspect, make_url, text

from service.app import create_app
from service.blobs.vault import blob_prefix
from service.database.base import Row
from service.database.tables import Subject
from service.observing.logs import JsonLines
from service.serving import serving
from service.settings import Settings
from service.subjects.repository import Subjects
from service.tenancy.keys import create_key, find_actor
from tests.service.api.conftest import Clinic, FakeAnalyst

CANARY = "canary-7341"
"""In every field that a person fills, and in the photos' bytes."""
LID = {"points": [[225, 148], [212, 139], [200, 136], [188, 140], [175, 149]], "corrected_by": f"Dr. {CANARY}"}
DOCUMENT_CANARY = "2026.11.0-canary-7341"


class Analyst(FakeAnalyst):
    """Says the canary in what it finds in a photo that holds it."""

    def measure(self, upload, *given, **options):
        outcome = super().measure(upload, *given, **options)
        if CANARY.encode() not in upload:
            return outcome
        marked = outcome.document.model_copy(update={"method_version": DOCUMENT_CANARY})
        return type(outcome)(marked, CANARY.encode())


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that the service and the libraries that it tells to log say from INFO on."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    handler.addFilter(lambda record: not record.name.startswith(("http", "werkzeug")))  # the tests' own client and S3
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(params=["sqlite on a folder", "postgresql on s3"])
def settings(request, tmp_path) -> Settings:
    data = tmp_path / "data"
    if request.param == "sqlite on a folder":
        return Settings(data=data, workers=2)
    blobs_url = f"{request.getfixturevalue('s3')}/{secrets.token_hex(6)}"
    return Settings(
        data=data, workers=2, database_url=request.getfixturevalue("new_postgres_database"), blobs_url=blobs_url
    )


@pytest.fixture
def app(settings):
    return create_app(settings, Analyst())


@pytest.fixture
def clinic(app, log) -> Iterator[Clinic]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        with serving(app, listener) as address, httpx.Client(base_url=address, timeout=60) as client:
            with app.state.service.database.writing_across() as session:
                key = create_key(session, "Aurora")
                actor = find_actor(session, key)
            clinic = Clinic(client, key)
            clinic.tenant = actor.tenant
            yield clinic


def fill(clinic: Clinic, reference: str, mark: str) -> tuple[str, list[str]]:
    """A subject with something in every table and field there is, and two photos; the subject and the photos."""
    subject = clinic.subject(reference)
    labels = dict.fromkeys(("notes", "room", "camera", "operator"), mark)
    visits = []
    for day in (2, 9):
        new = {"taken_at": f"2026-03-{day:02}T10:00:00Z", "phase": "baseline" if day == 2 else "treatment", **labels}
        made = clinic.post(f"/v1/subjects/{subject}/visits", new, {"Idempotency-Key": f"{mark}-visit-{day}"})
        visits.append(made.json()["id"])
    course = {"started_on": "2026-03-02", "notes": mark}
    assert clinic.post(f"/v1/subjects/{subject}/courses", course).status_code == 201
    confounder = {"kind": "other", "date": "2026-03-05", "notes": mark}
    assert clinic.post(f"/v1/subjects/{subject}/confounders", confounder).status_code == 201
    iris = {"mm": 11.9, "measured_by": mark, "instrument": mark}
    assert clinic.put(f"/v1/subjects/{subject}/iris-diameter", iris).status_code == 200
    photos = []
    for number in range(4):
        content = f"photo {mark} {number}".encode() * 50
        sent = clinic.upload(visits[number // 3], content, key=f"{mark}-photo-{number}")
        assert sent.json()["status"] == "analysed", sent.text
        photos.append(sent.json()["id"])
    lid = {**LID, "corrected_by": mark}
    assert clinic.put(f"/v1/photos/{photos[0]}/corrections/left/upper_lid?wait=10", lid).status_code == 200
    study = {"name": "Room 1", "photo_ids": [photos[:3]]}
    assert clinic.post("/v1/repeatability-studies?wait=20", study).status_code == 201
    pair = {"before_photo_id": photos[0], "after_photo_id": photos[3]}
    pair_id = clinic.post("/v1/comparisons", pair).json()["id"]
    clinic.ended(f"/v1/comparisons/{pair_id}")
    assert clinic.get(f"/v1/subjects/{subject}/series?wait=30").status_code == 200
    assert clinic.get(f"/v1/comparisons/{pair_id}/report").status_code == 200
    return subject, photos


def until_idle(service) -> None:
    deadline = time.monotonic() + 60
    while service.jobs.queues():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def rows(service) -> dict[str, list[tuple]]:
    """Every table as it is."""
    with service.database.reading_across() as session:
        return {
            table.name: sorted(map(tuple, session.execute(table.select())), key=str)
            for table in Row.metadata.sorted_tables
        }


def rows_of(service, subject: str) -> dict[str, list[tuple]]:
    return {name: [row for row in found if subject in row] for name, found in rows(service).items() if name != "audit"}


def blobs_of(service, tenant: str, subject: str) -> dict[str, bytes]:
    store = service.vaults.store
    return {name: store.get(name) for name in store.names_under(blob_prefix(tenant, subject))}


def opened(service, tenant: str) -> list[bytes]:
    """Every blob of the clinic, raw and opened by the key of each subject that there is."""
    store, found = service.vaults.store, []
    with service.database.reading_across() as session:
        vaults = {one.id: service.vaults.of(one) for one in Subjects(session, tenant).every(Subject.id != "")}
    for name in store.names_under(tenant):
        _, subject, inner = name.split("/", 2)
        found += [store.get(name), vaults[subject].get(inner)]
    return found


def files_with(needle: bytes, *folders: Path) -> list[Path]:
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    return [file for file in files if needle in read(file)]


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:  # a server's own, gone meanwhile
        return b""


def test_erasure_leaves_no_word_or_byte_of_a_subject_and_changes_nothing_of_another(clinic, app, settings, log):
    service = app.state.service
    kept, _ = fill(clinic, "P-2", "somebody else")
    gone, photos = fill(clinic, CANARY, CANARY)
    until_idle(service)
    before = rows_of(service, kept), blobs_of(service, clinic.tenant, kept)
    held = rows_of(service, gone)
    assert all(held[name] for name in ("subjects", "visits", "photos", "comparisons", "courses", "confounders"))
    assert all(held[name] for name in ("iris_diameters", "corrections", "study_photos", "idempotency_keys", "series"))
    assert CANARY in str(rows(service))
    assert any(CANARY.encode() in content for content in opened(service, clinic.tenant))

    assert clinic.delete(f"/v1/subjects/{gone}").status_code == 204
    until_idle(service)

    found = rows(service)
    assert {name for name, table in found.items() if CANARY in str(table)} == set()
    assert found["jobs"] == []
    naming_it = {name for name, table in found.items() if any(gone in str(row) for row in table)}
    assert naming_it == {"audit"}
    assert not any(photo in str(table) for name, table in found.items() for photo in photos if name != "audit")
    assert blobs_of(service, clinic.tenant, gone) == {}
    assert not any(CANARY.encode() in content for content in opened(service, clinic.tenant))
    assert files_with(CANARY.encode(), settings.data) == []
    assert CANARY not in log.getvalue()
    assert (rows_of(service, kept), blobs_of(service, clinic.tenant, kept)) == before

    proof = clinic.get(f"/v1/erasures/{gone}").json()
    assert proof["complete"]
    assert proof["rows_erased"] == {name: len(table) for name, table in held.items() if table}
    assert (proof["rows_left"], proof["blobs_left"]) == ({}, 0)
    assert proof["audit"]["action"] == "subject_erased"
    assert len(proof["audit"]["hash"]) == 64
    assert clinic.get("/v1/audit/verification").json()["sound"]


def test_erasure_empties_sqlites_log_though_a_reader_holds_it_for_a_while(clinic, app, settings):
    if settings.database_url:
        pytest.skip("PostgreSQL's own files are looked at below")
    service = app.state.service
    gone, _ = fill(clinic, CANARY, CANARY)
    until_idle(service)
    with service.database.reading_across() as session:
        session.execute(text("SELECT count(*) FROM photos"))  # from here on this reader needs the log as it is
        assert clinic.delete(f"/v1/subjects/{gone}").status_code == 204
        assert files_with(CANARY.encode(), settings.data)
    until_idle(service)
    assert files_with(CANARY.encode(), settings.data) == []


def test_what_postgresql_keeps_of_erased_rows_goes_with_a_full_vacuum(clinic, app, settings, request, capsys):
    """Its tables hold what was deleted until they are written anew, its log until the log is used again."""
    if not settings.database_url:
        pytest.skip("of SQLite nothing is left, see above")
    service = app.state.service
    gone, _ = fill(clinic, CANARY, CANARY)
    until_idle(service)
    assert clinic.delete(f"/v1/subjects/{gone}").status_code == 204
    until_idle(service)
    name = make_url(settings.database_url).database
    server_address = request.getfixturevalue("postgres").format(name=name)  # of its administrator
    with psycopg.connect(server_address, autocommit=True) as server:
        ((folder,),) = server.execute("SHOW data_directory").fetchall()
        ((oid,),) = server.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchall()
        tables, log = Path(folder, "base", str(oid)), Path(folder, "pg_wal")
        left = {}
        for statement in ("CHECKPOINT", "VACUUM", "VACUUM FULL"):
            server.execute(statement)
            server.execute("CHECKPOINT")
            left[statement] = len(files_with(CANARY.encode(), tables))
        in_log = len(files_with(CANARY.encode(), log))
    with capsys.disabled():
        print(f"\nfiles of tables and indexes that still hold an erased subject's words: {left}; of the log: {in_log}")
    assert left["VACUUM FULL"] == 0
    assert inspect(service.database.engine).has_table("subjects")
