"""The commands on the audit: sentences, files, exit codes."""

import json

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from service.assembly import open_database
from service.audit import Action, record
from service.audit.anchor import Anchor
from service.audit.rows import AuditRows
from service.cli import app
from service.database.base import now
from service.database.tables import NO_HASH
from service.settings import Settings
from service.tenancy.keys import create_key, find_actor

ROWS = {"Aurora": 5, "Borealis": 3}


@pytest.fixture
def database(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "BLOBS_URL", "MASTER_KEY"):
        monkeypatch.delenv(f"LIFTMARK_{name}", raising=False)
    monkeypatch.setenv("LIFTMARK_DATA", str(tmp_path / "data"))
    with open_database(Settings()) as database:
        yield database


@pytest.fixture
def clinics(database) -> dict[str, str]:
    """Clinics with some rows each; their ids."""
    ids = {}
    for name, count in ROWS.items():
        with database.writing_across() as session:
            actor = find_actor(session, create_key(session, name))
            for number in range(count):
                record(session, actor, Action.PHOTO_READ, f"{number:032x}")
        ids[name] = actor.tenant
    return ids


def run(*arguments: str):
    return CliRunner().invoke(app, ["audit", *map(str, arguments)])


def tamper(database, statement: str) -> None:
    with database.connection() as connection:
        connection.execute(text(statement))


def anchor_file(database, tenant, path):
    with database.reading_across() as session:
        head = AuditRows(session, tenant).head()
    path.write_text(Anchor.made(database.audit_key, now(), tenant, head.count, head.hash).line + "\n")
    return path


def test_a_sound_audit_ends_with_0_and_counts_what_was_checked(clinics):
    told = run("verify")
    assert told.exit_code == 0
    assert "Aurora: sound, 5 rows" in told.stdout
    assert "Borealis: sound, 3 rows" in told.stdout
    assert told.stdout.endswith("The audit is sound: 8 rows of 2 clinics checked, 0 anchors.\n")


def test_a_broken_audit_ends_with_1_and_names_the_first_broken_row(database, clinics):
    tamper(database, f"UPDATE audit SET actor = 'x' WHERE number IN (2, 4) AND tenant_id = '{clinics['Aurora']}'")
    told = run("verify")
    assert told.exit_code == 1
    assert "Aurora: broken, edited at row 2. Row 2 is not as it was written. Sound before it: 1 row." in told.stdout
    assert "Borealis: sound, 3 rows" in told.stdout
    assert run("verify", "--clinic", "Borealis").exit_code == 0


def test_a_cut_that_only_an_anchor_shows_ends_with_1(database, clinics, tmp_path):
    tenant = clinics["Aurora"]
    anchors = anchor_file(database, tenant, tmp_path / "anchors.jsonl")
    assert run("verify", "--anchor", anchors).exit_code == 0
    tamper(database, f"DELETE FROM audit WHERE number > 3 AND tenant_id = '{tenant}'")
    last = f"(SELECT hash FROM audit WHERE number = 3 AND tenant_id = '{tenant}')"
    tamper(database, f"UPDATE clinics SET audit_count = 3, audit_hash = {last} WHERE id = '{tenant}'")
    assert run("verify").exit_code == 0
    told = run("verify", "--anchor", anchors)
    assert told.exit_code == 1
    assert "Aurora: broken, cut at row 4. The chain ends at row 3, but had 5 at " in told.stdout


def test_another_database_in_place_of_the_one_that_was_anchored_ends_with_1(database, clinics, tmp_path):
    stranger = Anchor.made(database.audit_key, now(), "f" * 32, 7, NO_HASH)
    (tmp_path / "anchors.jsonl").write_text(stranger.line)
    told = run("verify", "--anchor", tmp_path / "anchors.jsonl")
    assert told.exit_code == 1
    assert "the database does not know it" in told.stdout


@pytest.mark.parametrize("content", ["not json", '{"at": 1}', "\x00"])
def test_a_file_that_holds_no_anchors_is_wrong_usage(clinics, tmp_path, content):
    (tmp_path / "anchors.jsonl").write_text(content)
    told = run("verify", "--anchor", tmp_path / "anchors.jsonl")
    assert told.exit_code == 2
    assert "line 1" in " ".join(told.stderr.split())


def test_a_clinic_an_anchor_file_or_a_database_that_is_not_there_is_wrong_usage(clinics, tmp_path, monkeypatch):
    assert run("verify", "--anchor", tmp_path / "none").exit_code == 2
    assert run("verify", "--clinic", "Nobody").exit_code == 2
    monkeypatch.setenv("LIFTMARK_DATA", str(tmp_path / "elsewhere"))
    for command in (["verify"], ["export", "-"]):
        told = run(*command)
        assert told.exit_code == 2
        assert "there is no database" in " ".join(told.stderr.replace("│", " ").split())
    assert not (tmp_path / "elsewhere").exists()


def test_without_the_master_key_nothing_is_verified(clinics, tmp_path):
    (tmp_path / "data" / "master.key").unlink()
    told = run("verify")
    assert told.exit_code == 2
    assert not (tmp_path / "data" / "master.key").exists()


def test_with_another_master_key_nothing_is_verified(clinics, monkeypatch):
    monkeypatch.setenv("LIFTMARK_MASTER_KEY", "A" * 43 + "=")
    told = run("verify", "--clinic", "Aurora")
    assert told.exit_code == 2
    assert "another master key" in told.output


def test_an_export_holds_every_row_with_its_hashes(clinics, tmp_path):
    file = tmp_path / "audit.jsonl"
    file.write_text("old")
    assert run("export", file).exit_code == 0
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(row["clinic"], row["number"]) for row in rows] == [
        (clinics[name], number) for name in ("Aurora", "Borealis") for number in range(1, ROWS[name] + 1)
    ]
    assert list(rows[0]) == ["clinic", "number", "at", "actor", "action", "target", "counts", "previous", "hash"]
    assert [row["previous"] for row in rows[1:5]] == [row["hash"] for row in rows[:4]]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["audit.jsonl"]


def test_an_export_of_one_clinic_can_be_printed(clinics):
    told = run("export", "-", "--clinic", "Borealis")
    assert {json.loads(line)["clinic"] for line in told.stdout.splitlines()} == {clinics["Borealis"]}
