"""The short form of the accuracy benchmark: fails when a change of the code makes measuring worse.

The full form takes photographs that cannot be shipped: ``make accuracy``.
"""

from pathlib import Path

import pytest

from models.quality import FlagCode
from service.bench.accuracy import AccuracyDocument, SourceDocument, bench_accuracy
from service.bench.accuracy_pairs import controlled_source, folder_source
from service.bench.accuracy_sources import PHANTOMS, AccuracyPlan
from service.bench.controlled_changes import Grade
from service.bench.speed import SAMPLES
from service.sandbox import AnalysisWorkers
from tests.service.bench import accuracy_limits as limits


def judged(*sources) -> AccuracyDocument:
    return bench_accuracy(AccuracyPlan(sources))


@pytest.fixture(scope="module")
def phantoms() -> SourceDocument:
    """Twenty pairs of four rendered persons."""
    (source,) = judged(folder_source(PHANTOMS)).sources
    return source


@pytest.mark.slow
def test_rendered_pairs_keep_their_accuracy(phantoms):
    assert phantoms.refused_pairs == 0
    rows = {row.measurand: row for row in phantoms.rows}
    for measurand, limit in limits.PHANTOMS.items():
        row = rows[measurand]
        assert row.mdc95 is not None
        assert row.mdc95 < limits.WORSE_BY * limit.mdc95, measurand
        assert row.refused.share <= limit.refused, measurand
        if limit.slope is not None:
            assert row.slope is not None
            assert limit.slope[0] <= row.slope <= limit.slope[1], measurand


@pytest.mark.slow
def test_rendered_pairs_keep_their_intervals_true(phantoms):
    for row in phantoms.rows:
        if row.measurand in limits.PHANTOMS:
            assert row.coverage.share >= limits.LEAST_COVERAGE, row.measurand
    assert sum(row.false_detectable.count for row in phantoms.rows) <= limits.MOST_FALSE
    assert sum(row.wrong_and_confident for row in phantoms.rows) <= limits.MOST_FALSE


@pytest.mark.slow
def test_the_method_beats_raw_landmarks(phantoms):
    raw = {row.measurand: row for row in phantoms.raw_rows}
    for row in phantoms.rows:
        if row.measurand in limits.PHANTOMS and row.measurand in raw:
            assert row.mdc95 < raw[row.measurand].mdc95 / 3, row.measurand


@pytest.mark.slow
def test_changes_made_on_a_small_photographed_face_are_refused_and_never_invented():
    photo = SAMPLES / "astronaut_before.png"
    (source,) = judged(controlled_source((photo,), Grade.PROTOCOL, seed=0)).sources
    assert source.pairs == 3
    assert source.outcomes
    assert not any(one.detectable for one in source.outcomes)
    with AnalysisWorkers() as workers:
        flags = workers.measure(photo.read_bytes()).document.quality.flags
    assert FlagCode.TOO_SMALL in {flag.code for flag in flags}


@pytest.mark.slow
def test_changes_made_on_a_face_are_found_again():
    """A rendered face stands in for a photographed one: the generator looks at its pixels and mesh alone."""
    photos = tuple(PHANTOMS / f"{person}_base.jpg" for person in ("p13", "p15"))
    (source,) = judged(controlled_source(photos, Grade.PROTOCOL, seed=1)).sources
    rows = {row.measurand: row for row in source.rows}
    assert source.pairs == 6
    for measurand, mdc95 in limits.ON_A_FACE.items():
        assert rows[measurand].mdc95 is not None
        assert rows[measurand].mdc95 < limits.WORSE_BY * mdc95, measurand
    wrong = {row.measurand: row.wrong_and_confident for row in source.rows if row.wrong_and_confident}
    assert not set(wrong) & limits.LIDS
    assert sum(wrong.values()) <= limits.ON_A_FACE_WRONG


def test_the_rendered_pairs_are_shipped():
    assert isinstance(PHANTOMS, Path)
    assert len(folder_source(PHANTOMS).tasks) == 20
