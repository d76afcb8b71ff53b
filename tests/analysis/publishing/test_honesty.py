"""The honest-pair score on one real photo and controlled changes of it, and its formula."""

import cv2
import numpy as np
import pytest

from analysis.alignment import register
from analysis.publishing.honesty import honest_pair, score_of
from analysis.registered_pair import RegisteredPair
from models.honesty import Factor, FactorCode, HonestPair, MeasuredPart
from models.measurand import MeasurandCode, Unit
from models.quality import Favours
from tests.analysis.test_pipeline import as_jpeg


@pytest.fixture(scope="module")
def judged(studio):
    """How fair a photo is beside a changed version of itself, and the factors by code."""
    before = studio.photo("jawline_before.jpg")

    def judge(change, measured=()):
        after = studio.analyse(as_jpeg(change(before.photo.pixels.astype(np.float64)).clip(0, 255).astype(np.uint8)))
        found = register(before.grey, after.grey, before.landmarks, after.landmarks, before.scale.px_per_mm)
        told = honest_pair(RegisteredPair(before, after, found), measured)
        return told, {factor.code: factor for factor in told.factors}

    return judge


def test_a_photo_beside_itself_is_fair(judged):
    told, factors = judged(lambda pixels: pixels)
    assert told.score == 100
    assert told.verdict == "Nothing in light, pose, expression or zoom flatters the after photo."
    assert set(factors) >= set(FactorCode) - {FactorCode.GAZE}


def test_a_brighter_after_is_told_as_flattered_and_a_darker_one_as_not(judged):
    told, factors = judged(lambda pixels: pixels * 1.1)
    assert factors[FactorCode.BRIGHTNESS].favours is Favours.AFTER
    assert "The after photo is flattered by: a brighter exposure" in told.verdict
    darker, factors = judged(lambda pixels: pixels * 0.9)
    assert factors[FactorCode.BRIGHTNESS].favours is Favours.BEFORE
    assert "The after photo is flattered" not in darker.verdict
    assert told.score < darker.score < 100
    assert told.verdict.count("flattered") == 1


def test_softer_shadows_less_sharpness_and_another_colour_are_told(judged):
    soft, factors = judged(lambda pixels: pixels + 0.25 * (pixels.mean() - pixels))
    assert factors[FactorCode.LIGHT_STRENGTH].favours is Favours.AFTER
    assert factors[FactorCode.LIGHT_STRENGTH].differs
    blurred, factors = judged(lambda pixels: cv2.GaussianBlur(pixels, (0, 0), 2.5))
    assert factors[FactorCode.SHARPNESS].favours is Favours.AFTER
    assert "less sharpness" in blurred.verdict
    warmer, factors = judged(lambda pixels: pixels * np.array([1.05, 1.0, 0.93]))
    assert factors[FactorCode.COLOUR].differs
    assert "which of them that flatters cannot be told" in warmer.verdict
    assert max(soft.score, blurred.score, warmer.score) < 95


def test_what_a_factor_could_explain_comes_from_the_changes_own_error(judged):
    measured = [
        MeasuredPart(MeasurandCode.MRD1, None, Unit.MILLIMETRE, 0.5, {"focus": 0.1, "head pose": 0.02}),
        MeasuredPart(MeasurandCode.MRD2, None, Unit.MILLIMETRE, 0.1, {"head pose": 0.03}),
    ]
    _, factors = judged(lambda pixels: pixels, measured)
    assert factors[FactorCode.SHARPNESS].explains.share == pytest.approx(0.196 / 0.5)
    assert factors[FactorCode.PITCH].explains.measurand is MeasurandCode.MRD2
    assert factors[FactorCode.EXPRESSION].explains is None


def factor(of_limit: float, favours: Favours | None) -> Factor:
    return Factor(FactorCode.PITCH, 1.5 * of_limit, 1.5, of_limit, favours)


def test_the_score_follows_its_formula():
    """20 points a limit beyond half a limit, at most 40, half of it where the before is flattered."""
    assert score_of([]) == score_of([factor(0.5, Favours.AFTER)]) == 100
    assert score_of([factor(1.0, Favours.AFTER)]) == 90
    assert score_of([factor(2.0, None)]) == 70
    assert score_of([factor(2.0, Favours.BEFORE)]) == 85
    assert score_of([factor(9.0, Favours.AFTER)]) == 60
    assert score_of([factor(9.0, Favours.AFTER)] * 4) == 0


def test_a_higher_chin_is_told_by_its_name():
    told = HonestPair(82, (factor(1.4, Favours.AFTER),))
    assert told.verdict == "The after photo is flattered by: a higher chin."
    assert HonestPair(95, (factor(0.9, Favours.AFTER),)).verdict.startswith("Nothing")
