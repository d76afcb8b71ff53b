"""The honest-pair score: what flatters one of the photos beside what was done to the face.

Differences that have a gate come from :mod:`analysis.comparability`, with their limits and with whom they favour; the
strength of the shadows, brightness and colour are judged here, because no measure rests on them alone.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from analysis.comparability import Difference, differences
from analysis.eye_tracking import TrackedEye, iris_rises_mm
from analysis.registered_pair import RegisteredPair
from analysis.tone import light_difference
from analysis.uncertainty import COVERAGE_FACTOR
from models.analysis import PhotoAnalysis
from models.anatomy import Outline, Side
from models.arrays import FloatArray
from models.honesty import FACTORS, Explained, Factor, FactorCode, HonestPair, MeasuredPart
from models.quality import Favours, FlagCode

_POINTS_A_LIMIT: Final = 20.0
_FREE: Final = 0.5
"""Of a limit: photos of one room differ by so much."""
_MOST_POINTS: Final = 40.0
_OF_BEFORE: Final = 0.5
"""A pair that flatters the before is unlike, but deceives nobody in the after's favour."""

_SHADOW_LIMIT_PERCENT: Final = 10.0
"""0.98-1.03 between photos under the same light (:class:`analysis.tone.LightDifference`)."""
_BRIGHTNESS_LIMIT_PERCENT: Final = 15.0
"""A fifth of a stop: a camera's own exposure step is a third."""
_COLOUR_LIMIT_PERCENT: Final = 5.0
"""Of a channel against green; a quarter of the step from daylight to shade."""
_ROLL_LIMIT_DEG: Final = 10.0
_GAMMA: Final = 2.2

_OF_FLAG: Final = {
    FlagCode.PITCH_DIFFERS: FactorCode.PITCH,
    FlagCode.YAW_DIFFERS: FactorCode.YAW,
    FlagCode.EXPRESSION_DIFFERS: FactorCode.EXPRESSION,
    FlagCode.DISTANCE_DIFFERS: FactorCode.DISTANCE,
    FlagCode.GAZE_DIFFERS: FactorCode.GAZE,
    FlagCode.LIGHT_DIFFERS: FactorCode.LIGHT_DIRECTION,
    FlagCode.SHARPNESS_DIFFERS: FactorCode.SHARPNESS,
}


def honest_pair(pair: RegisteredPair, measured: Sequence[MeasuredPart] = ()) -> HonestPair:
    """How fair the pair is, with every factor that was looked at.

    Parameters
    ----------
    measured : the detectable changes, for what a factor could explain of them.
    """
    found = (*_gated(pair), _shadows(pair), *_exposure(pair), _roll(pair))
    factors = tuple(replace(factor, explains=_explained(factor.code, measured)) for factor in found)
    return HonestPair(score_of(factors), tuple(sorted(factors, key=lambda factor: -factor.of_limit)))


def score_of(factors: Iterable[Factor]) -> int:
    """The score by :data:`models.honesty.FORMULA`, rounded; never below 0."""
    return max(0, round(100 - sum(_points(factor) for factor in factors)))


def _points(factor: Factor) -> float:
    points = min(_MOST_POINTS, _POINTS_A_LIMIT * max(0.0, factor.of_limit - _FREE))
    return points * _OF_BEFORE if factor.favours is Favours.BEFORE else points


def _gated(pair: RegisteredPair) -> Iterator[Factor]:
    """One factor a code: the figure that is farthest beyond its limit."""
    eyes = (TrackedEye.of(pair, side) for side in Side)
    worst: dict[FactorCode, Factor] = {}
    for difference in differences(pair, iris_rises_mm(pair, eyes)):
        factor = _factor(difference)
        if factor.code not in worst or factor.of_limit > worst[factor.code].of_limit:
            worst[factor.code] = factor
    return iter(worst.values())


def _factor(difference: Difference) -> Factor:
    code, limit = _OF_FLAG[difference.gate.code], difference.limit
    neutral = 1.0 if code is FactorCode.SHARPNESS else 0.0  # a ratio
    of_limit = (abs(difference.value) - neutral) / (limit - neutral)
    return Factor(code, difference.value, limit, of_limit, difference.favours)


def _shadows(pair: RegisteredPair) -> Factor:
    # Shallower shadows make folds, lines and jowls shallower.
    change = 100 * math.log(light_difference(pair).shading_ratio)
    return _signed(FactorCode.LIGHT_STRENGTH, change, _SHADOW_LIMIT_PERCENT, flatters_when=-1)


def _exposure(pair: RegisteredPair) -> Iterator[Factor]:
    before, after = (_cheeks(photo) for photo in (pair.before, pair.after))
    red, green, blue = 100 * np.log(after / before)
    yield _signed(FactorCode.BRIGHTNESS, float(green), _BRIGHTNESS_LIMIT_PERCENT, flatters_when=1)
    cast = float(max(red - green, blue - green, key=abs))
    yield Factor(FactorCode.COLOUR, cast, _COLOUR_LIMIT_PERCENT, abs(cast) / _COLOUR_LIMIT_PERCENT)


def _roll(pair: RegisteredPair) -> Factor:
    """Told, and never counted: the export's rotation takes it out."""
    return Factor(FactorCode.ROLL, pair.registration.motion.roll_deg, _ROLL_LIMIT_DEG, 0.0)


def _signed(code: FactorCode, value: float, limit: float, flatters_when: int) -> Factor:
    favours = Favours.AFTER if value * flatters_when > 0 else Favours.BEFORE
    return Factor(code, value, limit, abs(value) / limit, favours)


def _cheeks(photo: PhotoAnalysis) -> FloatArray:
    """Mean linear RGB (3,) of both cheekbones' skin."""
    mask = np.zeros(photo.face.rgb.shape[:2], dtype=np.uint8)
    for side in Side:
        hull = cv2.convexHull(np.rint(photo.landmarks.outline(Outline.ZYGOMA, side)).astype(np.int32))
        cv2.fillPoly(mask, [hull], 1)
    skin = photo.face.rgb[mask > 0].astype(np.float64) / 255
    return np.asarray((skin**_GAMMA).mean(axis=0) + 1e-3)


def _explained(code: FactorCode, measured: Iterable[MeasuredPart]) -> Explained | None:
    term = FACTORS[code].term
    candidates = [
        Explained(one.measurand, one.side, one.unit, one.change, COVERAGE_FACTOR * one.terms[term])
        for one in measured
        if term is not None and term in one.terms
    ]
    return max(candidates, key=lambda one: one.share, default=None)
