"""A repeatability study as a person reads it in a terminal."""

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analysis.repeatability.within import interval_factors
from models.repeatability import LEAST_DEGREES_OF_FREEDOM
from service.documents.repeatability import AgreementDocument, IccDocument, RepeatabilityDocument, StudyDocument
from service.reports.words import MINUS, counted, figure, interval, named, side_words, signed, with_unit

_NOTHING: Final = "\N{EN DASH}"
_LEFT: Final = frozenset({"Measure", "Side"})


def study_lines(document: StudyDocument) -> Iterator[RenderableType]:
    """What the photos differ by, measure by measure, and how sure that is."""
    yield Text(headline(document), style="bold")
    for one in document.left_out:
        yield Padding(Text(f"{one.photo} was left out: {one.reason}"), (0, 0, 0, 2))
    for reason in document.incomparable:
        several = counted(reason.pairs, "pair", "pairs")
        yield Padding(Text(f"{several} could not be compared: {reason.reason}"), (0, 0, 0, 2))
    for remark in document.remarks:
        yield Padding(Text(remark), (0, 0, 0, 2))
    yield _table(document.measurands)
    yield from _correlations(document)
    yield from _reasons(document.measurands)
    yield from _agreements(document.measurands)
    yield Text(how_sure(document))


def headline(document: StudyDocument) -> str:
    """What the study rests on."""
    persons = counted(document.persons, "person", "persons")
    return f"{counted(document.photos, 'photo', 'photos')} of {persons}, {counted(document.pairs, 'pair', 'pairs')}."


def how_sure(document: StudyDocument) -> str:
    """How wide the SEMs' intervals are, what would narrow them, and whether later comparisons may count on them."""
    if not document.degrees_of_freedom:
        return "No two photos gave a figure."
    low, high = interval_factors(document.degrees_of_freedom)
    sure = (
        f"With {document.degrees_of_freedom:g} degrees of freedom a SEM's true value lies between {low:.2f} and "
        f"{high:.2f} times the figure, with 95 % probability."
    )
    if document.more_photos:
        sure += f" {counted(document.more_photos, 'more re-capture', 'more re-captures')} would bring it within 20 %."
    if document.degrees_of_freedom < LEAST_DEGREES_OF_FREEDOM:
        sure += f" Below {LEAST_DEGREES_OF_FREEDOM:g} degrees of freedom the study is too small to be used elsewhere."
    return sure


def _table(measures: Iterable[RepeatabilityDocument]) -> Table:
    columns = ("Measure", "Side", "SEM", "95 %", "MDC95", "95 %", "n", "Refused")
    return _filled(columns, ((one, _spread(one)) for one in measures if one.sem is not None))


def _spread(one: RepeatabilityDocument) -> Iterator[str]:
    for value, bounds in ((one.sem, one.sem_ci95), (one.mdc95, one.mdc95_ci95)):
        yield _NOTHING if value is None else with_unit(figure(value, one.unit), one.unit)
        yield _NOTHING if bounds is None else interval(bounds, one.unit)
    yield str(one.n)
    yield str(one.refused)


def _correlations(document: StudyDocument) -> Iterator[RenderableType]:
    """How far single photos tell persons apart; a table of its own, or it would not fit a terminal's width."""
    told = [one for one in document.measurands if not one.pooled]
    if document.persons > 1:
        yield Text("How far single photos tell the persons apart (ICC(A,1))", style="bold")
        yield _filled(("Measure", "Side", "ICC(A,1)", "95 %", "Persons"), ((one, _icc(one.icc)) for one in told))


def _icc(icc: IccDocument | None) -> Iterator[str]:
    if icc is None:
        return iter((_NOTHING,) * 3)
    low, high = icc.ci95
    return iter((f"{icc.value:.2f}", f"{low:.2f} to {high:.2f}".replace("-", MINUS), str(icc.persons)))


def _filled(columns: Iterable[str], rows: Iterable[tuple[RepeatabilityDocument, Iterable[str]]]) -> Table:
    """A table in which each measure is named once."""
    table, told = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0)), set[str]()
    for column in columns:
        table.add_column(column, justify="left" if column in _LEFT else "right", no_wrap=column != "Measure")
    for one, cells in rows:
        table.add_row("" if one.name in told else one.name, sides(one), *cells)
        told.add(one.name)
    return table


def sides(one: RepeatabilityDocument) -> str:
    """The side, or that it is of both."""
    return "Both" if one.pooled else side_words(one.side)


def _reasons(measures: Iterable[RepeatabilityDocument]) -> Iterator[RenderableType]:
    missing: dict[str, list[str]] = {}
    for one in measures:
        if one.reason is not None and not one.pooled:
            missing.setdefault(one.reason, []).append(named(one.name, one.side))
    for reason, names in missing.items():
        yield Text(f"Not assessable. {reason}", style="bold")
        yield Padding(Text("; ".join(names)), (0, 0, 0, 2))


def _agreements(measures: Iterable[RepeatabilityDocument]) -> Iterator[RenderableType]:
    """Bias and limits of two sets of captures, of both sides together."""
    told = [one for one in measures if one.agreement is not None and (one.pooled or one.side is None)]
    if told:
        first = told[0].agreement
        assert first is not None  # noqa: S101  kept above
        yield Text(f"{first.second} less {first.first}: bias and limits of agreement, each with its 95 % interval")
    for one in told:
        if one.agreement is not None:
            yield Padding(Text(f"{one.name}: {_agreement(one.agreement, one)}"), (0, 0, 0, 2))


def _agreement(told: AgreementDocument, one: RepeatabilityDocument) -> str:
    parts = ((told.bias, told.bias_ci95), (told.lower, told.lower_ci95), (told.upper, told.upper_ci95))
    bias, lower, upper = (f"{signed(value, one.unit)} ({interval(bounds, one.unit)})" for value, bounds in parts)
    return f"bias {bias}, limits {lower} and {upper}, n = {told.n}"
