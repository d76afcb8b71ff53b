"""Blobs in a folder.

Written here and not through the object-store library because that one returns before the bytes are on the disk.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from service.blobs.store import (
    FULL,
    BlobMissingError,
    BlobsFullError,
    BlobsUnavailableError,
    StoredBlob,
    require_name,
)

UNFINISHED = ".unfinished-"
"""Begins the name of a file that is still being written: it is no blob."""
_FOLDERS_KNOWN: Final = 10_000


class LocalFolder:
    """A folder of files, one per blob, readable by the service's user alone."""

    def __init__(self, root: str | Path) -> None:
        self._root = Path(root)
        self._lasting = {self._root} if self._root.is_dir() else set[Path]()
        self._make_folders(self._root)

    def put(self, name: str, content: bytes) -> None:
        """Write beside, sync, rename, sync the folder: a reader sees all of it or nothing of it."""
        path = self._path(name)
        with _disk_at_work():
            self._make_folders(path.parent)
            _put(path, content)

    def get(self, name: str) -> bytes:
        """Read the file."""
        try:
            with _disk_at_work():
                return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise BlobMissingError(name) from error

    def delete_under(self, prefix: str) -> None:
        """Remove the file or folder, and make the removal last."""
        path = self._path(prefix)
        with _disk_at_work(), suppress(FileNotFoundError):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            sync_folder(path.parent)

    def names_under(self, prefix: str) -> Iterator[str]:
        """Walk the folder; files still being written are not blobs."""
        blobs = (file for file in _files_under(self._path(prefix)) if not _is_unfinished(file))
        yield from (file.relative_to(self._root).as_posix() for file in blobs)

    def blobs_under(self, prefix: str) -> Iterator[StoredBlob]:
        """Walk the folder and ask for each file."""
        for name in self.names_under(prefix):
            with _disk_at_work(), suppress(FileNotFoundError):
                about = (self._root / name).stat()
                yield StoredBlob(name, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC))

    def folders_under(self, prefix: str) -> Iterator[str]:
        """Read one folder."""
        with _disk_at_work(), suppress(FileNotFoundError), os.scandir(self._path(prefix)) as entries:
            yield from (entry.name for entry in entries if entry.is_dir())

    def tidy(self, before: datetime) -> int:
        """Remove unfinished files, which a killed process cannot."""
        with _disk_at_work():
            return sum(remove_older(file, before) for file in _files_under(self._root) if _is_unfinished(file))

    def check(self) -> None:
        """Write a file and take it away again."""
        probe = self._root / _unfinished_name()
        with _disk_at_work():
            _write_synced(probe, b"ready?")
            probe.unlink()

    def _path(self, name: str) -> Path:
        return self._root / require_name(name)

    def _make_folders(self, folder: Path) -> None:
        """Make ``folder`` with its parents and sync each into the one above it.

        One that is there already is synced all the same, once: whoever made it may be before its sync, or was killed.
        """
        if folder.is_dir() and (folder in self._lasting or not folder.is_relative_to(self._root)):
            return
        self._make_folders(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)
        if len(self._lasting) >= _FOLDERS_KNOWN:
            self._lasting.clear()
        self._lasting.add(folder)


def remove_older(file: Path, before: datetime) -> bool:
    """Remove ``file`` if it was last written before ``before``; whether it was."""
    with suppress(FileNotFoundError):
        if file.stat().st_mtime < before.timestamp():
            file.unlink()
            return True
    return False


def _files_under(folder: Path) -> Iterator[Path]:
    return (Path(above, file) for above, _, files in os.walk(folder) for file in files)


def _is_unfinished(file: Path) -> bool:
    return file.name.startswith(UNFINISHED)


@contextmanager
def _disk_at_work() -> Iterator[None]:
    """A missing file is for the caller to judge; a full, broken or forbidden disk is the keeper's failure."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        failure = BlobsFullError if error.errno in FULL else BlobsUnavailableError
        raise failure(f"The blob folder does not work: {error}") from error


def _put(path: Path, content: bytes) -> None:
    unfinished = path.with_name(_unfinished_name())
    try:
        _write_synced(unfinished, content)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _unfinished_name() -> str:
    return f"{UNFINISHED}{secrets.token_hex(8)}"


def _write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Make what was named, renamed or removed in ``folder`` last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
