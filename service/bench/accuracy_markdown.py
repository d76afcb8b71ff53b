"""The accuracy benchmark's tables as Markdown: a page of their own, or put into a page that marks where."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from models.measurand import MEASURANDS
from service.bench.accuracy import AccuracyDocument, GroupDocument, SourceDocument
from service.bench.accuracy_statistics import AccuracyRow
from service.bench.accuracy_tables import (
    FALSE_ALONE,
    FALSE_REPORTS,
    HEADS,
    PLACE_HEADS,
    cells,
    place_cells,
    share_words,
)
from service.bench.marked_page import write_marked

PEOPLE: Final = "points placed by people"
GATES: Final = "pairs that must be noticed"


def write_tables(document: AccuracyDocument, page: Path) -> None:
    """Write the tables into ``page`` where it marks their places; a page without marks becomes the tables alone."""
    write_marked(page, "accuracy", tables_by_name(document))


def tables_by_name(document: AccuracyDocument) -> Mapping[str, str]:
    """Every table of a run, under the name by which a page marks its place."""
    tables = {source.name: "\n".join(_source(source, document)) + "\n" for source in document.sources}
    if document.people:
        tables[PEOPLE] = "\n".join(_people(document)) + "\n"
    if document.gates:
        tables[GATES] = "\n".join(_gates(document)) + "\n"
    return tables


def _source(source: SourceDocument, document: AccuracyDocument) -> Iterator[str]:
    refused = f"{source.pairs} pairs, {source.refused_pairs} refused as a whole"
    yield f"{source.what} {refused}; method {document.method_version}, seed {document.seed}.\n"
    yield from _rows(source.rows)
    yield from _reports(source)
    yield "\nThe same by raw landmarks:\n"
    yield from _rows(source.raw_rows)
    if source.raw_false_reports.of:
        yield f"\nReports without any change that claim one: {share_words(source.raw_false_reports)}."
    for kind in dict.fromkeys(group.kind for group in source.groups):
        yield f"\nBy {kind}; MDC95, covered by the interval, refused:\n"
        yield from _groups([group for group in source.groups if group.kind == kind])


def _reports(source: SourceDocument) -> Iterator[str]:
    if source.false_reports.of:
        yield f"\n{FALSE_REPORTS}: {share_words(source.false_reports)}."
        yield f"{FALSE_ALONE}: {share_words(source.false_alone)}."


def _rows(rows: Iterable[AccuracyRow]) -> Iterator[str]:
    yield from _table(HEADS, ((f"`{first}`", *rest) for first, *rest in map(cells, rows)))


def _groups(groups: Sequence[GroupDocument]) -> Iterator[str]:
    """A row a measurand, a column a group."""
    heads = ("Measure", *(f"{group.group} ({group.people} people)" for group in groups))
    by_group = [{row.measurand: row for row in group.rows} for group in groups]
    measures = [code for code in MEASURANDS if any(code in rows for rows in by_group)]
    yield from _table(heads, ((f"`{code}`", *(_group_words(rows.get(code)) for rows in by_group)) for code in measures))


def _group_words(row: AccuracyRow | None) -> str:
    if row is None:
        return ""
    words = dict(zip(HEADS, cells(row), strict=True))
    return f"{words['MDC95']}, {words['Cover'].split(' (')[0]}, {words['Refused']}"


def _people(document: AccuracyDocument) -> Iterator[str]:
    yield f"{document.photos} photos; method {document.method_version}.\n"
    yield from _table(PLACE_HEADS, map(place_cells, document.people))


def _gates(document: AccuracyDocument) -> Iterator[str]:
    yield f"Method {document.method_version}.\n"
    yield from _table(
        ("Pairs", "What", "Flagged", "Flagged or not comparable", "Changes claimed"),
        (
            (gate.name, gate.what, share_words(gate.flagged), share_words(gate.gated), str(gate.detectable))
            for gate in document.gates
        ),
    )


def _table(heads: tuple[str, ...], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"| --- |{' ---: |' * (len(heads) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
