"""The cohort's statistics give what was published."""

import numpy as np
import pytest

from analysis.cohort.proportion import wilson
from analysis.cohort.random_effects import random_effects, reml_variance, variance_interval

# Colditz et al. 1994, JAMA 271:698: tuberculosis among those vaccinated and not, 13 trials (cases, healthy, each).
BCG = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    dtype=float,
)


@pytest.fixture
def log_risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    cases, healthy, control_cases, control_healthy = BCG.T
    vaccinated, controls = cases + healthy, control_cases + control_healthy
    ratios = np.log(cases / vaccinated) - np.log(control_cases / controls)
    return ratios, 1 / cases - 1 / vaccinated + 1 / control_cases - 1 / controls


def test_the_variance_between_trials_is_the_published_one(log_risk_ratios):
    # Viechtbauer 2010, J Stat Softw 36(3), section 3.1: REML tau² 0.3132, mean log ratio -0.7145; Q profile interval of
    # tau² 0.1197 to 1.1115.
    ratios, variances = log_risk_ratios
    assert reml_variance(ratios, variances) == pytest.approx(0.3132, abs=5e-5)
    assert variance_interval(ratios, variances) == pytest.approx((0.1197, 1.1115), abs=5e-5)
    found = random_effects(ratios, np.sqrt(variances))
    assert found.mean == pytest.approx(-0.7145, abs=5e-5)
    assert found.between_sd == pytest.approx(0.3132**0.5, abs=1e-4)


def test_the_mean_has_hartung_and_knapps_interval(log_risk_ratios):
    # Hartung & Knapp 2001, equations 3 and 4, by hand on the published weights 1 / (v + 0.3132).
    ratios, variances = log_risk_ratios
    weights = 1 / (variances + 0.3132)
    spread = (weights * (ratios + 0.7145) ** 2).sum() / 12 / weights.sum()
    low, high = random_effects(ratios, np.sqrt(variances)).ci95
    assert (high - low) / 2 == pytest.approx(2.1788 * spread**0.5, rel=1e-3)  # t on 12 degrees of freedom


def test_equal_errors_give_the_plain_mean_and_its_t_interval():
    changes = np.array([0.1, 0.5, 0.9, 0.2, 0.8, 0.4])
    found = random_effects(changes, np.full(6, 0.1))
    half = 2.5706 * changes.std(ddof=1) / 6**0.5  # t on 5 degrees of freedom
    assert found.ci95 == pytest.approx((changes.mean() - half, changes.mean() + half), abs=1e-4)
    assert found.between_sd**2 == pytest.approx(changes.var(ddof=1) - 0.01)


def test_scatter_that_the_errors_explain_is_no_difference_between_subjects():
    found = random_effects(np.array([0.10, 0.11, 0.09, 0.10, 0.12]), np.full(5, 0.5))
    assert found.between_sd == 0
    assert found.between_sd_ci95[0] == 0


def test_changes_that_are_all_alike_and_without_error_have_no_spread():
    assert random_effects(np.full(5, 0.3), np.zeros(5)).mean == pytest.approx(0.3)


@pytest.mark.parametrize(
    "count,n,low,high",
    # Newcombe 1998, Stat Med 17:857, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_the_published_one(count, n, low, high):
    assert wilson(count, n).ci95 == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_all_subjects_ends_at_one():
    assert wilson(20, 20).ci95[1] == pytest.approx(1.0)
