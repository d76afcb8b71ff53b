"""The command line: exit codes, sentences, files. The analysis itself is replaced, except in the slow tests."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Self

import pytest

from models.burst import Frame, FrameUse
from models.quality import Flag, FlagCode, Refused
from service import cli, cli_analysis
from service.documents import comparison_document, measurement_document, refused_document
from service.sandbox import (
    CompareOutcome,
    CorrectionRefusedError,
    CrashKind,
    MeasureOutcome,
    SandboxUnavailableError,
    WorkerCrashed,
)
from tests.service.examples import a_comparison, an_analysis

SAMPLES = Path(__file__).parents[2] / "sample_images"
JPEG = (SAMPLES / "eyelids_before.jpg").read_bytes()


class Workers:
    """Stands in for the sandbox and answers with what it was given."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.asked: tuple[object, ...] = ()

    def __call__(self) -> "Workers":
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def measure(self, *asked: object) -> object:
        self.asked = asked
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    compare_shots = measure


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Workers:
    workers = Workers(None)
    monkeypatch.setattr(cli_analysis, "AnalysisWorkers", workers)
    return workers


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(JPEG)
    return path


def liftmark(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run the command line as the shell does and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["liftmark", *map(str, arguments)])
    monkeypatch.setenv("COLUMNS", "120")
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def a_pair() -> CompareOutcome:
    return CompareOutcome(comparison_document(an_analysis(), an_analysis(), a_comparison()), JPEG, JPEG)


def a_refusal(code: FlagCode = FlagCode.NO_FACE) -> Refused:
    return Refused(Flag.of(code))


def test_a_comparison_is_printed_with_intervals_and_verdicts(monkeypatch, capsys, sandbox, photo) -> None:
    sandbox.answer = a_pair()
    assert liftmark(monkeypatch, "compare", photo, photo) == 0
    said = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")
    assert "The photos can be compared in part." in said
    assert "+0.51 mm" in said
    assert "0.39 to 0.63" in said
    assert "Detectable increase" in said
    assert "The jaw is covered." in said
    assert "Next:" in said


def test_the_report_folder_has_all_that_it_needs(monkeypatch, capsys, sandbox, photo, tmp_path) -> None:
    sandbox.answer = a_pair()
    assert liftmark(monkeypatch, "compare", photo, photo, "--out", tmp_path / "report") == 0
    written = {path.name for path in (tmp_path / "report").iterdir()}
    assert {"aligned_before.jpg", "aligned_after.jpg", "comparison.json", "report.html"} <= written
    assert "report.html" in capsys.readouterr().out


def test_a_pair_that_could_not_be_aligned_has_no_report(monkeypatch, capsys, sandbox, photo, tmp_path) -> None:
    sandbox.answer = CompareOutcome(a_pair().document, None, None)
    assert liftmark(monkeypatch, "compare", photo, photo, "--out", tmp_path / "report") == 0
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["comparison.json"]
    assert "could not be aligned" in capsys.readouterr().out


def test_a_measurement_is_printed(monkeypatch, capsys, sandbox, photo, tmp_path) -> None:
    sandbox.answer = MeasureOutcome(measurement_document(an_analysis()), JPEG)
    assert liftmark(monkeypatch, "measure", photo, "--out", tmp_path / "photo") == 0
    said = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")
    assert "3.91 mm" in said
    assert "The eye is covered." in said
    assert {path.name for path in (tmp_path / "photo").iterdir()} == {"measurement.json", "overlay.jpg"}


LID = {"side": "left", "contour": "upper_lid", "points": [[9, 5], [7, 4], [5, 3], [3, 4]], "corrected_by": "Dr. A."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three photos taken one after the other, and a note."""
    folder = tmp_path / "visit"
    folder.mkdir()
    for number in (3, 1, 2):
        (folder / f"{number}.jpg").write_bytes(f"photo {number}".encode())
    (folder / "note.txt").write_text("Seated.")
    return folder


def corrections(tmp_path: Path, *placed: dict) -> Path:
    file = tmp_path / "corrections.json"
    file.write_text(json.dumps({"corrections": placed}))
    return file


def test_a_folder_is_a_visits_photos_in_the_order_of_their_names(monkeypatch, capsys, sandbox, photo, folder) -> None:
    sandbox.answer = a_pair()
    assert liftmark(monkeypatch, "compare", folder, photo, "--more-after", folder / "2.jpg") == 0
    before, after, *_ = sandbox.asked
    assert [shot.upload for shot in before] == [b"photo 1", b"photo 2", b"photo 3"]
    assert [shot.upload for shot in after] == [JPEG, b"photo 2"]


def test_what_became_of_each_photo_of_a_burst_is_printed(monkeypatch, capsys, sandbox, photo, folder) -> None:
    frames = (Frame("before", 0, FrameUse.LEFT_OUT, "The eyes are closed."), Frame("before", 1, FrameUse.SHOWN))
    document = comparison_document(an_analysis(), an_analysis(), a_comparison(), frames)
    sandbox.answer = CompareOutcome(document, JPEG, JPEG)
    assert liftmark(monkeypatch, "compare", folder, photo) == 0
    said = capsys.readouterr().out
    assert "Before 1.jpg: left out. The eyes are closed." in said
    assert "Before 2.jpg: shown." in said


def test_too_many_photos_and_none_are_wrong_usage(monkeypatch, capsys, sandbox, photo, folder, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    assert liftmark(monkeypatch, "compare", tmp_path / "empty", photo) == 2
    assert "there is no photo" in capsys.readouterr().err
    for number in range(4, 8):
        (folder / f"{number}.jpg").write_bytes(JPEG)
    assert liftmark(monkeypatch, "compare", folder, photo) == 2
    assert "at most 6" in capsys.readouterr().err


def test_the_clinics_iris_diameter_is_passed_on(monkeypatch, capsys, sandbox, photo) -> None:
    sandbox.answer = a_pair()
    assert liftmark(monkeypatch, "compare", photo, photo, "--iris-mm", "12.1") == 0
    assert sandbox.asked[2].iris.mm == 12.1
    sandbox.answer = MeasureOutcome(measurement_document(an_analysis()), JPEG)
    assert liftmark(monkeypatch, "measure", photo, "--iris-mm", "12.1") == 0
    assert sandbox.asked[3].iris.mm == 12.1
    assert liftmark(monkeypatch, "measure", photo, "--iris-mm", "4") == 2


def test_corrections_are_of_the_before_or_of_the_photo_they_name(monkeypatch, sandbox, photo, folder, tmp_path) -> None:
    sandbox.answer = a_pair()
    named = {**LID, "contour": "lower_lid", "sha256": hashlib.sha256(b"photo 2").hexdigest()}
    file = corrections(tmp_path, LID, named)
    assert liftmark(monkeypatch, "compare", photo, folder / "2.jpg", "--corrections", file) == 0
    before, after, *_ = sandbox.asked
    assert [one.contour for one in before[0].corrections] == ["upper_lid"]
    assert [one.contour for one in after[0].corrections] == ["lower_lid"]


def test_a_correction_that_could_be_of_any_photo_of_a_folder_is_wrong_usage(
    monkeypatch, capsys, sandbox, photo, folder, tmp_path
) -> None:
    file = corrections(tmp_path, LID)
    assert liftmark(monkeypatch, "compare", folder, photo, "--corrections", file) == 2
    assert "sha256" in capsys.readouterr().err


@pytest.mark.parametrize(
    "broken", [{**LID, "contour": "nose"}, {**LID, "points": None}, {**LID, "contour": "iris"}, {"side": "left"}]
)
def test_a_broken_file_of_corrections_is_wrong_usage(monkeypatch, capsys, sandbox, photo, tmp_path, broken) -> None:
    assert liftmark(monkeypatch, "measure", photo, "--corrections", corrections(tmp_path, broken)) == 2
    assert "corrections.0" in capsys.readouterr().err


def test_a_correction_that_cannot_be_is_wrong_usage_with_its_reason(
    monkeypatch, capsys, sandbox, photo, tmp_path
) -> None:
    sandbox.answer = CorrectionRefusedError("The left upper lid crosses itself.")
    assert liftmark(monkeypatch, "measure", photo, "--corrections", corrections(tmp_path, LID)) == 2
    assert "The left upper lid crosses itself." in capsys.readouterr().err


def test_the_folder_of_a_json_file_is_made(monkeypatch, sandbox, photo, tmp_path) -> None:
    sandbox.answer = a_pair()
    assert liftmark(monkeypatch, "compare", photo, photo, "--json", tmp_path / "new" / "folder" / "c.json") == 0
    assert json.loads((tmp_path / "new" / "folder" / "c.json").read_text())["changes"]


def test_json_to_standard_output_stands_alone_there(monkeypatch, capsys, sandbox, photo) -> None:
    sandbox.answer = a_pair()
    assert liftmark(monkeypatch, "compare", photo, photo, "--json", "-") == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["comparability"]["verdict"] == "caution"
    assert "Detectable increase" in said.err


def test_a_refused_photo_ends_with_3_and_its_reason(monkeypatch, capsys, sandbox, photo, tmp_path) -> None:
    sandbox.answer = CompareOutcome(refused_document(a_refusal(), "after"), None, None)
    assert liftmark(monkeypatch, "compare", photo, photo, "--json", tmp_path / "c.json") == 3
    said = capsys.readouterr()
    assert said.err.startswith(f"{photo}: No face was found in the photo.")
    assert len(said.err.splitlines()) == 1
    assert json.loads((tmp_path / "c.json").read_text())["refused"]["code"] == "no_face"


@pytest.mark.parametrize("kind", CrashKind)
@pytest.mark.parametrize("command", [("measure",), ("compare", JPEG)], ids=["measure", "compare"])
def test_a_photo_that_crashes_the_analysis_is_refused(monkeypatch, capsys, sandbox, photo, command, kind) -> None:
    sandbox.answer = WorkerCrashed(kind)
    assert liftmark(monkeypatch, command[0], *[photo] * len(command)) == 3
    assert "stopped" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [("measure",), ("measure", "/no/such/photo.jpg"), ("compare", "/etc/hostname"), ("nonsense",), ("measure", "/")],
)
def test_wrong_usage_ends_with_2(monkeypatch, capsys, arguments) -> None:
    assert liftmark(monkeypatch, *arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_an_unexpected_error_is_one_sentence(monkeypatch, capsys, sandbox, photo) -> None:
    sandbox.answer = SandboxUnavailableError("The face model is not installed.")
    assert liftmark(monkeypatch, "measure", photo) == 1
    said = capsys.readouterr().err
    assert said.startswith("The face model is not installed.")
    assert len(said.splitlines()) == 1


def test_debug_shows_where_an_error_came_from(monkeypatch, sandbox, photo) -> None:
    sandbox.answer = SandboxUnavailableError("The face model is not installed.")
    monkeypatch.setattr(sys, "argv", ["liftmark", "--debug", "measure", str(photo)])
    with pytest.raises(SandboxUnavailableError):
        cli.main()


def test_the_version_is_printed(monkeypatch, capsys) -> None:
    assert liftmark(monkeypatch, "--version") == 0
    assert capsys.readouterr().out.startswith("liftmark 20")


def test_help_names_every_command(monkeypatch, capsys) -> None:
    assert liftmark(monkeypatch, "--help") == 0
    said = capsys.readouterr().out
    assert all(command in said for command in ("compare", "measure", "bench", "serve", "worker", "key"))


def test_help_comes_without_loading_the_analysis_or_the_web() -> None:
    import subprocess

    slow = {"cv2", "fastapi", "mediapipe", "numpy", "pydantic", "sqlalchemy"}
    code = f"import sys, service.cli; sys.exit(str({slow} & set(sys.modules) or ''))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_bench_speed_takes_two_photos_or_none(monkeypatch, capsys, photo) -> None:
    assert liftmark(monkeypatch, "bench", "speed", photo) == 2
    assert "two photos" in capsys.readouterr().err
