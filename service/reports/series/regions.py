"""What the course left, region by region: a sentence, then the figures of each side."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from models.comparison import Verdict
from models.measurand import Family, Unit
from service.documents.series import EffectDocument, MeasurandSeriesDocument, NoteDocument, SeriesDocument
from service.reports.rows import family_slug
from service.reports.series.effects import EffectWords, holds, told
from service.reports.series.measures import in_order, series_row_id, why_missing
from service.reports.series.sentences import shared_start
from service.reports.words import NO_BREAK, VERDICT_SYMBOLS, counted, figure, listed, named, side_words, with_unit

BOTH_WAYS: Final = "\N{UP DOWN ARROW}"
"""Stands before a region of which one measure went up and another down."""


@dataclass(frozen=True, slots=True)
class Told:
    """A measure on one side with one of its effects."""

    one: MeasurandSeriesDocument
    effect: EffectDocument


@dataclass(frozen=True, slots=True)
class SideChange:
    """One side's change, and the row that tells more of it."""

    row: str
    name: str
    side: str
    effect: EffectWords


@dataclass(frozen=True, slots=True)
class Found:
    """A measure that went one way, on one side or both."""

    name: str
    meaning: str
    symbol: str
    sides: tuple[SideChange, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """One family of measures in a sentence.

    Parameters
    ----------
    tone : ``found``, ``none`` or ``missing``.
    found : measures whose lasting change holds.
    """

    family: Family
    slug: str
    tone: str
    symbol: str
    says: str
    found: tuple[Found, ...]


def having(
    ones: Iterable[MeasurandSeriesDocument], part: Callable[[MeasurandSeriesDocument], EffectDocument | None]
) -> tuple[Told, ...]:
    """The measures that have an effect, each with it."""
    return tuple(Told(one, effect) for one in ones if (effect := part(one)) is not None)


def holding(ones: Iterable[Told]) -> tuple[Told, ...]:
    """Those of which the effect holds over everything that the series claims."""
    return tuple(one for one in ones if holds(one.effect))


def found(ones: Iterable[Told]) -> tuple[Found, ...]:
    """Put both sides of a measure together where they went the same way."""
    same = groupby(ones, key=lambda told_one: (told_one.one.measurand, told_one.effect.verdict))
    return tuple(_found(list(sides)) for _, sides in same)


def regions(document: SeriesDocument) -> tuple[Region, ...]:
    """Tell each family that was measured."""
    by_family = {family: [one for one in in_order(document) if one.family is family] for family in Family}
    return tuple(_region(family, ones, document.notes) for family, ones in by_family.items() if ones)


def _found(sides: Sequence[Told]) -> Found:
    changes = tuple(_side(side) for side in sides)
    first = changes[0].effect
    return Found(name=short_name(sides[0].one), meaning=first.meaning, symbol=first.symbol, sides=changes)


def _side(side: Told) -> SideChange:
    one = side.one
    words = told(side.effect, one.measurand, one.unit)
    return SideChange(series_row_id(one), named(one.name, one.side), side_words(one.side), words)


def _region(family: Family, ones: Sequence[MeasurandSeriesDocument], notes: Sequence[NoteDocument]) -> Region:
    lasting = having(ones, lambda one: one.cumulative)
    held = holding(lasting)
    return Region(
        family=family,
        slug=family_slug(family),
        tone="found" if held else "none" if lasting else "missing",
        symbol=_symbol(held, lasting),
        says=_says(ones, lasting, notes),
        found=found(held),
    )


def _symbol(held: Sequence[Told], lasting: Sequence[Told]) -> str:
    ways = {one.effect.verdict for one in held}
    if len(ways) > 1:
        return BOTH_WAYS
    otherwise = Verdict.WITHIN_MEASUREMENT_ERROR if lasting else Verdict.NOT_ASSESSABLE
    return VERDICT_SYMBOLS[ways.pop() if ways else otherwise]


def _says(ones: Sequence[MeasurandSeriesDocument], lasting: Sequence[Told], notes: Sequence[NoteDocument]) -> str:
    if not lasting:
        return f"Not assessed. {why_missing(ones[0], notes)}"
    missing = len(ones) - len(lasting)
    held = holding(lasting)
    found_or_not = _happened(held) if held else f"No lasting change is detectable; {_smallest(lasting)} would have been"
    said = (
        f"{found_or_not}.",
        *shared_start([one.effect.reason or "" for one in lasting])[:1],
        f"{counted(missing, 'measure', 'measures')} not assessed." if missing else "",
    )
    return " ".join(part for part in said if part)


def _happened(held: Sequence[Told]) -> str:
    """What the changes look like: ``The upper lid sits higher on both sides; the eye is opened wider on the right``."""
    sentence = "; ".join(_with_sides(one) for one in found(held))
    return sentence[:1].upper() + sentence[1:]


def _with_sides(one: Found) -> str:
    sides = [change.side.lower() for change in one.sides]
    where = " on both sides" if len(sides) > 1 else "" if sides == ["face"] else f" on the {sides[0]}"
    return f"{one.meaning or one.name}{where}"


def _smallest(lasting: Sequence[Told]) -> str:
    """From which size a change would have been seen, from the smallest to the largest of each unit."""
    by_unit: dict[Unit, list[float]] = {}
    for told_one in lasting:
        by_unit.setdefault(told_one.one.unit, []).append(told_one.effect.mdc95)
    sizes = [_range(unit, known) for unit, known in by_unit.items()]
    several = len({told_one.one.measurand for told_one in lasting}) > 1
    return f"one of {listed(sizes)} or more{', depending on the measure,' if several else ''}"


def _range(unit: Unit, sizes: Sequence[float]) -> str:
    low, high = figure(min(sizes), unit), figure(max(sizes), unit)
    return with_unit(high if low == high else f"{low}{NO_BREAK}to{NO_BREAK}{high}", unit)


def short_name(one: MeasurandSeriesDocument) -> str:
    """The measure in a few words: without what stands in brackets."""
    return one.name.split(" (")[0]
