"""From a folder to dated entries: a table where there is one, else names, else the camera's date.

Of one subject, ``FOLDER/YYYY-MM-DD….jpg`` or ``FOLDER/YYYY-MM-DD[_phase]/….jpg``; of an archive, the same in a folder
for each subject, or one table for all of them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Final

from models.anatomy import View
from service.archive.confounding import in_notes, in_table, told
from service.archive.dates import by_camera
from service.archive.drafts import Draft, draft_of_name, draft_of_row
from service.archive.listing import (
    CONFOUNDERS_TABLE,
    Listing,
    confounders_table_in,
    folders_in,
    list_folder,
    readable,
    table_in,
)
from service.archive.ordering import DatedDraft, Guesses, in_order
from service.archive.records import Archive, ArchiveError, CameraClock, Entry, NamedConfounder, Reason, Refusal
from service.archive.tables import PHOTO_COLUMNS, Row, Table, read_table
from service.archive.telling import told_guesses, told_unknown_columns, told_unknown_words

_NO_DATE: Final = "No table, name or camera says when it was taken: begin its name with the day, as in 2026-01-12.jpg."
_CLOSED: Final = (Reason.FILE_UNREADABLE, "This folder may not be read.")
_NO_SUBJECT: Final = "Nothing says whose photo this is: put it into a folder named after the subject."


def read_subject(
    folder: Path, clock: CameraClock, subject: str = "", step: Callable[[], None] = lambda: None
) -> Archive:
    """A folder with the photos of one subject.

    Parameters
    ----------
    clock : asked for the photos of which neither a table nor a name says the day.
    subject : of a table with several subjects, the one that is meant.
    step : called after each photo.

    Raises
    ------
    ArchiveError
        Where there is no photo, or the photos are of several subjects and nobody said which.
    """
    reading = _Reading(folder, clock, step)
    drafts = list(reading.drafts(folder))
    several = {draft.subject for draft in drafts} - {""}
    if len(several) > 1 and not subject:
        raise ArchiveError(f"{folder} holds photos of {len(several)} subjects: say with --subject which one is meant.")
    if several and subject and subject not in several:
        raise ArchiveError(f"There is no photo of the subject {subject} in {folder}.")
    name = subject or next(iter(several), "")
    reading.order(replace(draft, subject=name) for draft in drafts if draft.subject in {"", name})
    reading.read_confounders(folder, "", name)
    return reading.archive({"", name})


def read_archive(
    folder: Path,
    clock: CameraClock,
    subject: str = "",
    step: Callable[[], None] = lambda: None,
    view: View = View.FRONTAL,
) -> Archive:
    """A folder with the photos of many subjects.

    Parameters
    ----------
    clock, step : as of :func:`read_subject`.
    subject : of whom all photos are that neither a table nor a folder says the subject of.
    view : of photos of which nobody says it.

    Raises
    ------
    ArchiveError
        Where there is no photo.
    """
    reading = _Reading(folder, clock, step, view)
    drafts = list(_drafts_of_archive(reading, subject))
    reading.refusals += [one.refused(Reason.SUBJECT_MISSING, _NO_SUBJECT) for one in drafts if not one.subject]
    reading.order(draft for draft in drafts if draft.subject)
    reading.read_confounders(folder, "", subject)
    reading.confounders, unclear = _of_known_subjects(reading)
    reading.refusals += unclear
    return reading.archive()


def _of_known_subjects(reading: "_Reading") -> tuple[list[NamedConfounder], list[Refusal]]:
    """The confounders of subjects that have a photo, and why the others cannot be used."""
    known = {entry.subject for entry in reading.entries}
    others = [one for one in reading.confounders if one.subject not in known]
    refusals = [
        Refusal("", Reason.SUBJECT_MISSING, _no_photo_of(one.subject), one.line, one.table or CONFOUNDERS_TABLE)
        for one in others
    ]
    return [one for one in reading.confounders if one.subject in known], refusals


def _no_photo_of(subject: str) -> str:
    return f"There is no photo of the subject {subject}." if subject else "The line names no subject."


def _drafts_of_archive(reading: "_Reading", subject: str) -> Iterator[Draft]:
    folder = reading.folder
    if subject or table_in(folder) is not None:
        yield from (_of_its_folder(draft, subject) for draft in reading.drafts(folder))
        return
    for inside in folders_in(folder):
        subject = readable(inside.name)
        yield from reading.drafts(inside, f"{subject}/", subject)
        reading.read_confounders(inside, f"{subject}/", subject)
    yield from reading.drafts_of_names(reading.known(list_folder(folder, deep=False), ""), "", "")


def _of_its_folder(draft: Draft, subject: str) -> Draft:
    """Of a table without subjects, the subject is the folder that the photo lies in."""
    outermost, *inner = PurePosixPath(draft.file).parts
    return draft if draft.subject else replace(draft, subject=subject or (outermost if inner else ""))


@dataclass(slots=True)
class _Reading:
    """What has been read of a folder so far. Names of files are relative to it."""

    folder: Path
    clock: CameraClock
    step: Callable[[], None]
    view: View = View.FRONTAL
    paths: dict[str, Path] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    confounders: list[NamedConfounder] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    unknown_words: list[str] = field(default_factory=list)
    guesses: Guesses = field(default_factory=Guesses)

    def drafts(self, inside: Path, prefix: str = "", subject: str = "") -> Iterator[Draft]:
        """What a table or the names in one folder say; refusals are kept on the way."""
        listing, path = self.known(list_folder(inside), prefix), table_in(inside)
        table = None if path is None else read_table(path, f"{prefix}{path.name}", PHOTO_COLUMNS)
        if table is None:
            yield from self.drafts_of_names(listing, prefix, subject)
        elif isinstance(table, Refusal):
            self.refusals.append(table)
        else:
            yield from self._drafts_of_rows(table, listing, prefix, subject)

    def known(self, listing: Listing, prefix: str) -> Listing:
        """The listing, its photos known by their paths, and its links and other files told of."""
        self.paths |= {f"{prefix}{name}": path for name, path in listing.photos.items()}
        told = ((listing.others, Reason.OTHER_FILE, "This is no photo."), (listing.closed, *_CLOSED))
        for names, reason, says in told:
            self.refusals += [Refusal(f"{prefix}{name}", reason, says) for name in sorted(names)]
        return listing

    def drafts_of_names(self, listing: Listing, prefix: str, subject: str) -> Iterator[Draft]:
        """What the names of the photos say."""
        self.refusals += [Refusal(f"{prefix}{name}", Reason.LINK, listing.LINK_SAYS) for name in sorted(listing.links)]
        for name in listing.photos:
            draft = self._kept(draft_of_name(f"{prefix}{name}", subject, prefix.count("/")))
            if draft is not None:
                self.unknown_words += draft.unknown
                yield draft

    def order(self, drafts: Iterable[Draft]) -> None:
        """Put each subject's photos in the order of their days."""
        dated = [one for draft in drafts if (one := self._dated(draft)) is not None]
        by_subject = sorted(dated, key=lambda one: one.draft.subject)
        for _, photos in groupby(by_subject, key=lambda one: one.draft.subject):
            entries, refusals, guesses = in_order(photos, self.paths, self.view)
            self.entries += entries
            self.refusals += refusals
            self.guesses += guesses

    def read_confounders(self, inside: Path, prefix: str, subject: str) -> None:
        """Read the table of confounders in one folder, where there is one."""
        path = confounders_table_in(inside)
        for one in () if path is None else in_table(path, f"{prefix}{path.name}", subject):
            if isinstance(one, Refusal):
                self.refusals.append(one)
            else:
                self.confounders.append(one)

    def archive(self, subjects: set[str] | None = None) -> Archive:
        """All of it; of the confounders, those of ``subjects`` where some are named."""
        if not self.entries and not any(refusal.counts for refusal in self.refusals):
            raise ArchiveError(f"There is no photo in {self.folder}: JPEG, PNG, WebP, TIFF and HEIC are read.")
        written = [one for one in self.confounders if subjects is None or one.subject in subjects]
        from_notes = in_notes(self.entries, written)
        several = len({entry.subject for entry in self.entries}) > 1
        sentences = (*self.told, *told_guesses(self.guesses), *told_unknown_words(self.unknown_words))
        return Archive(
            self.folder,
            tuple(self.entries),
            (*written, *from_notes),
            tuple(self.refusals),
            (*sentences, *(told(one, of_several=several) for one in from_notes)),
        )

    def _drafts_of_rows(self, table: Table, listing: Listing, prefix: str, subject: str) -> Iterator[Draft]:
        self.told += told_unknown_columns(table.name, table.unknown)
        listed: dict[str, int] = {}
        for row in table.rows:
            draft = self._kept(_draft_of_row(row, listing, listed, prefix, subject))
            if draft is not None:
                yield draft
        says = f"{table.name} does not name it."
        self.refusals += [
            Refusal(f"{prefix}{name}", Reason.NOT_LISTED, says) for name in listing.photos if name not in listed
        ]

    def _kept(self, read: Draft | Refusal) -> Draft | None:
        if isinstance(read, Refusal):
            self.refusals.append(read)
            return None
        return read

    def _dated(self, draft: Draft) -> DatedDraft | None:
        self.step()
        taken = draft.taken or by_camera(self.clock(self.paths[draft.file]))
        if taken is not None:
            return DatedDraft(draft, taken)
        self.refusals.append(draft.refused(Reason.DATE_MISSING, _NO_DATE))
        return None


def _draft_of_row(row: Row, listing: Listing, listed: dict[str, int], prefix: str, subject: str) -> Draft | Refusal:
    """What a line says of the photo that it names; ``listed`` are the photos named so far, with their lines."""
    if not row["file"]:
        return row.refused(Reason.FILE_NOT_NAMED, "The line names no file.")
    name = listing.found(row["file"])
    if isinstance(name, Refusal):
        return row.refused(name.reason, name.says)
    first = listed.setdefault(name, row.line)
    if first != row.line:
        return row.refused(Reason.DUPLICATE, f"Line {first} names this file already.")
    return draft_of_row(row, f"{prefix}{name}", row["subject"] or subject)
