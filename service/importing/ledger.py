"""An append-only file beside the archive: what was sent, and the hashes of files that have not changed since.

Nothing depends on it: the service is asked what it has. It saves reading files again, and it is the clinic's own record
of the import. It names files and subjects, so its owner alone may read it.
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self


class Ledger:
    """Lines of JSON, one for each file and outcome; a line that a crash cut short is passed over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = {line["path"]: line for line in _lines(path) if "sha256" in line and "path" in line}
        self._lock = threading.Lock()
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        """Begin to write; OSError where the file cannot be written."""
        opened = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._file = os.fdopen(opened, "a", encoding="utf-8", errors="backslashreplace")
        if _ends_in_the_middle(self.path):
            self._file.write("\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def sha256(self, path: Path) -> str | None:
        """The hash of a file that has the size and the time of change that it had when it was read."""
        line = self._known.get(str(path))
        about = path.stat()
        known = line is not None and (line.get("size"), line.get("mtime_ns")) == (about.st_size, about.st_mtime_ns)
        return str(line["sha256"]) if line is not None and known else None

    def write(self, path: Path, sha256: str, told: Mapping[str, object]) -> None:
        """Add what became of a file. The line is with the system when this returns, and outlives the process."""
        about = path.stat()
        line = {"path": str(path), "size": about.st_size, "mtime_ns": about.st_mtime_ns, "sha256": sha256, **told}
        with self._lock:
            if self._file is not None:
                self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._file.flush()


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for text in file:
                line = _read(text)
                if isinstance(line, dict):
                    yield line
    except FileNotFoundError:
        return


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _ends_in_the_middle(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
