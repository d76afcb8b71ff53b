"""The study's statistics give what was published."""

import numpy as np
import pytest

from analysis.repeatability.agreement import limits_of_agreement
from analysis.repeatability.intraclass import icc_a1, mean_squares
from analysis.repeatability.within import Difference, degrees_of_freedom, interval_factors, spread_of, variance_of
from models.measurement import NotAssessable

# Shrout & Fleiss 1979, Psychol Bull 86:420, table 2: four ratings on each of six targets.
SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float
)

# Bland & Altman 1986, Lancet 1:307, table 1: peak flow (l/min) of 17 persons, twice with each of two meters.
WRIGHT = (494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427)
WRIGHT_AGAIN = (490, 397, 512, 401, 470, 611, 415, 431, 638, 429, 420, 633, 275, 492, 165, 372, 421)
MINI = (512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451)
MINI_AGAIN = (525, 415, 508, 444, 500, 625, 460, 390, 642, 432, 420, 605, 227, 467, 268, 370, 443)


def twice(first, second) -> list[Difference]:
    return [
        Difference(str(person), f"{person}a", f"{person}b", b - a)
        for person, (a, b) in enumerate(zip(first, second, strict=True))
    ]


def test_the_mean_squares_are_those_of_shrout_and_fleiss():
    found = mean_squares(SHROUT_FLEISS)  # their table 3: BMS 11.24, JMS 32.49, EMS 1.02
    assert (found.rows, found.columns, found.error) == pytest.approx((11.24, 32.49, 1.02), abs=0.006)


def test_the_absolute_agreement_of_single_ratings_is_that_of_shrout_and_fleiss():
    found = icc_a1(SHROUT_FLEISS)  # their table 4: ICC(2,1) = .29
    assert found.value == pytest.approx(0.29, abs=0.005)
    # The interval of the same data as R's psych::ICC prints it, by the formula of Shrout & Fleiss, p. 424.
    assert found.ci95 == pytest.approx((0.019, 0.761), abs=0.001)


@pytest.mark.parametrize("first,second,within", [(WRIGHT, WRIGHT_AGAIN, 15.3), (MINI, MINI_AGAIN, 19.9)])
def test_the_within_subject_sd_is_that_of_bland_and_altman(first, second, within):
    # Bland & Altman 1999, Stat Methods Med Res 8:135, section 3.1: 15.3 and 19.9 l/min.
    found = spread_of(variance_of(twice(first, second)))
    assert found.sem == pytest.approx(within, abs=0.05)
    assert found.degrees_of_freedom == pytest.approx(17)
    assert found.mdc95 == pytest.approx(1.96 * 2**0.5 * found.sem)


def test_bias_and_limits_are_those_of_bland_and_altman():
    # 1986: bias -2.1 l/min, SD of the differences 38.8, 95 % interval of the bias -22.0 to 17.8; with 1.96 for their 2
    # the limits are -2.1 ± 1.96 * 38.8.
    rows = [[wright - mini] for wright, mini in zip(WRIGHT, MINI, strict=True)]
    found = limits_of_agreement("mini", "Wright", rows)
    assert found.bias == pytest.approx(-2.1, abs=0.05)
    assert found.bias_ci95 == pytest.approx((-22.0, 17.8), abs=0.1)
    assert (found.lower, found.upper) == pytest.approx((-78.1, 73.9), abs=0.15)
    # Their standard error of a limit is √(3 s² / n) = 16.3; with 1.96² for 2² it is a little less.
    half = (found.lower_ci95[1] - found.lower_ci95[0]) / 2
    assert half == pytest.approx(2.12 * 16.3, rel=0.02)


def test_one_person_often_and_many_persons_once_are_the_same_plain_variance():
    sizes = [float(wright - mini) for wright, mini in zip(WRIGHT, MINI, strict=True)]
    often, once = limits_of_agreement("a", "b", [sizes]), limits_of_agreement("a", "b", [[one] for one in sizes])
    assert often == once


def test_persons_that_differ_widen_the_limits_and_the_bias_loses_freedom():
    apart = limits_of_agreement("a", "b", [[10.0, 11.0, 9.0], [-10.0, -9.0, -11.0], [0.0, 1.0, -1.0]])
    assert apart.upper > 1.96 * 9
    low, high = apart.bias_ci95
    assert high - low == pytest.approx(2 * 4.303 * (100 / 3) ** 0.5, rel=0.01)  # t on 2 df; MSB 300 over nine


def test_chi_square_factors_are_the_tabulated_ones():
    # Any table of chi-square: 2.700 and 19.023 on 9 degrees of freedom.
    assert interval_factors(9) == pytest.approx(((9 / 19.023) ** 0.5, (9 / 2.700) ** 0.5), rel=1e-3)


def test_captures_that_are_all_alike_have_no_correlation_but_a_reason():
    assert isinstance(icc_a1(np.ones((3, 3))), NotAssessable)
    assert "two or more persons" in icc_a1(np.array([[1.0, 2.0, 3.0]])).reason


def test_all_pairs_of_k_photos_have_k_less_one_degrees_of_freedom():
    assert [degrees_of_freedom([k - 1] * k) for k in (2, 3, 10)] == [1, 2, 9]


def test_persons_who_differ_no_more_than_their_photos_have_no_correlation_and_no_interval():
    table = np.array([[3.0, 4.0, 5.2], [4.1, 3.0, 4.9]])
    assert mean_squares(table).rows < mean_squares(table).error
    assert "no more than photos of one of them" in icc_a1(table).reason
