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

from service import cli
from tests.service.api.conftest import FACELESS, PHOTO, POISON, TEXT, Clinic

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def archive(tmp_path):
    """A folder of two subjects, four visits each, three photos each visit."""
    folder = tmp_path / "archive"
    for subject in ("P-1", "P-2"):
        for week, phase in enumerate(("baseline", "treatment1", "treatment2", "follow_up")):
            for number in range(3):
                path = folder / subject / f"2026-{1 + week:02}-12_{phase}_{number}.jpg"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(PHOTO + f" {subject} {week} {number}".encode())
    return folder


@pytest.fixture
def run(archive, address, clinic, monkeypatch, capsys):
    """Run the command in this process: exit code, output, messages. Further arguments follow."""

    def ended(*arguments: object, folder: Path = archive) -> tuple[int, str, str]:
        monkeypatch.setenv("LIFTMARK_KEY", _key(clinic))
        monkeypatch.setenv("COLUMNS", "200")
        argv = ["liftmark", "import", str(folder), "--server", address, *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(SystemExit) as exit_of:
            cli.main()
        return int(exit_of.value.code or 0), *capsys.readouterr()

    return ended


@pytest.fixture
def begin(archive, address, clinic):
    """Begin the command in a process of its own, which can be killed."""

    def begun(*arguments: object) -> subprocess.Popen:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LIFTMARK_")}
        environment |= {"PYTHONPATH": str(REPOSITORY), "LIFTMARK_KEY": _key(clinic)}
        command = [sys.executable, "-m", "service.cli", "import", archive, "--server", address, *map(str, arguments)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    return begun


def _key(clinic: Clinic) -> str:
    return clinic.headers["Authorization"].removeprefix("Bearer ")


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
    code, out, err = run()
    assert code == 0, out + err
    assert photos_in(clinic) == photos_of(archive)
    assert "24 photos are in (24 new, 0 there before" in out
    assert {row["outcome"] for row in table(archive).values()} == {"accepted"}


def test_the_same_again_makes_nothing_twice(run, archive, clinic):
    run()
    code, out, _ = run()
    assert code == 0
    assert "24 photos are in (0 new, 24 there before" in out
    assert photos_in(clinic) == photos_of(archive)


def test_the_ledger_is_not_needed(run, archive, clinic):
    run()
    archive.with_name("archive.liftmark-import.jsonl").unlink()
    assert run()[0] == 0
    assert photos_in(clinic) == photos_of(archive)


def test_a_ledger_of_another_service_keeps_no_photo_out(run, archive, clinic, other_clinic, monkeypatch):
    run()
    monkeypatch.setattr(clinic, "headers", other_clinic.headers)
    assert run()[0] == 0
    assert photos_in(other_clinic) == photos_of(archive)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_it_may_be_killed_at_any_moment_and_each_photo_is_in_once(begin, run, archive, clinic, how):
    interrupted = 0
    for lines in (1, 4, 9):
        process = begin("--jobs", 2)
        deadline = time.monotonic() + 60
        while process.poll() is None and ledger_lines(archive) < lines:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        process.send_signal(how)
        interrupted += process.wait(60) != 0
    assert interrupted >= 2  # the last may have come to its end before it was told
    assert run()[0] == 0
    assert photos_in(clinic) == photos_of(archive)


def test_waiting_tells_what_the_analyses_found(run, archive, clinic):
    (archive / "P-1" / "2026-01-12_baseline_9.jpg").write_bytes(FACELESS)
    (archive / "P-2" / "2026-01-12_baseline_9.jpg").write_bytes(TEXT)
    code, out, _ = run("--wait")
    rows = table(archive)
    assert code == 3
    assert "24 analysed), 2 refused" in out
    assert "no face" in out
    assert rows["P-1/2026-01-12_baseline_9.jpg"]["reason"] == "no_face"
    assert rows["P-1/2026-01-12_baseline_9.jpg"]["says"]
    assert rows["P-2/2026-01-12_baseline_9.jpg"]["reason"] == "not_an_image"
    assert rows["P-1/2026-01-12_baseline_0.jpg"]["outcome"] == "analysed"


def test_a_photo_that_is_too_large_is_refused_and_holds_up_no_other(run, archive):
    (archive / "P-1" / "2026-01-12_baseline_9.jpg").write_bytes(PHOTO + bytes(5_000_000))
    code, out, _ = run()
    assert code == 3
    assert "24 photos are in" in out
    assert table(archive)["P-1/2026-01-12_baseline_9.jpg"]["reason"] == "too_large"


@pytest.mark.slow
def test_what_cannot_be_used_is_told_and_the_rest_goes_in(run, archive, clinic):
    (archive / "nobody.jpg").write_bytes(PHOTO)
    (archive / "P-1" / "undated.jpg").write_bytes(b"\xff\xd8 no date here")
    (archive / "P-1" / "2026-05-20_copy.jpg").write_bytes((archive / "P-1" / "2026-01-12_baseline_0.jpg").read_bytes())
    code, out, _ = run()
    assert code == 3
    assert "3 refused" in out
    reasons = {file: row["reason"] for file, row in table(archive).items() if row["outcome"] == "refused"}
    assert reasons == {
        "nobody.jpg": "subject_missing",
        "P-1/undated.jpg": "date_missing",
        "P-1/2026-05-20_copy.jpg": "duplicate",
    }
    assert len(photos_in(clinic)) == 24


def test_a_dry_run_sends_nothing(run, archive, clinic):
    code, out, _ = run("--dry-run")
    assert code == 0
    assert "24 photos of 8 visits of 2 subjects" in out
    assert not everything(clinic, "/v1/subjects")
    assert {row["outcome"] for row in table(archive).values()} == {"to be sent"}


def test_a_photo_that_was_moved_to_another_day_is_not_sent_twice(run, archive, clinic):
    run()
    (archive / "P-1" / "2026-01-12_baseline_0.jpg").rename(archive / "P-1" / "2026-01-13_baseline_0.jpg")
    code, _, _ = run()
    assert code == 3
    assert table(archive)["P-1/2026-01-13_baseline_0.jpg"]["reason"] == "in_another_visit"
    assert len(photos_in(clinic)) == 24


def test_confounders_and_courses_go_in_once(run, archive, clinic):
    names = sorted(path.name for path in (archive / "P-1").glob("*.jpg"))
    lines = [f"{name},{name[:10]}T09:30,Microcurrent,Room 2,no filler; lids swollen" for name in names]
    (archive / "P-1" / "visits.csv").write_text("\n".join(["file,taken_at,course,room,note", *lines]))
    (archive / "P-1" / "confounders.csv").write_text("kind,from,regions,note\nfiller,2026-01-20,eyelids,1 ml\n")
    for _ in range(2):
        code, out, err = run()
        assert code == 0, out + err
    (subject,) = [one["id"] for one in everything(clinic, "/v1/subjects") if one["reference"] == "P-1"]
    found = everything(clinic, f"/v1/subjects/{subject}/confounders")
    filler = next(one for one in found if one["kind"] == "filler")
    assert (filler["from"], filler["regions"], filler["notes"]) == ("2026-01-20", ["eyelids", "symmetry"], "1 ml")
    swollen = [one for one in found if one["kind"] == "other"]
    assert all(one["notes"].startswith("named in the note of ") for one in swollen)
    assert len(found) == 1 + len(swollen) == len({(one["kind"], one["from"]) for one in found})
    (course,) = everything(clinic, f"/v1/subjects/{subject}/courses")
    assert (course["kind"], course["started_on"]) == ("microcurrent", "2026-02-12")
    visits = everything(clinic, f"/v1/subjects/{subject}/visits")
    assert {(visit["course_id"], visit["room"]) for visit in visits} == {(course["id"], "Room 2")}


def test_a_visit_that_the_service_has_already_is_used(run, archive, clinic):
    (archive / "P-1" / "visits.csv").write_text(
        "file,taken_at,phase,treatment_number,note\n2026-01-12_baseline_0.jpg,2026-01-12T09:30+01:00,baseline,0,new\n"
    )
    for path in archive.rglob("*.jpg"):
        if path.name != "2026-01-12_baseline_0.jpg" or path.parent.name == "P-2":
            path.unlink()
    subject = clinic.subject("P-1")
    visit = clinic.post(
        f"/v1/subjects/{subject}/visits",
        {"taken_at": "2026-01-12T08:30:00Z", "phase": "baseline", "treatment_number": 0},
    ).json()["id"]
    assert run()[0] == 0
    assert [one["id"] for one in everything(clinic, f"/v1/subjects/{subject}/visits")] == [visit]
    assert len(everything(clinic, f"/v1/visits/{visit}/photos")) == 1
    assert run()[1].count("1 there before")


def test_a_key_that_may_only_bring_photos_is_enough(run, archive, clinic, new_clinic, monkeypatch):
    monkeypatch.setattr(clinic, "headers", new_clinic("Aurora", "ingest").headers)
    for _ in range(2):
        code, out, err = run()
        assert code == 0, out + err
    monkeypatch.setattr(clinic, "headers", new_clinic("Aurora").headers)
    assert photos_in(clinic) == photos_of(archive)


def test_a_wrong_key_is_wrong_usage_and_says_so(run, clinic, monkeypatch):
    monkeypatch.setattr(clinic, "headers", {"Authorization": "Bearer lm_wrong"})
    code, _, err = run()
    assert code == 2
    assert "LIFTMARK_KEY" in err


def test_a_service_that_is_not_there_is_told_within_seconds(run, archive):
    code, _, err = run("--server", "http://127.0.0.1:9")
    assert code == 1
    assert "liftmark serve" in err


def test_a_folder_without_photos_is_wrong_usage(run, tmp_path):
    (tmp_path / "empty").mkdir()
    code, _, err = run(folder=tmp_path / "empty")
    assert code == 2
    assert "no photo" in err.lower()


def test_a_photo_that_kills_its_analysis_is_refused_with_a_reason(run, archive):
    (archive / "P-1" / "2026-01-12_baseline_9.jpg").write_bytes(POISON)
    code, _, _ = run("--wait")
    assert code == 3
    row = table(archive)["P-1/2026-01-12_baseline_9.jpg"]
    assert (row["outcome"], row["reason"] in {"analysis_failed", "analysis_crashed"}) == ("refused", True)
