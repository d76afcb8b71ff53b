"""What became of each file, and the table that the clinic keeps of it."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from service.archive import Entry, Refusal
from service.client.transport import Answer, Problem

_COLUMNS: Final = (
    "file",
    "subject",
    "taken_at",
    "phase",
    "treatment_number",
    "view",
    "outcome",
    "reason",
    "says",
    "visit_id",
    "photo_id",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Fate(StrEnum):
    """What became of a file."""

    PLANNED = "to be sent"
    ACCEPTED = "accepted"
    """Kept by the service; its analysis had not ended."""
    ANALYSED = "analysed"
    REFUSED = "refused"
    PASSED_OVER = "passed over"
    """No photo, and named by nobody."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file, or of one line.

    Parameters
    ----------
    reason : a code; empty where there is nothing to say.
    says : the reason in words, or what to do better next time.
    new : whether this import brought it.
    """

    file: str
    fate: Fate
    entry: Entry | None = None
    taken_at: datetime | None = None
    reason: str = ""
    says: str = ""
    visit_id: str = ""
    photo_id: str = ""
    new: bool = False

    @property
    def row(self) -> dict[str, str]:
        """As a line of the table."""
        entry, at = self.entry, self.taken_at
        number = entry.treatment_number if entry else None
        cells = (
            self.file,
            entry.subject if entry else "",
            at.isoformat() if at else "",
            entry.phase if entry else "",
            "" if number is None else str(number),
            entry.view if entry else "",
            self.fate,
            self.reason,
            self.says,
            self.visit_id,
            self.photo_id,
        )
        return {column: _harmless(cell) for column, cell in zip(_COLUMNS, cells, strict=True)}


def outcome_of_refusal(refusal: Refusal) -> Outcome:
    """What was not even sent."""
    fate = Fate.REFUSED if refusal.counts else Fate.PASSED_OVER
    says = refusal.says if refusal.line is None else f"{refusal.table}, line {refusal.line}: {refusal.says}"
    return Outcome(refusal.file or refusal.table, fate, reason=refusal.reason, says=says)


def refused(entry: Entry, problem: Problem) -> Outcome:
    """What the service did not take."""
    return Outcome(entry.file, Fate.REFUSED, entry, reason=problem.code, says=problem.says)


def outcome_of_photo(entry: Entry, taken_at: datetime, photo: Answer, *, new: bool) -> Outcome:
    """What the service says of a photo that it has."""
    fate, reason, says = _told(photo)
    visit_id, photo_id = str(photo.get("visit_id", "")), str(photo.get("id", ""))
    return Outcome(entry.file, fate, entry, taken_at, reason, says, visit_id, photo_id, new)


def write_table(outcomes: Iterable[Outcome], path: Path) -> None:
    """Write a line for each file, in the order of their names."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # the mark tells a spreadsheet that it is UTF-8
        table = csv.DictWriter(file, _COLUMNS)
        table.writeheader()
        table.writerows(outcome.row for outcome in sorted(outcomes, key=lambda outcome: outcome.file))


def _told(photo: Answer) -> tuple[Fate, str, str]:
    status = photo.get("status")
    if status == "refused":
        why = photo.get("refused") or {}
        return Fate.REFUSED, str(why.get("code", "refused")), str(why.get("says", "It cannot be measured."))
    if status == "failed":
        return Fate.REFUSED, "analysis_failed", str(photo.get("failure") or "Its analysis failed.")
    if status == "analysed":
        return Fate.ANALYSED, *_advice(photo)
    return Fate.ACCEPTED, "", ""


def _advice(photo: Answer) -> tuple[str, str]:
    """What would have made a better photo."""
    quality = photo.get("quality") or {}
    flags = quality.get("flags") or []
    reason = "retake" if quality.get("verdict") == "retake" else "advice" if flags else ""
    return reason, " ".join(str(flag["says"]) for flag in flags)


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet takes for text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
