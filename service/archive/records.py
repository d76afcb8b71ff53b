"""What a folder of photos says: dated entries, confounders, and what of it cannot be used and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from models.anatomy import View
from models.confounder import Confounder
from models.course import Phase
from models.errors import LiftmarkError

CameraClock = Callable[[Path], datetime | None]
"""Tells when the camera says that a photo was taken; None where it does not say."""


class ArchiveError(LiftmarkError):
    """The folder as a whole cannot be read as asked; the message says what to do."""


class Reason(StrEnum):
    """The stable code of each reason that a line or a file cannot be used for."""

    DATE_MISSING = "date_missing"
    DATE_UNREADABLE = "date_unreadable"
    DATES_DISAGREE = "dates_disagree"
    PHASE_UNKNOWN = "phase_unknown"
    PHASE_AMBIGUOUS = "phase_ambiguous"
    NUMBER_UNREADABLE = "number_unreadable"
    VIEW_UNKNOWN = "view_unknown"
    SUBJECT_MISSING = "subject_missing"
    FILE_NOT_NAMED = "file_not_named"
    FILE_MISSING = "file_missing"
    FILE_UNREADABLE = "file_unreadable"
    OUTSIDE = "outside_the_folder"
    LINK = "link"
    DUPLICATE = "duplicate"
    NOT_A_PHOTO = "not_a_photo"
    NOT_LISTED = "not_listed"
    TABLE_UNREADABLE = "table_unreadable"
    CONFOUNDER_UNREADABLE = "confounder_unreadable"
    OTHER_FILE = "other_file"
    """Lies among the photos and is none, and nobody named it: reported, and no trouble."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line or a file that cannot be used.

    Parameters
    ----------
    file : as it is named; empty where a line names none.
    line : of the table, where one named the file.
    says : why, and what to do, in a sentence.
    """

    file: str
    reason: Reason
    says: str
    line: int | None = None
    table: str = ""

    @property
    def where(self) -> str:
        """The file, or the line that should have named one."""
        place = f"{self.table}, line {self.line}" if self.line is not None else self.table
        return f"{self.file} ({place})" if self.file and place else self.file or place

    @property
    def counts(self) -> bool:
        """Whether something was refused that somebody meant to be read."""
        return self.reason is not Reason.OTHER_FILE


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the clinic writes beside a photo: the kind of course, and where, with what and by whom it was taken."""

    course: str = ""
    room: str = ""
    camera: str = ""
    operator: str = ""


NO_SHEET: Final = Sheet()


@dataclass(frozen=True, slots=True)
class Entry:
    """A photo of one subject with its day.

    Parameters
    ----------
    file : its name inside the folder, with ``/``.
    path : where it lies.
    taken_at : as the clinic's clock showed it; with a zone only where one was written.
    timed : whether the time of day is known; where not it stands at noon.
    by_camera : whether the camera alone says when.
    """

    file: str
    path: Path
    subject: str
    taken_at: datetime
    phase: Phase
    treatment_number: int | None = None
    view: View = View.FRONTAL
    notes: str = ""
    timed: bool = True
    by_camera: bool = False
    sheet: Sheet = NO_SHEET


@dataclass(frozen=True, slots=True)
class NamedConfounder:
    """A confounder of one subject, and the line of the table that says so, where one does.

    ``subject`` is empty where the folder is one subject's.
    """

    subject: str
    confounder: Confounder
    line: int | None = None
    table: str = ""


@dataclass(frozen=True, slots=True)
class Archive:
    """All that was read from a folder.

    Parameters
    ----------
    entries : by subject, then in the order of their times.
    told : what was guessed or left aside, in sentences for the user.
    """

    folder: Path
    entries: tuple[Entry, ...] = ()
    confounders: tuple[NamedConfounder, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def subjects(self) -> tuple[str, ...]:
        """Those of whom there is a photo."""
        return tuple(dict.fromkeys(entry.subject for entry in self.entries))


PHOTO_ENDINGS: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".heic", ".heif"})
