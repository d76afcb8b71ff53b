"""Between a change as a report tells it and a state that adds up along a series.

Millimetres and degrees add up by themselves; of ratios it is the logarithms that do.
"""

import math
from typing import Final

from models.measurand import MEASURANDS, MeasurandCode, Unit

_LEAST_RATIO: Final = 0.05
"""A fold or line of which less is left is told as this much: the logarithm of nothing has no error bar."""


def is_ratio(measurand: MeasurandCode) -> bool:
    """Whether the measurand's change is told in per cent."""
    return MEASURANDS[measurand].change_unit is Unit.PERCENT


def to_state(measurand: MeasurandCode, change: float) -> float:
    """The difference of two states, from a change in the catalogue's ``change_unit``."""
    return math.log(max(1 + change / 100, _LEAST_RATIO)) if is_ratio(measurand) else change


def to_state_uncertainty(measurand: MeasurandCode, change: float, uncertainty: float) -> float:
    """The standard uncertainty of :func:`to_state`."""
    return uncertainty / (100 * max(1 + change / 100, _LEAST_RATIO)) if is_ratio(measurand) else uncertainty


def to_change(measurand: MeasurandCode, state: float) -> float:
    """The other way round.

    >>> round(to_change(MeasurandCode.PERIORBITAL_LINES, math.log(0.8)), 6)
    -20.0
    """
    return 100 * math.expm1(state) if is_ratio(measurand) else state


def to_change_uncertainty(measurand: MeasurandCode, state: float, uncertainty: float) -> float:
    """The standard uncertainty of :func:`to_change`."""
    return 100 * math.exp(state) * uncertainty if is_ratio(measurand) else uncertainty
