"""The commands on keys and on rows and blobs: what they print, and how they end."""

import json
import re

import pytest
from typer.testing import CliRunner

from service.assembly import open_database
from service.cli import app
from service.settings import Settings
from service.tenancy.keys import find_actor


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "BLOBS_URL", "MASTER_KEY", "OTHER_MASTER_KEYS"):
        monkeypatch.delenv(f"LIFTMARK_{name}", raising=False)
    monkeypatch.setenv("LIFTMARK_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*arguments: str, ends_with: int = 0) -> str:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == ends_with, done.output
    return done.output


def works(key: str) -> bool:
    with open_database(Settings()) as database, database.reading_across() as session:
        return find_actor(session, key) is not None


def test_a_key_is_listed_without_its_secret_and_ends_when_it_is_revoked():
    first, second = (run("key", "create", "--clinic", name).strip() for name in ("Aurora", "Borealis"))
    listed = run("key", "list")
    assert first not in listed
    one, other = listed.splitlines()
    assert re.fullmatch(r"[0-9a-f]{32}  \d{4}-\d\d-\d\d \d\d:\d\d  Aurora  admin export ingest read", one)
    run("key", "revoke", one[:32])
    assert (works(first), works(second)) == (False, True)
    told = run("key", "list").splitlines()
    assert "revoked" in told[0]
    assert told[1] == other


def test_revoking_twice_changes_nothing_and_a_key_that_is_none_is_wrong_usage():
    run("key", "create", "--clinic", "Aurora")
    key = run("key", "list")[:32]
    run("key", "revoke", key)
    listed = run("key", "list")
    run("key", "revoke", key)
    assert run("key", "list") == listed
    assert "there is no key" in " ".join(run("key", "revoke", "nobody", ends_with=2).replace("│", " ").split())


def test_a_rotation_says_where_the_new_key_is_and_what_to_do_with_the_former(data):
    run("key", "create", "--clinic", "Aurora")
    former = (data / "master.key").read_bytes()
    told = run("key", "rotate")
    assert (data / "master.key").read_bytes() != former
    assert f"The new master key is in {data / 'master.key'}" in told
    assert str(data / "other-master.keys") in told
    assert "0 keys were put" in run("key", "rotate", "--resume")
    (data / "other-master.keys").unlink()
    assert run("key", "list")


def test_a_reconciliation_ends_with_0_where_nothing_is_wrong_and_with_1_where_something_is(data):
    run("key", "create", "--clinic", "Aurora")
    assert "Nothing is wrong." in run("reconcile")
    with open_database(Settings()) as database, database.reading_across() as session:
        (tenant,) = (row for (row,) in session.connection().exec_driver_sql("SELECT id FROM clinics"))
    orphan = data / "blobs" / tenant / ("a" * 32) / "photos" / "1" / "upload"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"noise")
    told = json.loads(CliRunner().invoke(app, ["reconcile", "--older-than", "0", "--json", "-"]).stdout)
    assert (told["sound"], told["found"]["orphan"], len(told["findings"])) == (False, 1, 1)
    run("reconcile", "--older-than", "0", ends_with=1)
    assert "1 blobs without a row are too young" in run("reconcile", "--repair")
    assert "All is right now." in run("reconcile", "--older-than", "0", "--repair")
    assert not orphan.exists()
