"""One effect of a series in words: the lasting one, the passing one, what became of it, and the trend."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.comparison import Verdict
from models.measurand import MEASURANDS, Measurand, MeasurandCode, Unit
from models.series import DETECTABLE
from service.documents.series import DecayDocument, EffectDocument, TrendDocument
from service.reports.words import (
    VERDICT_SYMBOLS,
    VERDICT_WORDS,
    day,
    figure,
    interval,
    signed,
    with_unit,
)

MAY_BE_CHANCE: Final = "May be chance"
"""Said of an effect that is detectable by itself and does not hold when all are taken together."""

_LASTS: Final = MappingProxyType({Unit.PERCENT: 1, Unit.DEGREE: 3, Unit.MILLIMETRE: 3, Unit.LOG_LUMINANCE: 4})
"""Digits of a change a week: a course of ten weeks makes ten times as much of it."""


@dataclass(frozen=True, slots=True)
class EffectWords:
    """An effect, every figure in words.

    Parameters
    ----------
    verdict : the one that holds when all is taken together; it names the look.
    verdict_words : of an effect that is detectable by itself alone, that it may be chance.
    mdc95 : with its unit, what would have been detectable.
    n : photos, or pairs of photos, that it rests on.
    half_life : of a loss, in a sentence's part; empty where none is known.
    """

    change: str
    interval: str
    mdc95: str
    verdict: Verdict
    symbol: str
    verdict_words: str
    meaning: str
    reason: str
    at: str
    n: int
    half_life: str


def effect_words(effect: EffectDocument | None, code: MeasurandCode, unit: Unit) -> EffectWords | None:
    """Tell an effect; None where the photos do not carry it."""
    return None if effect is None else told(effect, code, unit)


def told(effect: EffectDocument, code: MeasurandCode, unit: Unit) -> EffectWords:
    """Tell an effect."""
    return EffectWords(
        change=signed(effect.change, unit),
        interval=interval(effect.ci95, unit),
        mdc95=with_unit(figure(effect.mdc95, unit), unit),
        verdict=effect.verdict,
        symbol=VERDICT_SYMBOLS[effect.verdict],
        verdict_words=MAY_BE_CHANCE if by_itself_alone(effect) else VERDICT_WORDS[effect.verdict],
        meaning=_meaning(effect, MEASURANDS[code]),
        reason=effect.reason or "",
        at="" if effect.at is None else day(effect.at),
        n=effect.n,
        half_life=half_life(effect) if isinstance(effect, DecayDocument) else "",
    )


def holds(effect: EffectDocument | None) -> bool:
    """Whether the effect is there and holds over everything that the series claims."""
    return effect is not None and effect.verdict in DETECTABLE


def by_itself_alone(effect: EffectDocument | None) -> bool:
    """Whether the effect is detectable, and not so when everything that the series claims is taken together."""
    return effect is not None and effect.own_verdict in DETECTABLE and effect.verdict not in DETECTABLE


def half_life(effect: DecayDocument) -> str:
    """How soon half of an effect is lost: ``half of it in 9 weeks (5 to 21)``."""
    if effect.half_life_weeks is None:
        return ""
    bounds = effect.half_life_ci95
    spread = "" if bounds is None else f" ({bounds[0]:.0f} to {bounds[1]:.0f})"
    return f"half of it in {effect.half_life_weeks:.0f} weeks{spread}"


def trend_words(trend: TrendDocument | None, unit: Unit) -> str:
    """The average change a week with its interval; empty where there is none."""
    if trend is None:
        return ""
    low, high = (per_week(bound, unit) for bound in trend.ci95)
    sign = "+" if trend.per_week > 0 else ""
    return f"{sign}{with_unit(per_week(trend.per_week, unit), unit)} a week ({low} to {high}), {trend.n} visits"


def per_week(value: float, unit: Unit) -> str:
    """A change a week without sign and unit, to one digit more than a change."""
    text = f"{value:.{_LASTS[unit]}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")


def _meaning(effect: EffectDocument, entry: Measurand) -> str:
    means: Mapping[Verdict, str] = {
        Verdict.DETECTABLE_INCREASE: entry.increase_means,
        Verdict.DETECTABLE_DECREASE: entry.decrease_means,
    }
    return (effect.meaning or means[effect.verdict]) if effect.verdict in DETECTABLE else ""
