"""What a whole report may claim: a verdict that holds although many measures were looked at.

Twenty intervals of 95 % leave out zero once by chance where nothing changed. Holm's step-down procedure keeps the
chance that a report claims anything false at 5 %, whatever the measures have to do with each other (Holm 1979, Scand.
J. Stat. 6:65-70).
"""

from collections.abc import Sequence
from dataclasses import replace

from models.comparison import Change, MeasuredChange


def with_family_p(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes, each measured one with its p value adjusted over all that were measured."""
    adjusted = iter(holm([change.result.p_value for change in changes if isinstance(change.result, MeasuredChange)]))
    return tuple(
        replace(change, family_p=next(adjusted)) if isinstance(change.result, MeasuredChange) else change
        for change in changes
    )


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Each p value adjusted so that comparing it with 0.05 keeps the family-wise error rate there.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p_values[index]))
        adjusted[index] = largest
    return tuple(adjusted)
