"""How fair a pair is: what differs between its photos beside the face itself, and which of them that flatters."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.anatomy import Side
from models.arrays import require_finite
from models.comparison import POSE_TERM
from models.measurand import MeasurandCode, Unit
from models.quality import Favours

FORMULA: Final = (
    "100 less, for each factor, 20 points a limit beyond half its limit, at most 40; half as many where it flatters "
    "the before photo."
)
"""How the score is made, in one sentence; :mod:`analysis.publishing.honesty` follows it."""


class FactorCode(StrEnum):
    """What can flatter a photo."""

    LIGHT_DIRECTION = "light_direction"
    LIGHT_STRENGTH = "light_strength"
    BRIGHTNESS = "brightness"
    COLOUR = "colour"
    PITCH = "pitch"
    YAW = "yaw"
    ROLL = "roll"
    EXPRESSION = "expression"
    DISTANCE = "distance"
    SHARPNESS = "sharpness"
    GAZE = "gaze"


@dataclass(frozen=True, slots=True)
class FactorEntry:
    """One entry of the catalogue.

    Parameters
    ----------
    name : of what differs, within a sentence.
    flatters : what a photo that is flattered by it has.
    unit : of value and limit.
    term : the error term of a change that carries what it may be worth; None where the gates alone guard against it.
    """

    name: str
    flatters: str
    unit: str
    term: str | None = None


_C = FactorCode
FACTORS: Final[Mapping[FactorCode, FactorEntry]] = MappingProxyType(
    {
        _C.LIGHT_DIRECTION: FactorEntry("the direction of the light", "another light", "", "light"),
        _C.LIGHT_STRENGTH: FactorEntry("the depth of the shadows", "softer shadows", "%", "light"),
        _C.BRIGHTNESS: FactorEntry("the brightness of the skin", "a brighter exposure", "%"),
        _C.COLOUR: FactorEntry("the colour of the skin", "another white balance", "%"),
        _C.PITCH: FactorEntry("the chin's height", "a higher chin", "°", POSE_TERM),
        _C.YAW: FactorEntry("the head's turn", "another turn of the head", "°", POSE_TERM),
        _C.ROLL: FactorEntry("the head's tilt, which aligning takes out", "", "°"),
        _C.EXPRESSION: FactorEntry("the expression", "another expression", ""),
        _C.DISTANCE: FactorEntry("the camera's distance", "a nearer camera", "%"),
        _C.SHARPNESS: FactorEntry("the sharpness", "less sharpness", "times", "focus"),
        _C.GAZE: FactorEntry("the gaze", "another gaze", "°"),
    }
)


@dataclass(frozen=True, slots=True)
class MeasuredPart:
    """A detectable change and the parts of its error.

    Parameters
    ----------
    terms : standard uncertainty by source, in ``unit``.
    """

    measurand: MeasurandCode
    side: Side | None
    unit: Unit
    change: float
    terms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explained:
    """The detectable change of which a factor may explain the largest part.

    Parameters
    ----------
    could : half the width of the 95 % interval that the factor's error term makes by itself, in ``unit``.
    """

    measurand: MeasurandCode
    side: Side | None
    unit: Unit
    change: float
    could: float

    def __post_init__(self) -> None:
        require_finite("what a factor explains", self.change, self.could)

    @property
    def share(self) -> float:
        """Of the change, at most 1."""
        return min(1.0, self.could / abs(self.change)) if self.change else 1.0


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that differs, or might.

    Parameters
    ----------
    value, limit : how far the photos differ, and from where on that counts; in the unit of the catalogue.
    of_limit : the difference in limits; the score is made from it.
    favours : the photo that it flatters; None where it flatters none or is not known.
    explains : None where nothing changed detectably or the factor has no error term.
    """

    code: FactorCode
    value: float
    limit: float
    of_limit: float
    favours: Favours | None = None
    explains: Explained | None = None

    def __post_init__(self) -> None:
        require_finite(f"the factor {self.code}", self.value, self.limit, self.of_limit)

    @property
    def differs(self) -> bool:
        """Whether it is beyond its limit."""
        return self.of_limit > 1


@dataclass(frozen=True, slots=True)
class HonestPair:
    """The honest-pair score, from 0 to 100, with its reasons."""

    score: int
    factors: tuple[Factor, ...]

    def flattering(self, favours: Favours | None) -> tuple[Factor, ...]:
        """Those beyond their limit that flatter this photo; None: of which that cannot be told."""
        return tuple(factor for factor in self.factors if factor.differs and factor.favours is favours)

    @property
    def verdict(self) -> str:
        """A few plain sentences; what flatters the after photo comes first."""
        after, before, unclear = map(self.flattering, (Favours.AFTER, Favours.BEFORE, None))
        sentences = [] if after or unclear else ["Nothing in light, pose, expression or zoom flatters the after photo."]
        if after:
            sentences.append(f"The after photo is flattered by: {_listed(after)}.")
        if before:
            sentences.append(f"The before photo is flattered by: {_listed(before)}.")
        if unclear:
            sentences.append(f"The photos differ in {_named(unclear)}; which of them that flatters cannot be told.")
        return " ".join(sentences)


def _listed(factors: tuple[Factor, ...]) -> str:
    return ", ".join(FACTORS[factor.code].flatters for factor in factors)


def _named(factors: tuple[Factor, ...]) -> str:
    return ", ".join(FACTORS[factor.code].name for factor in factors)
