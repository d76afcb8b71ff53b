"""``liftmark series``: exit codes, sentences, files. The analysis is replaced, except in the slow tests."""

import json
import sys
from pathlib import Path

import pytest

from models.course import MICROCURRENT
from service import cli, cli_series
from service.archive import Archive
from service.documents import SeriesDocument
from service.folder_series import FolderSeries
from service.terminal_series import series_lines
from tests.service.reports.series_documents import (
    a_series,
    everything_excluded,
    two_visits,
    with_filler,
    without_effect,
    without_measures,
)

JPEG = (Path(__file__).parents[2] / "sample_images" / "series" / "visit02.jpg").read_bytes()


class Making:
    """Stands in for measuring, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer = FolderSeries(a_series(), {}, 12)
        self.archive: Archive | None = None
        self.protocol = MICROCURRENT
        self.iris = None

    def __call__(self, archive, protocol, subject, begin) -> FolderSeries:
        self.archive, self.protocol, self.iris = archive, protocol, subject.iris
        begin("Measuring photos", 1)()
        return self.answer


@pytest.fixture
def making(monkeypatch):
    making = Making()
    monkeypatch.setattr(cli_series, "make_series", making)
    return making


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "subject"
    folder.mkdir()
    for name in ("2026-01-12_baseline.jpg", "2026-01-19_treatment.jpg", "2026-01-19_oblique left.jpg"):
        (folder / name).write_bytes(JPEG + name.encode())
    return folder


@pytest.fixture
def liftmark(monkeypatch):
    def run(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["liftmark", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "140")
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    return run


def said(document: SeriesDocument, capsys) -> str:
    cli_series.print_lines(None, *series_lines(document))
    return " ".join(capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ").split())


def test_a_series_is_told_effect_by_effect(liftmark, capsys, making, folder):
    assert liftmark("series", folder) == 0
    told = capsys.readouterr()
    for part in ("Lasting effect", "Passing effect", "After the course", "Detectable increase", "Next: "):
        assert part in told.out
    assert "1 photo of another view was left aside" in told.err


def test_the_json_is_written_and_printed(liftmark, capsys, making, folder, tmp_path):
    assert liftmark("series", folder, "--json", tmp_path / "new" / "series.json") == 0
    assert SeriesDocument.model_validate_json((tmp_path / "new" / "series.json").read_bytes()) == a_series()
    capsys.readouterr()
    assert liftmark("series", folder, "--json", "-") == 0
    assert json.loads(capsys.readouterr().out)["measurands"]


def test_the_report_folder_opens_from_the_disk(liftmark, capsys, making, folder, tmp_path):
    assert liftmark("series", folder, "--out", tmp_path / "report") == 0
    written = {path.name for path in (tmp_path / "report").iterdir()}
    assert {"report.html", "series.json", "series.csv", "series.pdf"} <= written
    assert "report.html" in capsys.readouterr().out


def test_the_plan_is_what_was_said_or_the_usual_course(liftmark, making, folder):
    liftmark("series", folder)
    assert making.protocol == MICROCURRENT
    liftmark("series", folder, "--protocol", "radio frequency", "--sessions", 4, "--interval-days", 21, "--iris-mm", 12)
    plan = making.protocol
    assert (plan.kind, plan.planned_sessions, plan.interval_days) == ("radio frequency", 4, 21)
    assert plan.maintenance_days is None
    assert making.iris.mm == 12


def test_the_folder_may_say_the_kind_of_course(liftmark, making, folder):
    (folder / "visits.csv").write_text("file,course\n2026-01-12_baseline.jpg,LED\n2026-01-19_treatment.jpg,LED\n")
    liftmark("series", folder)
    assert making.protocol.kind == "led"


def test_the_same_photo_twice_counts_once(liftmark, capsys, making, folder):
    (folder / "2026-01-26_treatment.jpg").write_bytes((folder / "2026-01-19_treatment.jpg").read_bytes())
    liftmark("series", folder)
    assert len(making.archive.entries) == 3
    assert "same content" in capsys.readouterr().err


def test_no_photo_that_can_be_measured_is_a_refusal(liftmark, capsys, making, folder, tmp_path):
    making.answer = FolderSeries(everything_excluded(), {}, 0)
    assert liftmark("series", folder, "--json", tmp_path / "s.json") == 3
    assert (tmp_path / "s.json").exists()
    assert "No photo could be measured." in capsys.readouterr().err


@pytest.mark.parametrize("content", [{}, {"notes.txt": b"x"}])
def test_a_folder_without_photos_is_wrong_usage(liftmark, capsys, making, tmp_path, content):
    for name, text in content.items():
        (tmp_path / name).write_bytes(text)
    assert liftmark("series", tmp_path) == 2
    assert "There is no photo" in " ".join(capsys.readouterr().err.split())


def test_a_folder_that_is_not_there_is_wrong_usage(liftmark, tmp_path):
    assert liftmark("series", tmp_path / "gone") == 2


def test_what_did_not_change_is_named_and_nothing_is_claimed(capsys):
    told = said(without_effect(), capsys)
    assert "No detectable change" in told
    assert "Detectable" not in told


def test_a_filler_is_told(capsys):
    assert "filler" in said(with_filler(), capsys).lower()


@pytest.mark.parametrize("document", [two_visits(), without_measures(), everything_excluded()])
def test_a_series_with_gaps_is_told_all_the_same(capsys, document):
    assert "usable" in said(document, capsys)


@pytest.mark.slow
def test_the_sample_series_goes_from_folder_to_report(liftmark, capsys, repository, tmp_path):
    folder = repository / "sample_images" / "series"
    assert liftmark("series", folder, "--out", tmp_path / "report", "--json", tmp_path / "s.json") == 0
    told = capsys.readouterr()
    assert "Left out: 2 March 2026 (visit07_bad.jpg)" in " ".join(told.out.split())
    assert not told.err  # nothing was guessed, and a bar is shown in a terminal alone
    document = SeriesDocument.model_validate_json((tmp_path / "s.json").read_bytes())
    assert len(list((tmp_path / "report" / "pictures").glob("*.jpg"))) >= len(document.visits) - 1


@pytest.mark.slow
def test_a_folder_of_which_no_photo_shows_a_face_is_refused(liftmark, capsys, tmp_path):
    from PIL import Image

    for day, grey in (("2026-01-12", 90), ("2026-01-19", 120)):
        Image.new("RGB", (800, 1000), (grey,) * 3).save(tmp_path / f"{day}.jpg")
    (tmp_path / "2026-01-26.jpg").write_bytes(b"no photo")
    assert liftmark("series", tmp_path, "--json", tmp_path / "s.json") == 3
    assert "face" in capsys.readouterr().err
    assert len(json.loads((tmp_path / "s.json").read_text())["visits"]) == 3
