"""The judge sees every kind of damage; of a service in order it says nothing."""

import contextlib
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.checker import Finding, Verdict
from tests.faults.client import CarefulClient
from tests.faults.home import REPOSITORY, Home
from tests.faults.judging import checker_of
from tests.faults.ledger import Ledger
from tests.faults.photos import tiny
from tests.faults.rig import SETTLES_WITHIN_S
from tests.faults.station import Station, first_key, station

JUDGES = ("checker.py", "shelves.py")
FOREVER = "2999-01-01 00:00:00"


@dataclass
class Clinic:
    """A service with some photos, each of which is damaged by one test alone."""

    service: Station
    key: str
    ledger: Ledger
    photos: dict[str, str]

    def findings(self) -> list[Finding]:
        return checker_of(self.service, self.key, self.ledger).findings()

    def verdicts(self, *about: str) -> set[Verdict]:
        return {found.verdict for found in self.findings() if any(word in found.about for word in about)}

    def change(self, statement: str, **values: str) -> None:
        with contextlib.closing(sqlite3.connect(self.service.home.folder / "liftmark.db")) as connection, connection:
            connection.execute(statement, values)

    def copy_row(self, table: str, record: str, **other: str) -> None:
        with contextlib.closing(sqlite3.connect(self.service.home.folder / "liftmark.db")) as connection, connection:
            connection.row_factory = sqlite3.Row
            row = dict(connection.execute(f"SELECT * FROM {table} WHERE id = ?", [record]).fetchone()) | other
            places = ", ".join(f":{name}" for name in row)
            connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", row)

    def blob(self, photo: str) -> Path:
        return next(Path(self.service.home.blobs).glob(f"*/*/photos/{photo}/upload"))


DAMAGED = ("deleted", "flipped", "altered", "row", "copied", "key", "stranger", "job", "queued", "failed", "picture")
DAMAGED += ("audit", "twice", "kept", "unfinished")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory) -> Iterator[Clinic]:
    folder = tmp_path_factory.mktemp("checked")
    ledger = Ledger(folder / "ledger.jsonl")
    with station(Home.on_a_folder(folder / "data")) as service:
        key = first_key(service)
        with CarefulClient(service.address, key, ledger) as client:
            visit = client.visit(client.subject("P-1"), "2026-03-02T10:00:00Z")
            photos = {name: client.upload(visit, tiny(name), f"key {name}") for name in (*DAMAGED, "erased")}
            client.erase_photo(photos["erased"])
        clinic = Clinic(service, key, ledger, photos)
        assert checker_of(service, key, ledger).settle(SETTLES_WITHIN_S)
        assert clinic.findings() == []
        yield clinic


def test_the_judge_shares_no_code_with_the_service():
    lines = [line for judge in JUDGES for line in (REPOSITORY / "tests/faults" / judge).read_text().splitlines()]
    imported = {line.split()[1].split(".")[0] for line in lines if line.lstrip().startswith(("import ", "from "))}
    assert imported
    assert not imported & {"service", "analysis", "models"}


def test_a_blob_that_is_deleted_is_lost(clinic):
    clinic.blob(clinic.photos["deleted"]).unlink()
    assert Verdict.LOST in clinic.verdicts(clinic.photos["deleted"])


def test_one_flipped_bit_is_seen(clinic):
    blob = clinic.blob(clinic.photos["flipped"])
    content = bytearray(blob.read_bytes())
    content[len(content) // 2] ^= 1
    blob.write_bytes(content)
    assert clinic.verdicts(clinic.photos["flipped"]) == {Verdict.LOST}  # the service refuses to give it out


def test_other_bytes_than_were_sent_are_altered(clinic):
    lines = clinic.ledger.path.read_text().splitlines()
    told = next(line for line in lines if f'"id": "{clinic.photos["altered"]}"' in line)
    sent = told.split('"sha256": "')[1][:64]
    with clinic.ledger.path.open("a") as ledger:  # as a client would have written that had sent something else
        ledger.write(told.replace(sent, "0" * 64) + "\n")
    assert Verdict.ALTERED in clinic.verdicts(clinic.photos["altered"])


def test_a_row_that_is_gone_is_a_lost_photo_and_its_blob_an_orphan(clinic):
    clinic.change("DELETE FROM photos WHERE id = :id", id=clinic.photos["row"])
    assert clinic.verdicts(clinic.photos["row"]) == {Verdict.LOST, Verdict.ORPHANED}


def test_an_upload_that_made_two_photos_is_doubled(clinic):
    copy = secrets.token_hex(16)
    clinic.copy_row("photos", clinic.photos["copied"], id=copy)
    told = {found.says: found.verdict for found in clinic.findings()}
    assert told["2 photos, sent under 1 keys"] == Verdict.DOUBLED


def test_a_key_under_which_another_photo_was_made_is_doubled(clinic):
    clinic.change("UPDATE idempotency_keys SET made_id = 'another' WHERE key = 'key key'")
    assert Verdict.DOUBLED in clinic.verdicts("key key")


def test_a_photo_that_nobody_sent_is_told(clinic):
    sha = "ab" * 32
    clinic.copy_row("photos", clinic.photos["stranger"], id=secrets.token_hex(16), sha256=sha)
    assert clinic.verdicts(sha) == {Verdict.ALTERED}


def test_a_job_that_is_left_is_stuck(clinic):
    clinic.change(
        "INSERT INTO jobs (id, tenant_id, kind, target, later, attempts, leased_until, created_at)"
        " SELECT 'left', tenant_id, 'analyse_photo', id, 0, 1, :due, :due FROM photos WHERE id = :id",
        due=FOREVER,
        id=clinic.photos["job"],
    )
    assert clinic.verdicts(clinic.photos["job"]) == {Verdict.STUCK}
    assert not checker_of(clinic.service, clinic.key, clinic.ledger).settle(0.1)


def test_a_photo_that_stays_queued_is_stuck(clinic):
    clinic.change("UPDATE photos SET status = 'queued' WHERE id = :id", id=clinic.photos["queued"])
    assert clinic.verdicts(clinic.photos["queued"]) == {Verdict.STUCK}


def test_a_good_photo_that_is_given_up_is_told(clinic):
    clinic.change("UPDATE photos SET status = 'failed', failure = 'x' WHERE id = :id", id=clinic.photos["failed"])
    assert clinic.verdicts(clinic.photos["failed"]) == {Verdict.FAILED}


def test_a_picture_that_a_row_names_and_nobody_has_is_lost(clinic):
    clinic.change("UPDATE photos SET overlay_blob = 'overlay-nowhere' WHERE id = :id", id=clinic.photos["picture"])
    assert Verdict.LOST in clinic.verdicts("overlay-nowhere")


def test_a_deed_without_its_row_in_the_audit_is_told_and_so_is_the_gap(clinic):
    clinic.change("DELETE FROM audit WHERE action = 'photo_uploaded' AND target = :id", id=clinic.photos["audit"])
    assert clinic.verdicts(clinic.photos["audit"]) == {Verdict.UNCHAINED}
    assert "does not follow" in " ".join(found.says for found in clinic.findings())


def test_a_deed_that_is_twice_in_the_audit_is_doubled(clinic):
    clinic.change(
        "INSERT INTO audit (tenant_id, number, at, actor, action, target, previous, hash)"
        " SELECT tenant_id, 9999, at, actor, action, target, previous, hash FROM audit"
        " WHERE action = 'photo_uploaded' AND target = :id",
        id=clinic.photos["twice"],
    )
    assert clinic.verdicts(clinic.photos["twice"]) == {Verdict.DOUBLED}


def test_what_is_left_of_an_erased_photo_is_told(clinic):
    clinic.copy_row("photos", clinic.photos["kept"], id=clinic.photos["erased"])
    blob = clinic.blob(clinic.photos["kept"])
    shutil.copytree(blob.parent, blob.parents[1] / clinic.photos["erased"])
    told = [found for found in clinic.findings() if found.verdict == Verdict.REMAINING]
    assert {found.says for found in told} == {"its row is still there", "the blob is still there"}


def test_a_file_that_was_never_finished_is_an_orphan(clinic):
    clinic.blob(clinic.photos["unfinished"]).with_name(".unfinished-00").write_bytes(b"half")
    assert clinic.verdicts(".unfinished-00") == {Verdict.ORPHANED}


def test_an_internal_error_that_a_client_was_told_of_is_told(clinic):
    clinic.ledger.failed("answer", path="/v1/subjects", says="internal")
    assert clinic.verdicts("/v1/subjects") == {Verdict.FAILED}
