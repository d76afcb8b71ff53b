"""What one line of a table, or one file's name, says of a photo, before the days are put in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from models.anatomy import View
from models.course import Phase
from service.archive.dates import Taken, in_name, written
from service.archive.note_words import names_something
from service.archive.records import NO_SHEET, Reason, Refusal, Sheet
from service.archive.tables import Row
from service.archive.words import Words, phase_called, view_called, words_of

_MOST_SESSIONS: Final = 1000  # as the API takes them


@dataclass(frozen=True, slots=True)
class Draft:
    """A photo as far as it is known.

    Parameters
    ----------
    after : that it is called ``after``, which alone does not say after what.
    unknown : words of its name that say nothing here.
    """

    file: str
    subject: str
    taken: Taken | None
    phase: Phase | None
    number: int | None
    view: View | None
    after: bool = False
    unknown: tuple[str, ...] = ()
    notes: str = ""
    sheet: Sheet = NO_SHEET
    row: Row | None = None

    def refused(self, reason: Reason, says: str) -> Refusal:
        """Why it cannot be used."""
        if self.row is None:
            return Refusal(self.file, reason, says)
        return replace(self.row.refused(reason, says), file=self.file)


def draft_of_name(file: str, subject: str, words_begin: int = 0) -> Draft | Refusal:
    """What a file's own name and those of the folders it lies in say; its own name counts before theirs.

    Parameters
    ----------
    words_begin : how many folders' names are no words about the visit.
    """
    path = PurePosixPath(file)
    days: list[Taken] = []
    said: list[Words] = []
    for name in (path.stem, *reversed(path.parts[words_begin:-1])):
        taken, rest = in_name(name)
        days += [] if taken is None else [taken]
        said.append(words_of(rest))
    if len({taken.day for taken in days}) > 1:
        return Refusal(file, Reason.DATES_DISAGREE, "The file's name and its folder's name two different days.")
    rest = " ".join(said[0].unknown)
    is_note = names_something(rest)
    return Draft(
        file,
        subject,
        _most_exact(days),
        next((words.phase for words in said if words.phase), None),
        next((words.number for words in said if words.number is not None), None),
        next((words.view for words in said if words.view), None),
        any(words.after for words in said),
        () if is_note else said[0].unknown,
        rest if is_note else "",
    )


def draft_of_row(row: Row, file: str, subject: str) -> Draft | Refusal:
    """What a line of a table says."""
    when = row["taken_at"] or (row["time"] if any(mark in row["time"] for mark in "-./") else "")
    clock = "" if when is row["time"] else row["time"]
    taken = written(when, clock) if when else None
    if when and taken is None:
        says = f"The date {_quoted(when, clock)} cannot be read: write it as 2026-01-12T09:30 or 12.01.2026 09:30."
        return row.refused(Reason.DATE_UNREADABLE, says)
    phase, view, number = phase_called(row["phase"]), view_called(row["view"]), _number(row["treatment_number"])
    if row["phase"] and phase is None:
        return row.refused(Reason.PHASE_UNKNOWN, f"The phase {_quoted(row['phase'])} is not one of {_choices(Phase)}.")
    if row["view"] and view is None:
        return row.refused(Reason.VIEW_UNKNOWN, f"The view {_quoted(row['view'])} is not one of {_choices(View)}.")
    if row["treatment_number"] and number is None:
        says = f"The treatment number {_quoted(row['treatment_number'])} is no whole number from 0 to {_MOST_SESSIONS}."
        return row.refused(Reason.NUMBER_UNREADABLE, says)
    sheet = Sheet(row["course"], row["room"], row["camera"], row["operator"])
    said = Draft(file, subject, taken, phase, number, view, notes=_notes(row), sheet=sheet, row=row)
    return _completed(said, draft_of_name(file, subject))


def _notes(row: Row) -> str:
    """The note, and what a column of its own calls a confounder: words are looked for in both."""
    return "; ".join(filter(None, (row["note"], row["confounder"].replace("_", " "))))


def _completed(said: Draft, name: Draft | Refusal) -> Draft:
    """What the table leaves open, as the file's name has it."""
    if isinstance(name, Refusal):
        return said
    taken, phase = said.taken or name.taken, said.phase or name.phase
    view = said.view or name.view
    after = name.after and phase is None
    number = name.number if said.number is None else said.number
    return replace(said, taken=taken, phase=phase, view=view, after=after, number=number)


def _most_exact(days: Sequence[Taken]) -> Taken | None:
    return next((taken for taken in days if taken.clock), days[0] if days else None)


def _number(text: str) -> int | None:
    plain = text.removesuffix(".0")  # as a spreadsheet writes a whole number
    whole = plain.isascii() and plain.isdigit() and len(plain) <= len(str(_MOST_SESSIONS))
    return int(plain) if whole and int(plain) <= _MOST_SESSIONS else None


def _quoted(*texts: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{' '.join(filter(None, texts))[:60]}\N{RIGHT DOUBLE QUOTATION MARK}"


def _choices(words: type[Phase] | type[View]) -> str:
    return ", ".join(words)
