"""The accuracy benchmark: its arithmetic on figures made up, and the shipped pairs as they truly are."""

import json
from pathlib import Path

import pytest

from models.anatomy import Side
from models.comparison import Verdict
from models.measurand import MeasurandCode
from service.bench.accuracy import _Outcome, _row, bench_accuracy
from service.bench.accuracy_truth import true_pairs
from service.bench.speed import SAMPLES
from service.documents import comparison_document
from tests.service.examples import a_change, a_comparison, an_analysis

MRD1 = MeasurandCode.MRD1
PHANTOMS = Path(__file__).parents[2] / "phantoms"


def said(change: float, mdc95: float):
    """A change as the document tells it."""
    document = comparison_document(an_analysis(), an_analysis(), a_comparison(a_change(0.51)))
    detectable = Verdict.DETECTABLE_INCREASE if abs(change) > mdc95 else Verdict.WITHIN_MEASUREMENT_ERROR
    return document.changes[0].model_copy(update={"change": change, "mdc95": mdc95, "verdict": detectable})


def test_a_row_counts_errors_refusals_and_false_alarms():
    outcomes = [
        _Outcome(0.0, said(0.05, 0.1)),  # a zero within its interval
        _Outcome(0.0, said(0.30, 0.1)),  # a false alarm
        _Outcome(1.0, said(1.05, 0.1)),
        _Outcome(1.0, said(-0.5, 0.1)),  # wrong sign and sure of it
        _Outcome(1.0, None),
    ]
    row = _row(MRD1, outcomes)
    assert row.sides == 5
    assert row.refused == pytest.approx(0.2)
    assert row.bias == pytest.approx((0.05 + 0.30 + 0.05 - 1.5) / 4)
    assert row.coverage == pytest.approx(0.5)
    assert row.zero_changes == 2
    assert row.false_detectable == pytest.approx(0.5)
    assert row.wrong_and_confident == 2
    # 1.96 times the root of the mean square, bias included.
    assert row.mdc95 == pytest.approx(1.96 * ((0.05**2 + 0.3**2 + 0.05**2 + 1.5**2) / 4) ** 0.5)


def test_a_slope_of_one_is_found():
    row = _row(MRD1, [_Outcome(t, said(t + 0.02, 0.1)) for t in (0.0, 0.5, 1.0)])
    assert row.slope == pytest.approx(1.0)


def test_a_measure_refused_everywhere_has_no_figures():
    row = _row(MRD1, [_Outcome(0.3, None)])
    assert row.refused == 1
    assert row.bias is row.slope is row.mdc95 is row.coverage is row.false_detectable is None


def test_a_renderers_truth_is_read_by_side(tmp_path: Path):
    moved = {
        "mrd1_measured": 0.4,
        "pfh": 0.41,
        "jaw_skin_shift_mm": -0.2,
        "nlf_chord10": -0.25,
        "nlf_chord10_before": 1.0,
        "crow_param": 0.0,
        "crow_param_before": 0.18,
    }
    still = dict.fromkeys(moved, 0.0) | {"nlf_chord10_before": 1.0, "crow_param_before": 0.18}
    pair = {"before": "b.jpg", "after": "a.jpg", "true_change": {"L": moved, "R": still}}
    (tmp_path / "pairs.json").write_text(json.dumps([pair]))
    (read,) = true_pairs(tmp_path)
    assert read.truth[MRD1, Side.LEFT] == pytest.approx(0.4)
    assert read.truth[MeasurandCode.NASOLABIAL_FOLD_DEPTH, Side.LEFT] == pytest.approx(-25.0)
    assert read.truth[MRD1, Side.RIGHT] == 0


def test_a_folder_without_truth_says_so(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="no truth is known"):
        list(true_pairs(tmp_path))


@pytest.mark.slow
def test_the_shipped_pairs_are_measured_without_a_wrong_claim():
    document = bench_accuracy(list(true_pairs(SAMPLES)))
    rows = {row.measurand: row for row in document.rows}
    assert document.refused_pairs == 0
    assert sum(row.wrong_and_confident for row in rows.values()) == 0
    # The astronaut's sides are named for the lids alone and refused; the rendered faces are the rest.
    assert rows[MRD1].refused <= 0.5
    # The product's target within protocol is 0.10 mm for MRD1; four sides scatter about that by a half.
    assert rows[MRD1].mdc95 is not None
    assert rows[MRD1].mdc95 < 0.15


@pytest.mark.slow
def test_twenty_rendered_pairs_keep_their_accuracy():
    document = bench_accuracy(list(true_pairs(PHANTOMS)))
    rows = {row.measurand: row for row in document.rows}
    # What was reached, and a third more: another processor's rounding moves single pairs, not the whole.
    reached = {"mrd1": 0.09, "palpebral_fissure_height": 0.09, "brow_height": 0.10, "jawline_contour": 0.16}
    for measurand, mdc95 in reached.items():
        row = rows[MeasurandCode(measurand)]
        assert row.mdc95 is not None
        assert row.mdc95 < 4 / 3 * mdc95, measurand
        assert row.coverage is not None
        assert row.coverage >= 0.92, measurand
        assert row.wrong_and_confident == 0, measurand
        assert row.refused < 0.4, measurand
    for measurand in ("mrd1", "palpebral_fissure_height", "jawline_contour"):
        assert rows[MeasurandCode(measurand)].slope == pytest.approx(1.0, abs=0.15), measurand
