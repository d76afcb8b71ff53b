"""A copy of a service on SQLite and a folder, made while it runs, from which it can be started again."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from models.errors import LiftmarkError
from service.blobs.local import UNFINISHED, sync_folder
from service.settings import Settings

_DATABASE: Final = "liftmark.db"
_BLOBS: Final = "blobs"
_COMPLETE_LATER: Final = ".unfinished"


class BackupError(LiftmarkError):
    """The copy cannot be made here, or not with this."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied; ``missing`` blobs were erased while the copy was made."""

    folder: Path
    blobs: int
    missing: int


def back_up(settings: Settings, folder: Path) -> Backup:
    """Copy database, then blobs, into the new or empty ``folder``.

    In this order each photo of the copied database has its blob: blobs are written before their rows. ``liftmark.db``
    gets its name last, so a folder that has it is complete. The master key is not copied: a copy that holds its own key
    is not encrypted.

    Raises
    ------
    BackupError
        Where database or blobs are not on this machine, or ``folder`` has something in it.
    """
    database, blobs = _database_file(settings), _blobs_folder(settings)
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty. Each backup gets a folder of its own.")
    (folder / _BLOBS).mkdir(parents=True, mode=0o700)
    draft = folder / f"{_DATABASE}{_COMPLETE_LATER}"
    _copy_database(database, draft)
    copied = [_copy_blob(blobs / name, folder / _BLOBS / name) for name in _names(blobs)]
    draft.rename(folder / _DATABASE)
    sync_folder(folder)
    return Backup(folder, sum(copied), len(copied) - sum(copied))


def _database_file(settings: Settings) -> Path:
    url = make_url(settings.database_address)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BackupError("This command copies SQLite. Of PostgreSQL use pg_dump, then copy the blobs.")
    if not Path(url.database).exists():
        raise BackupError(f"There is no database at {url.database}. Is LIFTMARK_DATA the service's folder?")
    return Path(url.database)


def _blobs_folder(settings: Settings) -> Path:
    address = settings.blobs_address.removeprefix("file://")
    if "://" in address:
        raise BackupError(
            "This command copies a folder of blobs. Copy a bucket with its own tools, after the database."
        )
    return Path(address)


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own online backup: one moment of the database, while others read and write it."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as running,
        closing(sqlite3.connect(target)) as copy,
    ):
        running.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with no log beside it
    target.chmod(0o600)
    _sync(target)


def _names(blobs: Path) -> Iterator[Path]:
    for folder, _, files in os.walk(blobs):
        yield from (Path(folder, file).relative_to(blobs) for file in files if not file.startswith(UNFINISHED))


def _copy_blob(source: Path, target: Path) -> bool:
    """False for a blob that was erased in the meantime."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        shutil.copy2(source, target)
    except FileNotFoundError:
        return False
    _sync(target)
    return True


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
