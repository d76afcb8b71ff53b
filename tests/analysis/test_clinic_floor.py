"""A clinic's own repeatability widens what would claim more, and nothing else."""

import pytest

from analysis.clinic_floor import change_sd, with_floor
from analysis.family_wise import with_family_p
from models.anatomy import Side
from models.comparison import Change, ChangeRefused, ErrorTerm, MeasuredChange, Verdict
from models.measurand import MeasurandCode
from models.repeatability import FLOOR_TERM

CODE = MeasurandCode.MRD1


def a_change(size: float, uncertainty: float, code: MeasurandCode = CODE) -> Change:
    return Change(code, Side.LEFT, MeasuredChange(4.0, size, (ErrorTerm("edge", uncertainty),), 1.96))


def test_a_surer_change_is_made_as_unsure_as_the_clinics_photos():
    (found,) = with_floor([a_change(0.3, 0.05)], {CODE: 0.2})
    assert found.result.standard_uncertainty == pytest.approx(0.2)
    assert found.result.mdc95 == pytest.approx(1.96 * 0.2)
    assert found.result.error_terms[-1].source == FLOOR_TERM
    assert found.result.verdict is Verdict.WITHIN_MEASUREMENT_ERROR  # 0.3 was detectable at 0.05
    assert found.result.p_value == pytest.approx(0.1336, abs=1e-3)  # two-sided normal, 1.5 deviations
    assert found.result.change == 0.3


def test_a_less_sure_change_stays_as_it_is():
    change = a_change(0.3, 0.25)
    (found,) = with_floor([change], {CODE: 0.2})
    assert found.result is change.result


def test_the_report_wide_verdict_follows():
    changes = with_family_p([a_change(0.3, 0.05), a_change(0.9, 0.05, MeasurandCode.MRD2)])
    assert {change.family_verdict for change in changes} == {Verdict.DETECTABLE_INCREASE}
    lid, other = with_floor(changes, {CODE: 0.2})
    assert lid.family_verdict is Verdict.WITHIN_MEASUREMENT_ERROR
    assert lid.family_p == pytest.approx(lid.result.p_value)  # the larger of two p values stays as it is
    assert other.family_verdict is Verdict.DETECTABLE_INCREASE


def test_what_was_refused_stays_refused():
    refused = Change(CODE, Side.LEFT, ChangeRefused("Covered."))
    assert with_floor([refused], {CODE: 0.2}) == (refused,)


def test_without_a_study_nothing_is_touched():
    change = a_change(0.3, 0.05)
    assert with_floor([change], {}) == (change,)


def test_two_rooms_count_each_with_its_own_spread():
    assert change_sd(0.3, 0.4) == pytest.approx(0.5)
