"""The tables: every measure under its family, each side with its figures, its drawing and its verdict."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from models.anatomy import Side
from models.measurand import MEASURANDS, Family, MeasurandCode, Unit
from service.documents import ChangeDocument, ComparisonDocument
from service.reports.chart import Axis, IntervalBar, axes, interval_bar
from service.reports.words import (
    VERDICT_SYMBOLS,
    VERDICT_WORDS,
    figure,
    interval,
    named,
    side_words,
    signed,
    with_unit,
)

_PLACES: Final = {code: place for place, code in enumerate(MEASURANDS)}


@dataclass(frozen=True, slots=True)
class Row:
    """One change, every figure in words; a figure that could not be had is empty and ``reason`` says why.

    Parameters
    ----------
    before : without its unit, which stands behind ``after``.
    verdict : the code, which names the row's look.
    terms : the parts of its error that are more than nothing, each as (source, figure), the largest first.
    drawn : whether an overlay shows where it was measured.
    """

    id: str
    measurand: MeasurandCode
    side: Side | None
    side_words: str
    name: str
    unit: str
    before: str
    after: str
    change: str
    interval: str
    mdc95: str
    verdict: str
    symbol: str
    verdict_words: str
    meaning: str
    reason: str
    shading: str
    terms: tuple[tuple[str, str], ...]
    bar: IntervalBar | None
    bar_words: str
    drawn: bool


@dataclass(frozen=True, slots=True)
class MeasureRows:
    """One measure with a row for each side."""

    code: MeasurandCode
    name: str
    what: str
    definition: str
    source: str
    axis: Axis | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class FamilyTable:
    """All measures of one family."""

    family: Family
    slug: str
    measures: tuple[MeasureRows, ...]


def family_slug(family: Family) -> str:
    """The family's name in an address or attribute."""
    return family.name.lower().replace("_", "-")


def row_id(change: ChangeDocument) -> str:
    """The row's anchor in the page."""
    return f"{change.measurand}-{change.side or 'face'}"


def family_tables(document: ComparisonDocument) -> tuple[FamilyTable, ...]:
    """Sort the changes into tables, in the catalogue's order."""
    drawn = {(code, overlay.side) for overlay in document.overlays for code in overlay.measurands}
    return tuple(
        FamilyTable(family, family_slug(family), measures)
        for family in Family
        if (measures := tuple(_measures(_of_family(document, family), drawn)))
    )


def catalogue_order(change: ChangeDocument) -> tuple[int, bool]:
    """Sorts changes as the catalogue does; the subject's right first, as it stands first in the picture."""
    return _PLACES[change.measurand], change.side is not Side.RIGHT


def _of_family(document: ComparisonDocument, family: Family) -> list[ChangeDocument]:
    return sorted((change for change in document.changes if change.family is family), key=catalogue_order)


def _measures(changes: list[ChangeDocument], drawn: set[tuple[MeasurandCode, Side | None]]) -> Iterable[MeasureRows]:
    axis_of = axes(changes)
    for code, both_sides in groupby(changes, key=lambda change: change.measurand):
        sides = tuple(both_sides)
        axis = axis_of.get(sides[0].unit)
        yield MeasureRows(
            code=code,
            name=sides[0].name,
            what=sides[0].what,
            definition=MEASURANDS[code].definition,
            source=MEASURANDS[code].source,
            axis=axis if any(side.change is not None for side in sides) else None,
            rows=tuple(_row(side, axis, drawn=(code, side.side) in drawn) for side in sides),
        )


def _row(change: ChangeDocument, axis: Axis | None, *, drawn: bool) -> Row:
    unit = change.unit
    return Row(
        id=row_id(change),
        measurand=change.measurand,
        side=change.side,
        side_words=side_words(change.side),
        name=named(change.name, change.side),
        unit=unit,
        before="" if change.before is None else figure(change.before, unit),
        after=_value(change.after, unit),
        change="" if change.change is None else signed(change.change, unit),
        interval="" if change.ci95 is None else interval(change.ci95, unit),
        mdc95=_value(change.mdc95, unit),
        verdict=change.verdict,
        symbol=VERDICT_SYMBOLS[change.verdict],
        verdict_words=VERDICT_WORDS[change.verdict],
        meaning=change.meaning or "",
        reason=change.reason or "",
        shading=_shading(change),
        terms=_terms(change),
        bar=None if axis is None else interval_bar(change, axis),
        bar_words=_bar_words(change),
        drawn=drawn,
    )


def _value(value: float | None, unit: Unit) -> str:
    return "" if value is None else with_unit(figure(value, unit), unit)


def _terms(change: ChangeDocument) -> tuple[tuple[str, str], ...]:
    largest_first = sorted(change.error_terms, key=lambda term: term.standard_uncertainty, reverse=True)
    told = ((term.source.replace("_", " "), figure(term.standard_uncertainty, change.unit)) for term in largest_first)
    return tuple((source, "±" + with_unit(size, change.unit)) for source, size in told if float(size) > 0)


def _shading(change: ChangeDocument) -> str:
    if change.before_log is None or change.after_log is None:
        return ""
    log = Unit.LOG_LUMINANCE
    return f"{figure(change.before_log, log)} before, {figure(change.after_log, log)} after"


def _bar_words(change: ChangeDocument) -> str:
    if change.change is None or change.ci95 is None or change.mdc95 is None:
        return ""
    unit = change.unit
    return (
        f"Change {signed(change.change, unit)}, 95 % interval {with_unit(interval(change.ci95, unit), unit)}; "
        f"detectable beyond {with_unit(figure(change.mdc95, unit), unit)}"
    )
