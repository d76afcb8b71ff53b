"""From subjects' lasting changes to what the clinic's courses did, with nobody to be told from it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Final

import numpy as np

from analysis.cohort.proportion import wilson
from analysis.cohort.random_effects import random_effects
from models.anatomy import Side
from models.cohort import FEWEST_SUBJECTS, Cohort, CohortChange, CohortGroup, CohortMeasure, CohortMember, Dot, TooFew
from models.comparison import Verdict
from models.measurand import MEASURANDS
from models.series import DETECTABLE

EXPECTED_BY_CHANCE: Final = 0.05
"""Share of unchanged subjects that a 95 % interval calls changed, half of it each way."""


def summarise(members: Sequence[CohortMember]) -> Cohort:
    """The whole and each kind of protocol, largest first; nothing of fewer than FEWEST_SUBJECTS subjects.

    Small kinds are in the whole where they are enough together; else they are not, for whoever subtracts the shown
    kinds from the whole would see them.
    """
    kinds = Counter(member.kind for member in members)
    hidden = [kind for kind, count in kinds.items() if count < FEWEST_SUBJECTS]
    small = sum(kinds[kind] for kind in hidden)
    left_out = small if small < FEWEST_SUBJECTS and len(hidden) < len(kinds) else 0
    whole = [member for member in members if not (left_out and member.kind in hidden)]
    everybody = _group(None, whole)
    if len(kinds) == 1:  # the same subjects: nothing is worked out twice
        return Cohort(everybody, (replace(everybody, kind=whole[0].kind),), left_out)
    groups = (_group(kind, [one for one in members if one.kind == kind]) for kind, _ in kinds.most_common())
    return Cohort(everybody, tuple(groups), left_out)


def _group(kind: str | None, members: Sequence[CohortMember]) -> CohortGroup:
    missing = max(0, FEWEST_SUBJECTS - len(members))
    if missing:
        return CohortGroup(kind, len(members), missing)
    measures = [_of_one(changes) for changes in _by_measure(members)]
    return CohortGroup(
        kind,
        len(members),
        0,
        tuple(one for one in measures if isinstance(one, CohortMeasure)),
        tuple(one for one in measures if isinstance(one, TooFew)),
    )


def _by_measure(members: Iterable[CohortMember]) -> Iterator[list[CohortChange]]:
    """In the catalogue's order; measures of which nobody has a figure are left out."""
    known = [change for member in members for change in member.changes]
    for code, side in product(MEASURANDS, (*Side, None)):
        changes = [one for one in known if one.measurand is code and one.side is side]
        if changes:
            yield changes


def _of_one(changes: Sequence[CohortChange]) -> CohortMeasure | TooFew:
    code, side, n = changes[0].measurand, changes[0].side, len(changes)
    if n < FEWEST_SUBJECTS:
        return TooFew(code, side, FEWEST_SUBJECTS - n)
    sizes = np.array([one.change for one in changes])
    errors = np.array([one.standard_uncertainty for one in changes])
    first, median, third = (float(value) for value in np.quantile(sizes, (0.25, 0.5, 0.75)))
    verdicts = Counter(one.verdict for one in changes)
    return CohortMeasure(
        measurand=code,
        side=side,
        dots=tuple(sorted((Dot(one.change, one.verdict) for one in changes), key=lambda dot: dot.change)),
        median=median,
        quartiles=(first, third),
        increased=wilson(verdicts[Verdict.DETECTABLE_INCREASE], n),
        decreased=wilson(verdicts[Verdict.DETECTABLE_DECREASE], n),
        either=wilson(sum(verdicts[one] for one in DETECTABLE), n),
        expected_either=EXPECTED_BY_CHANCE * n,
        effects=random_effects(sizes, errors),
    )
