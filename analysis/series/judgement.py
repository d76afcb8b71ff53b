"""What a whole series may claim: verdicts that hold although many figures were looked at.

In two steps, of which the second is open only to what passed the first (Westfall & Krishen 2001, J. Stat. Plan. Infer.
99:25). First the lasting and the passing effects of all measurands, taken together by Holm's procedure: where nothing
changed, the chance that the report claims anything at all is 5 %. Then what became of those lasting effects that were
found, taken together in the same way: an effect that is not there can neither be lost nor held.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from analysis.family_wise import holm
from models.series import DETECTABLE, Effect, MeasurandSeries

_FALSE_ALARMS: Final = 0.05
_NEAR: Final = 0.1
"""A p value up to which it is worth saying what more visits would do."""
_FEWEST_TO_RECKON: Final = 3
_TOGETHER: Final = "By itself it is beyond its interval; among {claims} figures taken together it may be chance."
_NOTHING_TO_LOSE: Final = "The lasting effect itself is within measurement error."


def judged(told: Sequence[MeasurandSeries]) -> tuple[MeasurandSeries, ...]:
    """The same with their verdicts."""
    first = _together([one.cumulative for one in told], [one.acute for one in told])
    lasting, passing = next(first), next(first)
    found = [effect is not None and effect.verdict in DETECTABLE for effect in lasting]
    second = _together(
        [one.after_course if there else None for one, there in zip(told, found, strict=True)],
        [one.maintenance if there else None for one, there in zip(told, found, strict=True)],
    )
    lost, held = next(second), next(second)
    return tuple(
        replace(
            one,
            cumulative=lasting[index],
            acute=passing[index],
            after_course=lost[index] or _closed(one.after_course),
            maintenance=held[index] or _closed(one.maintenance),
        )
        for index, one in enumerate(told)
    )


Effects = list[Effect | None]


def _together(*groups: Sequence[Effect | None]) -> Iterator[Effects]:
    """The groups' effects, judged as one family."""
    effects = [effect for group in groups for effect in group if effect is not None]
    family = iter(holm([effect.p_value for effect in effects]))
    for group in groups:
        yield [None if effect is None else _with_verdict(effect, next(family), len(effects)) for effect in group]


def _with_verdict(effect: Effect, family_p: float, claims: int) -> Effect:
    if effect.own_verdict in DETECTABLE and family_p <= _FALSE_ALARMS:
        return replace(effect, verdict=effect.own_verdict, family_p=family_p)
    alone = effect.own_verdict in DETECTABLE
    why = _TOGETHER.format(claims=claims) if alone else _more_visits(effect)
    return replace(effect, family_p=family_p, reason=_joined(effect.reason, why))


def _closed(effect: Effect | None) -> Effect | None:
    """Not looked into, because there is nothing that could have been lost or held."""
    return None if effect is None else replace(effect, reason=_joined(effect.reason, _NOTHING_TO_LOSE))


def _more_visits(effect: Effect) -> str:
    """How many more visits would make a change of this size detectable, where it is nearly so."""
    if effect.p_value > _NEAR or effect.n < _FEWEST_TO_RECKON:
        return ""
    more = math.ceil(effect.n * ((effect.half_width / abs(effect.change)) ** 2 - 1))
    visits = "one more visit" if more <= 1 else f"about {more} more visits"
    return f"If there is a change of this size, {visits} like these would show it."


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
