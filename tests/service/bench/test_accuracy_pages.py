"""The benchmark's tables and picture, made of a few figures whose place in them is known."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from models.anatomy import Side
from models.measurand import MeasurandCode
from service.bench.accuracy import AccuracyDocument, source_document
from service.bench.accuracy_markdown import write_tables
from service.bench.accuracy_pairs import PairSource
from service.bench.accuracy_picture import accuracy_svg
from service.bench.accuracy_run import PairResult
from service.bench.accuracy_sources import AccuracyOptions, grades_named, plan_of
from service.bench.accuracy_statistics import Outcome
from service.bench.controlled_changes import Grade, Kind

MRD1 = MeasurandCode.MRD1


def outcome(pair: str, truth: float, change: float | None) -> Outcome:
    half = None if change is None else 0.1
    return Outcome(pair=pair, measurand=MRD1, side=Side.LEFT, truth=truth, change=change, half_width=half)


def result(pair: str, truth: float, change: float | None, tone: str) -> PairResult:
    told = (outcome(pair, truth, change),)
    return PairResult(pair, pair, {"tone": tone}, refused=False, unchanged=truth == 0, told=told, raw=told)


@pytest.fixture
def document() -> AccuracyDocument:
    """Four pairs: a zero, a false alarm, a change found and one refused."""
    results = [
        result("a", 0.0, 0.05, "light"),
        result("b", 0.0, 0.30, "dark"),
        result("c", 0.9, 0.95, "dark"),
        result("d", 1.0, None, "dark"),
    ]
    source = source_document(PairSource("some pairs", "Pairs made up.", ()), results)
    return AccuracyDocument(method_version="0", seed=0, sources=(source,))


def test_reports_without_a_change_are_counted_over_pairs(document):
    (source,) = document.sources
    # The false alarm of "b" is one measure's; taken with all others it does not hold.
    assert (source.false_alone.count, source.false_alone.of) == (1, 2)
    assert (source.false_reports.count, source.false_reports.of) == (0, 2)
    groups = {group.group: group for group in source.groups}
    assert (groups["light"].people, groups["dark"].people) == (1, 3)
    assert groups["dark"].rows[0].false_detectable.count == 1


def test_a_page_gets_its_tables_where_it_marks_them_and_keeps_the_rest(document, tmp_path: Path):
    page = tmp_path / "accuracy.md"
    others = "<!-- accuracy: other pairs -->\nold\n<!-- end -->"
    page.write_text(f"# Title\n\n<!-- accuracy: some pairs -->\nold\n<!-- end -->\n\nWords.\n\n{others}\n")
    write_tables(document, page)
    text = page.read_text()
    # bias (0.05 + 0.30 + 0.05) / 3; MDC95 1.96 * root((0.0025 + 0.09 + 0.0025) / 3); two of three intervals hold.
    assert "| `mrd1` | 4 | 25% | +0.133 |" in text
    assert "| 0.349 mm | 67% (21%-94%) | 1/2 | 1 |" in text
    assert "1 of 2 (50%, 95 % interval 9%-91%)" in text
    assert text.startswith("# Title\n")
    assert text.endswith(f"Words.\n\n{others}\n")
    write_tables(document, page)
    assert page.read_text() == text


def test_a_page_without_marks_becomes_the_tables(document, tmp_path: Path):
    write_tables(document, tmp_path / "new.md")
    assert (tmp_path / "new.md").read_text().startswith("## some pairs\n")


def test_the_picture_shows_each_figure_with_its_interval(document):
    root = ET.fromstring(accuracy_svg(document))
    space = "{http://www.w3.org/2000/svg}"
    told = [one for one in root.iter(f"{space}circle") if one.get("r") == "2.2"]
    bars = [one for one in root.iter(f"{space}path") if one.get("stroke-opacity")]
    assert len(told) == len(bars) == 3
    assert any("mrd1, mm" in (one.text or "") for one in root.iter(f"{space}text"))


def test_a_grade_is_named_or_refused():
    assert grades_named("both") == tuple(Grade)
    assert grades_named("wide") == (Grade.WIDE,)
    with pytest.raises(ValueError, match="protocol, wide or both"):
        grades_named("narrow")


def test_a_folder_of_photos_is_planned_a_pair_of_each_kind_a_photo(tmp_path: Path):
    for name in ("a.jpg", "b.jpg", "a.tem", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    plan = plan_of((tmp_path,), AccuracyOptions(grades=(Grade.PROTOCOL,)))
    (source,) = plan.sources
    assert [task.person.split("/")[1] for task in source.tasks] == ["a"] * len(Kind) + ["b"] * len(Kind)
    assert [photo.name for photo in plan.placed] == ["a.jpg"]
    assert plan.steps == 2 * len(Kind) + 1


def test_the_photographed_people_are_taken_where_the_environment_names_them(tmp_path: Path, monkeypatch):
    for name in ("london_neutral/001_03.jpg", "london_smiling/001_08.jpg", "zoom/15cm.jpg", "zoom/30cm.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    monkeypatch.setenv("LIFTMARK_PHOTOS", str(tmp_path))
    plan = plan_of((), AccuracyOptions())
    assert [source.name for source in plan.sources][-2:] == ["controlled changes, protocol", "controlled changes, wide"]
    assert [len(gate.pairs) for gate in plan.gates] == [1, 1]
    monkeypatch.delenv("LIFTMARK_PHOTOS")
    assert not plan_of((), AccuracyOptions()).gates
