"""``liftmark repeatability``: exit codes, sentences, files. The analysis is replaced, except in the slow test."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import pytest

from models.analysis import PhotoAnalysis
from models.anatomy import Side
from models.measurement import Circle
from models.quality import Flag, FlagCode, Refused
from service import cli_repeatability
from service.documents import comparison_document, measurement_document, refused_document
from service.sandbox import CompareOutcome, CrashKind, MeasureOutcome, WorkerCrashed
from tests.service.examples import a_change, a_comparison, a_softer_fold, an_analysis
from tests.service.test_cli import liftmark

PHANTOMS = Path(__file__).parents[1] / "phantoms"


def two_eyes() -> PhotoAnalysis:
    analysis = an_analysis()
    other = replace(analysis.contours[Side.LEFT], iris=Circle(22.0, 12.0, 6.0))
    return replace(analysis, contours={Side.LEFT: analysis.contours[Side.LEFT], Side.RIGHT: other})


class Workers:
    """Stands in for the sandbox: the changes are the differences of the figures that the files hold."""

    def __init__(self) -> None:
        self.compared: list[tuple[bytes, bytes]] = []
        self.subjects: list[object] = []

    def __call__(self) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def measure(self, upload: bytes) -> MeasureOutcome:
        if upload == b"wall":
            return MeasureOutcome(refused_document(Refused(Flag.of(FlagCode.NO_FACE))), None)
        return MeasureOutcome(measurement_document(two_eyes()), b"")

    def compare_shots(self, before, after, subject) -> CompareOutcome:
        pair = before[0].upload, after[0].upload
        self.compared.append(pair)
        self.subjects.append(subject)
        if b"9" in pair:
            raise WorkerCrashed(CrashKind.MEMORY)
        first, second = map(float, pair)
        changes = a_comparison(a_change(second - first), a_softer_fold())
        return CompareOutcome(comparison_document(an_analysis(), an_analysis(), changes), None, None)


@pytest.fixture
def sandbox(monkeypatch) -> Workers:
    workers = Workers()
    monkeypatch.setattr(cli_repeatability, "AnalysisWorkers", workers)
    return workers


def photos(folder: Path, *contents: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(contents):
        (folder / f"{number}.jpg").write_text(str(content))
    return folder


def lid(document: dict, *, pooled: bool = False) -> dict:
    wanted = {"measurand": "mrd1", "side": None if pooled else "left", "pooled": pooled}
    return next(one for one in document["measurands"] if wanted.items() <= one.items())


def test_every_pair_of_one_face_is_compared_and_the_table_printed(monkeypatch, capsys, sandbox, tmp_path):
    figures = (0.0, 0.1, 0.3, 0.2)
    folder = photos(tmp_path / "face", *figures)
    assert liftmark(monkeypatch, "repeatability", folder, "--json", tmp_path / "a" / "b.json") == 0
    document = json.loads((tmp_path / "a" / "b.json").read_text())
    assert len(sandbox.compared) == document["pairs"] == 6
    assert all(len(subject.iris_shares) == 2 for subject in sandbox.subjects)  # those of the other two photos
    assert lid(document)["sem"] == pytest.approx(np.std(figures, ddof=1), abs=0.001)
    assert lid(document)["icc"] is None
    assert "two or more persons" in lid(document)["icc_reason"]
    said = " ".join(capsys.readouterr().out.split())
    assert "4 photos of 1 person, 6 pairs." in said
    assert "MDC95" in said
    assert "more re-captures would bring it" in said


def test_each_folder_is_a_person_and_no_pair_crosses(monkeypatch, capsys, sandbox, tmp_path):
    photos(tmp_path / "a", 1, 1.1), photos(tmp_path / "b", 2, 2.2)
    assert liftmark(monkeypatch, "repeatability", tmp_path) == 0
    assert sorted(sandbox.compared) == [(b"1", b"1.1"), (b"2", b"2.2")]
    assert "ICC(A,1)" in capsys.readouterr().out


def test_two_sets_are_held_against_each_other(monkeypatch, capsys, sandbox, tmp_path):
    photos(tmp_path / "old", 0, 0.1, 0.2), photos(tmp_path / "new", 1, 1.1, 1.2)
    assert liftmark(monkeypatch, "repeatability", tmp_path, "--sets", "--json", tmp_path / "x.json") == 0
    agreement = lid(json.loads((tmp_path / "x.json").read_text()), pooled=True)["agreement"]
    assert (agreement["first"], agreement["second"], agreement["bias"]) == ("new", "old", pytest.approx(-1))
    assert "old less new" in capsys.readouterr().out


def test_the_folder_of_a_report_has_page_table_and_pairs(monkeypatch, sandbox, tmp_path):
    folder = photos(tmp_path / "face", 0, 0.1, 0.3)
    assert liftmark(monkeypatch, "repeatability", folder, "--out", tmp_path / "out") == 0
    assert "MDC95 is the smallest change" in (tmp_path / "out" / "report.html").read_text()
    pairs = list(csv.DictReader((tmp_path / "out" / "pairs.csv").read_text().splitlines()))
    assert pairs[0] == {
        "before": "0.jpg",
        "after": "1.jpg",
        "measurand": "mrd1",
        "side": "left",
        "change": "0.1",
    }
    assert (tmp_path / "out" / "static" / "figures.css").exists()
    assert json.loads((tmp_path / "out" / "repeatability.json").read_text())["photos"] == 3


def test_fewer_than_three_photos_are_told_with_the_way_out(monkeypatch, capsys, sandbox, tmp_path):
    assert liftmark(monkeypatch, "repeatability", photos(tmp_path / "face", 0, 0.1)) == 2
    assert "at least three" in " ".join(capsys.readouterr().err.replace("│", "").split())
    assert sandbox.compared == []


@pytest.mark.parametrize("options", [(), ("--sets",)])
def test_a_folder_without_photos_is_told(monkeypatch, capsys, sandbox, tmp_path, options):
    assert liftmark(monkeypatch, "repeatability", tmp_path, *options) == 2
    assert "there is no photo in" in " ".join(capsys.readouterr().err.replace("│", "").split())


def test_photos_beside_folders_of_photos_are_told(monkeypatch, capsys, sandbox, tmp_path):
    photos(tmp_path, 1, 2, 3), photos(tmp_path / "b", 2, 2.2)
    assert liftmark(monkeypatch, "repeatability", tmp_path) == 2
    assert "give each person a folder" in " ".join(capsys.readouterr().err.replace("│", "").split())


def test_one_set_alone_is_told(monkeypatch, capsys, sandbox, tmp_path):
    photos(tmp_path / "b", 2, 2.2, 3)
    assert liftmark(monkeypatch, "repeatability", tmp_path, "--sets") == 2
    assert "two folders of photos" in " ".join(capsys.readouterr().err.replace("│", "").split())


def test_a_refused_photo_and_the_same_file_twice_are_left_out_and_named(monkeypatch, capsys, sandbox, tmp_path):
    folder = photos(tmp_path / "face", 0, "wall", 0.1, 0.1, 0.3)
    assert liftmark(monkeypatch, "repeatability", folder, "--json", tmp_path / "x.json") == 0
    document = json.loads((tmp_path / "x.json").read_text())
    assert [one["photo"] for one in document["left_out"]] == ["1.jpg", "3.jpg"]
    assert "same file as 2.jpg" in document["left_out"][1]["reason"]
    assert (document["photos"], document["pairs"]) == (3, 3)
    assert "1.jpg was left out" in capsys.readouterr().out


def test_a_pair_that_crashes_the_analysis_is_counted_and_the_others_stand(monkeypatch, capsys, sandbox, tmp_path):
    folder = photos(tmp_path / "face", 0, 0.1, 0.3, 9)
    assert liftmark(monkeypatch, "repeatability", folder, "--json", tmp_path / "x.json") == 0
    document = json.loads((tmp_path / "x.json").read_text())
    assert (lid(document)["n"], lid(document)["refused"]) == (3, 3)
    assert document["incomparable"][0]["pairs"] == 3


def test_where_nothing_can_be_compared_the_reasons_are_told(monkeypatch, capsys, sandbox, tmp_path):
    folder = photos(tmp_path / "face", "wall", "wall", 9, 0)
    assert liftmark(monkeypatch, "repeatability", folder, "--json", tmp_path / "x.json") == 3
    said = capsys.readouterr().err
    assert "0.jpg: " in said
    assert "1 pair: " in said
    assert json.loads((tmp_path / "x.json").read_text())["pairs"] == 1


def test_json_on_standard_output_is_alone_there(monkeypatch, capsys, sandbox, tmp_path):
    assert liftmark(monkeypatch, "repeatability", photos(tmp_path / "face", 0, 0.1, 0.3), "--json", "-") == 0
    assert json.loads(capsys.readouterr().out)["persons"] == 1


@pytest.mark.slow
def test_rendered_re_captures_differ_by_no_more_than_their_reports_say(monkeypatch, tmp_path):
    for name in ("p13", "p14", "p15"):
        (tmp_path / "in" / name).mkdir(parents=True)
        for shot in ("base", "zero"):
            file = f"{name}_{shot}.jpg"
            (tmp_path / "in" / name / file).write_bytes((PHANTOMS / file).read_bytes())
    assert liftmark(monkeypatch, "repeatability", tmp_path / "in", "--json", tmp_path / "x.json") == 0
    document = json.loads((tmp_path / "x.json").read_text())
    both = lid(document, pooled=True)
    # A report of such a pair states a standard uncertainty of about 0.08 mm, so a SEM of 0.06; these are rendered.
    assert 0 < both["sem"] < 0.06
    assert document["degrees_of_freedom"] == 3
