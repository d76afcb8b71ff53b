"""``liftmark import`` against a running service: each photo exactly once, however often it is killed and begun."""

import csv
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.service.api.conftest import FACELESS, PHOTO, POISON, TEXT, Clinic

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def archive(tmp_path):
    """A folder of two subjects, four visits each, three photos each visit."""
    folder = tmp_path / "archive"
    for subject in ("P-1", "P-2"):
        for week, phase in enumerate(("baseline", "treatment1", "treatment2", "follow_up")):
            for number in range(3):
                path = folder / subject / f"2026-01-{12 + 7 * week % 20:02}_{phase}_{number}.jpg"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(PHOTO + f" {subject} {week} {number}".encode())
    return folder


@pytest.fixture
def run(archive, address, clinic):
    """Run the command; further arguments follow."""

    def begin(*arguments: object, folder: Path = archive) -> subprocess.Popen:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LIFTMARK_")}
        key = clinic.headers["Authorization"].removeprefix("Bearer ")
        environment |= {"PYTHONPATH": str(REPOSITORY), "LIFTMARK_KEY": key, "COLUMNS": "200"}
        command = [
            sys.executable,
            "-m",
            "service.cli",
            "import",
            str(folder),
            "--server",
            address,
            *map(str, arguments),
        ]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return begin


def ended(process: subprocess.Popen) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def everything(clinic: Clinic, path: str) -> list[dict]:
    page = clinic.get(f"{path}?limit=200").json()
    return page["items"]


def photos_in(clinic: Clinic) -> list[tuple[str, str, str]]:
    """(subject, phase, sha256) of every photo that the service has."""
    return sorted(
        (subject["reference"], visit["phase"], photo["sha256"])
        for subject in everything(clinic, "/v1/subjects")
        for visit in everything(clinic, f"/v1/subjects/{subject['id']}/visits")
        for photo in everything(clinic, f"/v1/visits/{visit['id']}/photos")
    )


def photos_of(folder: Path) -> list[tuple[str, str, str]]:
    return sorted(
        (path.parent.name, path.stem.split("_", 1)[1].rsplit("_", 1)[0].rstrip("12"), _sha256(path))
        for path in folder.rglob("*.jpg")
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def table(folder: Path) -> dict[str, dict[str, str]]:
    with folder.with_name(f"{folder.name}.liftmark-import.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def ledger_lines(folder: Path) -> int:
    path = folder.with_name(f"{folder.name}.liftmark-import.jsonl")
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_an_archive_goes_in_with_its_subjects_and_visits(run, archive, clinic):
    code, out, err = ended(run())
    assert code == 0, out + err
    assert photos_in(clinic) == photos_of(archive)
    assert "24 photos are in (24 new, 0 there before" in out
    assert {row["outcome"] for row in table(archive).values()} == {"accepted"}


def test_the_same_again_makes_nothing_twice(run, archive, clinic):
    ended(run())
    code, out, _ = ended(run())
    assert code == 0
    assert "24 photos are in (0 new, 24 there before" in out
    assert photos_in(clinic) == photos_of(archive)


def test_the_ledger_is_not_needed(run, archive, clinic):
    ended(run())
    archive.with_name("archive.liftmark-import.jsonl").unlink()
    assert ended(run())[0] == 0
    assert photos_in(clinic) == photos_of(archive)


def test_a_ledger_of_another_service_keeps_no_photo_out(run, archive, clinic, other_clinic, monkeypatch):
    ended(run())
    monkeypatch.setattr(clinic, "headers", other_clinic.headers)
    assert ended(run())[0] == 0
    assert photos_in(other_clinic) == photos_of(archive)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_it_may_be_killed_at_any_moment_and_each_photo_is_in_once(run, archive, clinic, how):
    interrupted = 0
    for lines in (1, 4, 9):
        process = run("--jobs", 2)
        deadline = time.monotonic() + 60
        while process.poll() is None and ledger_lines(archive) < lines:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        process.send_signal(how)
        interrupted += ended(process)[0] != 0
    assert interrupted >= 2  # the last may have come to its end before it was told
    assert ended(run())[0] == 0
    assert photos_in(clinic) == photos_of(archive)


def test_waiting_tells_what_the_analyses_found(run, archive, clinic):
    (archive / "P-1" / "2026-01-12_baseline_9.jpg").write_bytes(FACELESS)
    (archive / "P-2" / "2026-01-12_baseline_9.jpg").write_bytes(TEXT)
    code, out, _ = ended(run("--wait"))
    rows = table(archive)
    assert code == 3
    assert "24 analysed), 2 refused" in out
    assert "no face" in out
    assert rows["P-1/2026-01-12_baseline_9.jpg"]["reason"] == "no_face"
    assert rows["P-1/2026-01-12_baseline_9.jpg"]["says"]
    assert rows["P-2/2026-01-12_baseline_9.jpg"]["reason"] == "not_an_image"
    assert rows["P-1/2026-01-12_baseline_0.jpg"]["outcome"] == "analysed"


def test_what_cannot_be_used_is_told_and_the_rest_goes_in(run, archive, clinic):
    (archive / "nobody.jpg").write_bytes(PHOTO)
    (archive / "P-1" / "undated.jpg").write_bytes(b"\xff\xd8 no date here")
    (archive / "P-1" / "2026-02-20_copy.jpg").write_bytes((archive / "P-1" / "2026-01-12_baseline_0.jpg").read_bytes())
    code, out, _ = ended(run())
    assert code == 3
    assert "3 refused" in out
    reasons = {file: row["reason"] for file, row in table(archive).items() if row["outcome"] == "refused"}
    assert reasons == {
        "nobody.jpg": "subject_missing",
        "P-1/undated.jpg": "date_missing",
        "P-1/2026-02-20_copy.jpg": "duplicate",
    }
    assert len(photos_in(clinic)) == 24


def test_a_dry_run_sends_nothing(run, archive, clinic):
    code, out, _ = ended(run("--dry-run"))
    assert code == 0
    assert "24 photos of 8 visits of 2 subjects" in out
    assert not everything(clinic, "/v1/subjects")
    assert {row["outcome"] for row in table(archive).values()} == {"to be sent"}


def test_a_photo_that_was_moved_to_another_day_is_not_sent_twice(run, archive, clinic):
    ended(run())
    (archive / "P-1" / "2026-01-12_baseline_0.jpg").rename(archive / "P-1" / "2026-01-13_baseline_0.jpg")
    code, _, _ = ended(run())
    assert code == 3
    assert table(archive)["P-1/2026-01-13_baseline_0.jpg"]["reason"] == "in_another_visit"
    assert len(photos_in(clinic)) == 24


def test_a_key_that_may_only_bring_photos_is_enough(run, archive, clinic, new_clinic, monkeypatch):
    monkeypatch.setattr(clinic, "headers", new_clinic("Aurora", "ingest").headers)
    for _ in range(2):
        code, out, err = ended(run())
        assert code == 0, out + err
    monkeypatch.setattr(clinic, "headers", new_clinic("Aurora").headers)
    assert photos_in(clinic) == photos_of(archive)


def test_a_wrong_key_is_wrong_usage_and_says_so(run, clinic, monkeypatch):
    monkeypatch.setattr(clinic, "headers", {"Authorization": "Bearer lm_wrong"})
    code, _, err = ended(run())
    assert code == 2
    assert "LIFTMARK_KEY" in err


def test_a_service_that_is_not_there_is_told_within_seconds(run, archive):
    code, _, err = ended(run("--server", "http://127.0.0.1:9"))
    assert code == 1
    assert "liftmark serve" in err


def test_a_folder_without_photos_is_wrong_usage(run, tmp_path):
    (tmp_path / "empty").mkdir()
    code, _, err = ended(run(folder=tmp_path / "empty"))
    assert code == 2
    assert "no photo" in err.lower()


def test_a_photo_that_kills_its_analysis_is_refused_with_a_reason(run, archive):
    (archive / "P-1" / "2026-01-12_baseline_9.jpg").write_bytes(POISON)
    code, _, _ = ended(run("--wait"))
    assert code == 3
    row = table(archive)["P-1/2026-01-12_baseline_9.jpg"]
    assert (row["outcome"], row["reason"] in {"analysis_failed", "analysis_crashed"}) == ("refused", True)
