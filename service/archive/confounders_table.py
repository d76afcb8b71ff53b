"""``confounders.csv``: what else happened to a face, and when."""

from typing import Final

from models.confounder import Confounder, ConfounderKind
from models.errors import InvalidRecordError
from models.measurand import Family
from service.archive.dates import written
from service.archive.note_words import kind_called, with_tilt
from service.archive.records import NamedConfounder, Reason, Refusal
from service.archive.tables import Row
from service.archive.words import spaced

REGIONS: Final = {
    "eyes": frozenset({Family.EYELIDS, Family.PERIORBITAL_LINES}),
    "eyelids": frozenset({Family.EYELIDS}),
    "lids": frozenset({Family.EYELIDS}),
    "brow": frozenset({Family.EYELIDS}),
    "lines": frozenset({Family.PERIORBITAL_LINES}),
    "periorbital lines": frozenset({Family.PERIORBITAL_LINES}),
    "crow's feet": frozenset({Family.PERIORBITAL_LINES}),
    "lower face": frozenset({Family.JAWLINE, Family.NASOLABIAL_FOLD}),
    "cheeks": frozenset({Family.JAWLINE, Family.NASOLABIAL_FOLD}),
    "jaw": frozenset({Family.JAWLINE}),
    "jawline": frozenset({Family.JAWLINE}),
    "chin": frozenset({Family.JAWLINE}),
    "fold": frozenset({Family.NASOLABIAL_FOLD}),
    "nasolabial fold": frozenset({Family.NASOLABIAL_FOLD}),
    "face": frozenset(Family),
    "all": frozenset(Family),
}
"""Where a confounder acts, as clinics call it."""


def confounder_of(row: Row, subject: str) -> NamedConfounder | Refusal:
    """What a line says."""
    kind = kind_called(row["kind"])
    if kind is None:
        choices = ", ".join(ConfounderKind)
        return _refused(row, f"The kind {row['kind'][:60]!r} is not one of {choices}.")
    since, until = written(row["from"]), written(row["until"]) if row["until"] else None
    if since is None or (row["until"] and until is None):
        return _refused(row, "A day cannot be read: write it as 2026-01-12.")
    regions = _regions(row["regions"])
    if unknown := [word for word in regions if word not in REGIONS]:
        return _refused(row, f"The region {unknown[0][:60]!r} is not one of {', '.join(REGIONS)}.")
    try:
        last = None if until is None else until.day
        confounder = Confounder(kind, since.day, last, _families(regions), row["note"])
    except InvalidRecordError as error:
        return _refused(row, f"This is {error}.")
    return NamedConfounder(subject, confounder, row.line, row.table)


def _regions(cell: str) -> tuple[str, ...]:
    parts = cell.replace(";", ",").replace("+", ",").replace("/", ",").replace("|", ",").split(",")
    return tuple(word for part in parts if (word := spaced(part)))


def _families(regions: tuple[str, ...]) -> frozenset[Family] | None:
    named = frozenset[Family]().union(*(REGIONS[word] for word in regions))
    return with_tilt(named) if named else None


def _refused(row: Row, says: str) -> Refusal:
    return row.refused(Reason.CONFOUNDER_UNREADABLE, says)
