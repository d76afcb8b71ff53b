"""A report's claims taken together: Holm's procedure on published and worked examples."""

import numpy as np
import pytest

from analysis.family_wise import holm, with_family_p
from models.anatomy import Side
from models.comparison import Change, ChangeRefused, ErrorTerm, MeasuredChange, Verdict
from models.measurand import MeasurandCode


def test_holms_own_steps() -> None:
    # Worked by hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, 1 x 0.04, the last two held monotone.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_an_adjusted_value_never_exceeds_one_and_one_test_is_left_alone() -> None:
    assert holm([0.6, 0.9]) == (1.0, 1.0)
    assert holm([0.02]) == (0.02,)
    assert holm([]) == ()


def test_reports_without_a_change_claim_one_in_one_of_twenty_at_most() -> None:
    rng = np.random.default_rng(1)
    uniform = rng.uniform(size=(4000, 20))
    share = np.mean([min(holm(list(row))) <= 0.05 for row in uniform])
    assert share == pytest.approx(0.05, abs=0.011)  # three binomial standard deviations of 4000 reports


def change(size: float) -> Change:
    measured = MeasuredChange(3.9, size, (ErrorTerm("noise", 0.05),), 1.96)
    return Change(MeasurandCode.MRD1, Side.LEFT, measured)


def test_a_change_that_stands_alone_may_not_stand_in_a_report_of_many() -> None:
    (alone,) = with_family_p([change(0.11)])
    among = with_family_p([change(0.11), *[change(0.01)] * 19])
    assert alone.family_verdict is Verdict.DETECTABLE_INCREASE
    assert among[0].family_verdict is Verdict.WITHIN_MEASUREMENT_ERROR
    assert isinstance(among[0].result, MeasuredChange)
    assert among[0].result.verdict is Verdict.DETECTABLE_INCREASE


def test_what_was_refused_takes_no_part() -> None:
    refused = Change(MeasurandCode.MRD1, Side.RIGHT, ChangeRefused("The eye is closed."))
    first, second = with_family_p([refused, change(-0.2)])
    assert first.family_p is None
    assert first.family_verdict is Verdict.NOT_ASSESSABLE
    assert isinstance(second.result, MeasuredChange)
    assert second.family_p == second.result.p_value
    assert second.family_verdict is Verdict.DETECTABLE_DECREASE
