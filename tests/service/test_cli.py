"""The command line: exit codes, sentences, files. The analysis itself is replaced, except in the slow tests."""

import json
import sys
from pathlib import Path
from typing import Self

import pytest

from models.quality import Flag, FlagCode, Refused
from service import cli, cli_analysis
from service.documents import comparison_document, measurement_document, refused_document
from service.sandbox import CompareOutcome, CrashKind, MeasureOutcome, SandboxUnavailableError, WorkerCrashed
from tests.service.examples import a_comparison, an_analysis

SAMPLES = Path(__file__).parents[2] / "sample_images"
JPEG = (SAMPLES / "eyelids_before.jpg").read_bytes()


class Workers:
    """Stands in for the sandbox and answers with what it was given."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def __call__(self) -> "Workers":
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def measure(self, *_: object) -> object:
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
