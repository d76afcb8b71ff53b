"""A clinic's own repeatability study, and what it does to a comparison: none claims more than the photos carry."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.family_wise import with_family_p
from models.comparison import Change, ErrorTerm, MeasuredChange
from models.measurand import MeasurandCode
from models.repeatability import FLOOR_TERM


def change_sd(before_sem: float, after_sem: float) -> float:
    """SD of a change between two photos, each with its own room's SEM; the square root of two times one SEM.

    >>> round(change_sd(0.1, 0.1), 4)
    0.1414
    """
    return float((before_sem**2 + after_sem**2) ** 0.5)


def with_floor(changes: Sequence[Change], floors: Mapping[MeasurandCode, float]) -> tuple[Change, ...]:
    """The changes, none surer than ``floors`` say; intervals, p values and the report-wide p values follow.

    Where a change's standard uncertainty is smaller, an error term of its own makes up the difference in quadrature;
    where it is as large already, it stays as it is.

    Parameters
    ----------
    floors : SD of a change between two photos (:func:`change_sd`), in the measurand's ``change_unit``.
    """
    if not floors:
        return tuple(changes)
    return with_family_p([_floored(change, floors.get(change.measurand, 0.0)) for change in changes])


def _floored(change: Change, floor: float) -> Change:
    result = change.result
    if not isinstance(result, MeasuredChange) or result.standard_uncertainty >= floor:
        return change
    missing = ErrorTerm(FLOOR_TERM, float((floor**2 - result.standard_uncertainty**2) ** 0.5))
    return replace(change, result=replace(result, error_terms=(*result.error_terms, missing)))
