"""What changed between two photos, how sure that is, and whether the two can be compared at all."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from models.alignment import Alignment
from models.anatomy import Side
from models.arrays import FloatArray, require_finite, require_points
from models.measurand import MeasurandCode
from models.quality import Flag

POSE_TERM: Final = "head pose"
"""Source of the error term that carries what the pose difference of a pair may be worth."""
SCALE_TERM: Final = "scale"
_DEVIATIONS_95: Final = 1.959964
"""Half width of a normal 95 % interval."""
_FALSE_ALARMS: Final = 0.05
"""Chance, over a whole comparison, that it claims a change where there is none."""


class Verdict(StrEnum):
    """What may be said of a change. Whether it is good is the practitioner's word."""

    DETECTABLE_INCREASE = "detectable_increase"
    DETECTABLE_DECREASE = "detectable_decrease"
    WITHIN_MEASUREMENT_ERROR = "within_measurement_error"
    NOT_ASSESSABLE = "not_assessable"


class Comparable(StrEnum):
    """Whether two photos can be compared; ``caution`` where only some measures are stopped."""

    COMPARABLE = "comparable"
    CAUTION = "caution"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class ErrorTerm:
    """One part of a change's standard uncertainty, in the change's unit."""

    source: str
    standard_uncertainty: float

    def __post_init__(self) -> None:
        require_finite("an error term", self.standard_uncertainty)


@dataclass(frozen=True, slots=True)
class MeasuredChange:
    """A change and what it rests on, in the catalogue's ``change_unit``.

    Parameters
    ----------
    before, after : ``after`` is ``before + change``; for ``%`` they are 100 and 100 + change.
    before_log, after_log : absolute log-luminance values where the change is a ratio, else None.
    error_terms : independent parts of the standard uncertainty.
    coverage_factor : half width of the 95 % interval in standard uncertainties.
    """

    before: float
    change: float
    error_terms: tuple[ErrorTerm, ...]
    coverage_factor: float
    before_log: float | None = None
    after_log: float | None = None

    def __post_init__(self) -> None:
        require_finite("a change", self.before, self.change, self.coverage_factor, self.before_log, self.after_log)

    @property
    def after(self) -> float:
        """The value after, carried over from the before by the change."""
        return self.before + self.change

    @property
    def standard_uncertainty(self) -> float:
        """Root of the sum of squares of the error terms."""
        return float(sum(term.standard_uncertainty**2 for term in self.error_terms) ** 0.5)

    @property
    def pose_equivalent(self) -> float | None:
        """What the pair's pose difference may be worth, as a standard uncertainty; None where pose has no part."""
        pose = [term.standard_uncertainty**2 for term in self.error_terms if term.source == POSE_TERM]
        return float(sum(pose) ** 0.5) if pose else None

    @property
    def mdc95(self) -> float:
        """Smallest change that is detectable in this pair: a true zero exceeds it once in twenty."""
        return self.coverage_factor * self.standard_uncertainty

    @property
    def ci95(self) -> tuple[float, float]:
        """95 % interval."""
        return self.change - self.mdc95, self.change + self.mdc95

    @property
    def verdict(self) -> Verdict:
        """Detectable when the interval leaves out zero."""
        low, high = self.ci95
        if low > 0:
            return Verdict.DETECTABLE_INCREASE
        return Verdict.DETECTABLE_DECREASE if high < 0 else Verdict.WITHIN_MEASUREMENT_ERROR

    @property
    def p_value(self) -> float:
        """Two-sided chance of a change this large where there is none, the errors being normal."""
        if self.mdc95 == 0:
            return 1.0 if self.change == 0 else 0.0
        return math.erfc(_DEVIATIONS_95 * abs(self.change) / self.mdc95 / math.sqrt(2))


@dataclass(frozen=True, slots=True)
class ChangeRefused:
    """A change that could not be had, and why. What one photo carries may still be told."""

    reason: str
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """The change of one measurand on one side.

    Parameters
    ----------
    family_p : p value adjusted over all measures of the comparison; None where nothing was measured.
    """

    measurand: MeasurandCode
    side: Side | None
    result: MeasuredChange | ChangeRefused
    family_p: float | None = None

    @property
    def family_verdict(self) -> Verdict:
        """The verdict that holds over all measures of the report together."""
        if isinstance(self.result, ChangeRefused):
            return Verdict.NOT_ASSESSABLE
        if self.family_p is None or self.family_p > _FALSE_ALARMS:
            return Verdict.WITHIN_MEASUREMENT_ERROR
        return self.result.verdict


@dataclass(frozen=True, slots=True)
class NegativeControl:
    """A part of the face that no treatment moves, measured like the others; mm, upward positive."""

    region: str
    change: float
    standard_uncertainty: float

    def __post_init__(self) -> None:
        require_finite("a negative control", self.change, self.standard_uncertainty)

    @property
    def ci95(self) -> tuple[float, float]:
        """95 % interval."""
        half = 1.96 * self.standard_uncertainty
        return self.change - half, self.change + half


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """A line to draw over both aligned photos.

    Parameters
    ----------
    what : the name in ``contours_px``: ``iris``, ``upper_lid``, ``lower_lid``, ``jawline``, ``nasolabial_fold`` ...
    before_aligned, after_aligned : (n, 2) in the aligned frame.
    """

    measurands: tuple[MeasurandCode, ...]
    side: Side | None
    what: str
    before_aligned: FloatArray
    after_aligned: FloatArray

    def __post_init__(self) -> None:
        require_points("an overlay", self.before_aligned)
        require_points("an overlay", self.after_aligned)


@dataclass(frozen=True, slots=True)
class Comparability:
    """The verdict on the pair, with every reason."""

    verdict: Comparable
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class PairComparison:
    """All that a pair of photos carries."""

    comparability: Comparability
    alignment: Alignment | None
    changes: tuple[Change, ...]
    negative_controls: tuple[NegativeControl, ...]
    overlays: tuple[Overlay, ...]
