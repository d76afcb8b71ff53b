"""The confounders of a folder: those of its table, and those that the visits' notes name."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from service.archive.confounders_table import confounder_of
from service.archive.note_words import named_in_note
from service.archive.records import Entry, NamedConfounder, Refusal
from service.archive.tables import CONFOUNDER_COLUMNS, read_table

_THE_SAME: Final = timedelta(days=7)
"""A note so close to a line of the table tells of the same thing."""


def in_table(path: Path, name: str, subject: str) -> Iterator[NamedConfounder | Refusal]:
    """The lines of a table; ``subject`` is of whom they are where a line does not say."""
    table = read_table(path, name, CONFOUNDER_COLUMNS)
    if isinstance(table, Refusal):
        yield table
        return
    for row in table.rows:
        yield confounder_of(row, row["subject"] or subject)


def in_notes(entries: Iterable[Entry], known: Sequence[NamedConfounder]) -> tuple[NamedConfounder, ...]:
    """What notes name beyond what is ``known``, each once."""
    found = list(known)
    for entry in entries:
        day = entry.taken_at.date()
        for confounder in named_in_note(entry.notes, day, f"{entry.file}, {day}"):
            named = NamedConfounder(entry.subject, confounder)
            if not any(_is_the_same(named, other) for other in found):
                found.append(named)
    return tuple(found[len(known) :])


def told(named: NamedConfounder, *, of_several: bool) -> str:
    """Where a confounder comes from that nobody wrote into a table."""
    confounder = named.confounder
    of = f"{named.subject}: " if of_several else ""
    return f"{of}{confounder.entry.name}, {confounder.since}: {confounder.note}"


def _is_the_same(named: NamedConfounder, other: NamedConfounder) -> bool:
    one, two = named.confounder, other.confounder
    near = two.since - _THE_SAME <= one.since <= (two.until or two.since) + _THE_SAME
    return one.kind is two.kind and other.subject in {"", named.subject} and near
