"""Tables that clinics write: CSV from any spreadsheet, read into rows by the meaning of their columns."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from service.archive.listing import read_bytes
from service.archive.records import Reason, Refusal

_LARGEST_BYTES: Final = 50_000_000  # a hundred thousand lines with long notes
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line end; no clinic writes them
_DELIMITERS: Final = ";\t,"

PHOTO_COLUMNS: Final = {
    "file": ("file", "filename", "file name", "photo", "image", "path"),
    "subject": ("subject", "subject id", "reference", "patient", "patient id", "client", "client id"),
    "taken_at": ("taken at", "taken", "date", "datetime", "date time", "day"),
    "time": ("time", "clock"),
    "phase": ("phase",),
    "treatment_number": ("treatment number", "session", "session number"),
    "view": ("view",),
    "note": ("note", "notes", "comment", "comments", "remark", "remarks"),
    "confounder": ("confounder", "confounders"),
    "course": ("course", "course kind", "kind", "protocol"),
    "room": ("room",),
    "camera": ("camera",),
    "operator": ("operator", "photographer"),
}
CONFOUNDER_COLUMNS: Final = {
    "subject": PHOTO_COLUMNS["subject"],
    "kind": ("kind", "confounder", "type", "what"),
    "from": ("from", "date", "since", "start", "on"),
    "until": ("until", "to", "end"),
    "regions": ("regions", "region", "where", "families"),
    "note": PHOTO_COLUMNS["note"],
}
"""What a column means, and what clinics may call it; case, blanks, hyphens and underscores make no difference."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; cells are stripped, and empty where the table has no such column."""

    table: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def refused(self, reason: Reason, says: str) -> Refusal:
        """Why this line cannot be used."""
        return Refusal(self["file"], reason, says, self.line, self.table)


@dataclass(frozen=True, slots=True)
class Table:
    """A table's rows, and the columns that mean nothing here."""

    name: str
    rows: tuple[Row, ...]
    columns: frozenset[str]
    unknown: tuple[str, ...]


def read_table(path: Path, name: str, meanings: dict[str, tuple[str, ...]]) -> Table | Refusal:
    """Read a table; its first line names the columns.

    Comma, semicolon and tab part the cells, whichever the first line has most of; UTF-8 with or without a mark at its
    beginning, UTF-16 with one, or else Windows-1252.
    """
    try:
        text = _decoded(read_bytes(path, _LARGEST_BYTES))
        first, *lines = _lines(text) or [(1, [])]
    except (OSError, csv.Error) as error:
        return Refusal("", Reason.TABLE_UNREADABLE, f"The table cannot be read: {error}.", table=name)
    columns = [_meaning(title, meanings) for title in first[1]]
    if not any(columns):
        says = f"The first line must name the columns; among them {', '.join(list(meanings)[:3])}."
        return Refusal("", Reason.TABLE_UNREADABLE, says, table=name)
    rows = tuple(Row(name, line, _cells(columns, cells)) for line, cells in lines if any(map(str.strip, cells)))
    unknown = (title.strip() for title, column in zip(first[1], columns, strict=True) if column is None)
    return Table(name, rows, frozenset(filter(None, columns)), tuple(title for title in unknown if title))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Lines with their numbers as a spreadsheet or an editor counts them."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    return list(_numbered(text, delimiter))


def _numbered(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader, begins = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1
    for cells in reader:
        if cells:
            yield begins, cells
        begins = reader.line_num + 1


def _meaning(title: str, meanings: dict[str, tuple[str, ...]]) -> str | None:
    plain = re.sub(r"[\s_\-]+", " ", title).strip().lower()
    return next((column for column, names in meanings.items() if plain in names), None)


def _cells(columns: list[str | None], cells: list[str]) -> dict[str, str]:
    """By meaning; where two columns mean the same, the first that is not empty."""
    found: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):  # a short line lacks its last cells
        if column is not None and not found.get(column):
            found[column] = _CONTROL.sub("", cell).strip()
    return found
