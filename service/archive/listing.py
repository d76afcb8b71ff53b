"""The files of a folder, found without following a link out of it."""

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import ClassVar, Final

from service.archive.records import PHOTO_ENDINGS, Reason, Refusal

TABLES: Final = ("photos.csv", "visits.csv")
CONFOUNDERS_TABLE: Final = "confounders.csv"
OURS: Final = "liftmark-import"
"""How the files begin that an import writes beside the photos."""
_OF_THE_SYSTEM: Final = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})
_LARGEST_BYTES: Final = 200_000_000  # far above any photo that a service takes; keeps a film from filling memory


@dataclass(frozen=True)
class Listing:
    """What lies in a folder, by names with ``/`` inside it.

    Parameters
    ----------
    photos : photos by their names.
    others : files that are none, tables apart.
    closed : folders that may not be read.
    links : links, which are never followed.
    """

    LINK_SAYS: ClassVar[str] = "Links are not followed: put the photo itself into the folder."

    folder: Path
    photos: dict[str, Path]
    others: frozenset[str]
    closed: frozenset[str]
    links: frozenset[str]

    @cached_property
    def _by_folded_name(self) -> dict[str, str]:
        return {_folded(name): name for name in (*self.links, *self.others, *self.photos)}

    def found(self, named: str) -> str | Refusal:
        """The photo that a table calls ``named``: letters' case and the kind of slash make no difference."""
        if _leads_out(named):
            return Refusal(named, Reason.OUTSIDE, "The path leads out of the folder: name a file inside it.")
        wanted = _folded(str(PurePosixPath(named.replace("\\", "/"))))
        match = self._by_folded_name.get(wanted)
        if match in self.photos:
            return match
        return self._why_not(named, wanted, match)

    def _why_not(self, named: str, wanted: str, match: str | None) -> Refusal:
        if match in self.others:
            return Refusal(named, Reason.NOT_A_PHOTO, "This is no photo: JPEG, PNG, WebP, TIFF and HEIC are read.")
        if match is not None or any(wanted.startswith(f"{_folded(link)}/") for link in self.links):
            return Refusal(named, Reason.LINK, self.LINK_SAYS)
        return Refusal(named, Reason.FILE_MISSING, "There is no such file in the folder.")


def list_folder(folder: Path, *, deep: bool = True) -> Listing:
    """What lies in ``folder`` and, unless not ``deep``, in its folders; hidden and system files are passed over."""
    photos: dict[str, Path] = {}
    others: list[str] = []
    closed: list[str] = []
    links: list[str] = []
    for name, path, kind in _walk(folder, PurePosixPath(), deep=deep):
        if stat.S_ISDIR(kind):
            closed.append(name)
        elif stat.S_ISLNK(kind):
            links.append(name)
        elif stat.S_ISREG(kind) and path.suffix.lower() in PHOTO_ENDINGS:
            photos[name] = path
        elif not _is_a_table(path):
            others.append(name)
    return Listing(folder, photos, frozenset(others), frozenset(closed), frozenset(links))


def folders_in(folder: Path) -> list[Path]:
    """The folders right inside ``folder``, by name, without links and hidden ones."""
    inside = (entry for entry in _scanned(folder) if not _passed_over(entry.name))
    return [Path(entry.path) for entry in inside if entry.is_dir(follow_symlinks=False)]


def table_in(folder: Path) -> Path | None:
    """The table of photos in ``folder`` itself, where there is one."""
    by_name = _plain_files(folder)
    return next((by_name[name] for name in TABLES if name in by_name), None)


def confounders_table_in(folder: Path) -> Path | None:
    """The table of confounders in ``folder`` itself, where there is one."""
    return _plain_files(folder).get(CONFOUNDERS_TABLE)


def read_bytes(path: Path, most: int = _LARGEST_BYTES) -> bytes:
    """The file, which must be one, no link, and no larger than ``most``; OSError where it is not."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise OSError("it is no plain file")
        if about.st_size > most:
            raise OSError(f"it is larger than {most / 1e6:.0f} MB")
        return file.read()


def _walk(folder: Path, inside: PurePosixPath, *, deep: bool) -> Iterator[tuple[str, Path, int]]:
    """Every file and link as (name, path, mode)."""
    for entry in _scanned(folder):
        name = inside / readable(entry.name)
        if _passed_over(entry.name):
            continue
        kind = entry.stat(follow_symlinks=False).st_mode
        if not stat.S_ISDIR(kind) or not os.access(entry.path, os.R_OK | os.X_OK):
            yield str(name), Path(entry.path), kind
        elif deep:
            yield from _walk(Path(entry.path), name, deep=deep)


def readable(name: str) -> str:
    """A name as it can be told: what is no text in it, and what a terminal would obey, shows as a mark."""
    text = os.fsencode(name).decode("utf-8", errors="replace")
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _passed_over(name: str) -> bool:
    return name.startswith((".", OURS)) or name.lower() in _OF_THE_SYSTEM


def _scanned(folder: Path) -> list["os.DirEntry[str]"]:
    """What is right inside, by name; nothing where the folder may not be read."""
    try:
        with os.scandir(folder) as inside:
            return sorted(inside, key=lambda entry: entry.name)
    except PermissionError:
        return []


def _plain_files(folder: Path) -> dict[str, Path]:
    """Files right inside, by their names in lower case."""
    plain = (entry for entry in _scanned(folder) if entry.is_file(follow_symlinks=False))
    return {entry.name.lower(): Path(entry.path) for entry in plain}


def _is_a_table(path: Path) -> bool:
    return path.name.lower() in {*TABLES, CONFOUNDERS_TABLE}


def _leads_out(named: str) -> bool:
    windows = PureWindowsPath(named)
    return windows.is_absolute() or bool(windows.drive or windows.root) or ".." in windows.parts


def _folded(name: str) -> str:
    """Names as a Mac and a Windows disk would hold them alike."""
    return unicodedata.normalize("NFC", name).casefold()
