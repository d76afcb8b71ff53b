"""From true and told changes to the figures of a table; plain arithmetic, in the unit of the change."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from models.anatomy import Side
from models.measurand import MEASURANDS, MeasurandCode, Unit

NO_CHANGE: Final = {Unit.MILLIMETRE: 0.03, Unit.DEGREE: 0.05, Unit.PERCENT: 0.5, Unit.LOG_LUMINANCE: 0.005}
"""A true change below this counts as none: a lid of a rendered face moves so far by following the camera."""

_LEAST_RANGE: Final = 5.0
_UNSUREST_SLOPE: Final = 0.25
"""A slope with a larger standard error is not told: the true changes hardly differ."""
_Z95: Final = 1.96


class Outcome(BaseModel):
    """A true change and what was told of it.

    Parameters
    ----------
    change, half_width : None where the measurand was refused; the half width is that of the 95 % interval.
    holds : whether a change was claimed that holds when all measures of the report are taken together.
    """

    model_config = ConfigDict(frozen=True)

    pair: str
    measurand: MeasurandCode
    side: Side | None
    truth: float
    change: float | None
    half_width: float | None
    holds: bool = False

    @property
    def detectable(self) -> bool:
        """Whether a change was claimed."""
        return self.change is not None and self.half_width is not None and abs(self.change) > self.half_width

    @property
    def no_true_change(self) -> bool:
        """Whether nothing truly changed."""
        return abs(self.truth) < NO_CHANGE[MEASURANDS[self.measurand].change_unit]


class Share(BaseModel):
    """``count`` of ``of``, with the 95 % interval of Wilson 1927, J. Am. Stat. Assoc. 22:209-212."""

    model_config = ConfigDict(frozen=True)

    count: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share itself; 0 of nothing."""
        return self.count / self.of if self.of else 0.0

    @classmethod
    def of_all(cls, hits: Iterable[bool | np.bool_]) -> "Share":
        """How many of ``hits`` are true."""
        all_of_them = [bool(hit) for hit in hits]
        count, of = sum(all_of_them), len(all_of_them)
        return cls(count=count, of=of, low=_wilson(count, of, -1), high=_wilson(count, of, 1))


def _wilson(count: int, of: int, sign: int) -> float:
    if of == 0:
        return 0.0 if sign < 0 else 1.0
    share, z2 = count / of, _Z95**2
    middle = share + z2 / (2 * of)
    reach = _Z95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of**2))
    return min(1.0, max(0.0, (middle + sign * reach) / (1 + z2 / of)))


class AccuracyRow(BaseModel):
    """One measurand over all pairs of a source, in its change's unit; None where too little was measured.

    Parameters
    ----------
    sides : how many true changes there are, a side at a time.
    bias, sd, mdc95 : of the error; ``mdc95`` is 1.96 times its RMS, bias included.
    slope, slope_se : of told on true changes, and its standard error; None where the true changes hardly differ.
    coverage : how many 95 % intervals hold the truth. ``half_width`` : their mean half width.
    false_detectable : how many true zeros were called a change.
    wrong_and_confident : detectable changes whose truth is none or of the other sign.
    """

    model_config = ConfigDict(frozen=True)

    measurand: MeasurandCode
    unit: Unit
    sides: int
    refused: Share
    bias: float | None
    slope: float | None
    slope_se: float | None
    sd: float | None
    mdc95: float | None
    coverage: Share
    half_width: float | None
    false_detectable: Share
    wrong_and_confident: int


def rows_of(outcomes: Sequence[Outcome]) -> tuple[AccuracyRow, ...]:
    """A row for each measurand that has a true change, in the catalogue's order."""
    by_code = {code: [one for one in outcomes if one.measurand is code] for code in MEASURANDS}
    return tuple(accuracy_row(code, found) for code, found in by_code.items() if found)


def accuracy_row(code: MeasurandCode, outcomes: Sequence[Outcome]) -> AccuracyRow:
    """The figures of one measurand."""
    told = [one for one in outcomes if one.change is not None]
    truth, change = (np.array([getattr(one, name) for one in told], dtype=np.float64) for name in ("truth", "change"))
    with_interval = [one for one in told if one.half_width is not None]
    error = change - truth
    slope, slope_se = _slope(truth, error) if _varies(code, truth) else (None, None)
    return AccuracyRow(
        measurand=code,
        unit=MEASURANDS[code].change_unit,
        sides=len(outcomes),
        refused=Share.of_all(one.change is None for one in outcomes),
        bias=_mean(error),
        slope=slope,
        slope_se=slope_se,
        sd=float(np.std(error, ddof=1)) if len(error) > 1 else None,
        mdc95=_Z95 * float(np.sqrt(np.mean(error**2))) if len(error) else None,
        coverage=Share.of_all(abs(one.change - one.truth) <= one.half_width for one in with_interval),  # type: ignore[operator]
        half_width=_mean(np.array([one.half_width for one in with_interval], dtype=np.float64)),
        false_detectable=Share.of_all(one.detectable for one in with_interval if one.no_true_change),
        wrong_and_confident=sum(_wrong_and_confident(one) for one in told),
    )


def _varies(code: MeasurandCode, truth: NDArray[np.float64]) -> bool:
    """Whether the true changes differ by several times what counts as none; a slope says nothing else."""
    return len(truth) > 2 and bool(np.ptp(truth) > _LEAST_RANGE * NO_CHANGE[MEASURANDS[code].change_unit])  # noqa: PLR2004  two lie on a line


def _wrong_and_confident(one: Outcome) -> bool:
    return one.detectable and (one.no_true_change or (one.change or 0.0) * one.truth < 0)


def _slope(truth: NDArray[np.float64], error: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Least squares of told on true, and its standard error; (None, None) where that is too large."""
    spread = truth - truth.mean()
    gain = float(spread @ error / (spread @ spread))
    rest = error - error.mean() - gain * spread
    standard_error = float(np.sqrt(rest @ rest / (len(truth) - 2) / (spread @ spread)))
    return (1 + gain, standard_error) if standard_error <= _UNSUREST_SLOPE else (None, None)


def _mean(values: NDArray[np.floating[Any]]) -> float | None:
    return float(np.mean(values)) if len(values) else None


def reports_with_false_alarm(
    outcomes: Sequence[Outcome], pairs_without_change: Iterable[str], *, together: bool = False
) -> Share:
    """Of the pairs in which nothing changed at all: how many reports claim at least one change.

    Parameters
    ----------
    together : count only what holds when all measures of the report are taken together.
    """
    alarmed = {one.pair for one in outcomes if (one.holds if together else one.detectable)}
    return Share.of_all(pair in alarmed for pair in pairs_without_change)
