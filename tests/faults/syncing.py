"""What a power cut would take: a kill -9 leaves the system's memory of files alone, and so shows nothing of it.

The order of the calls does: whatever was written and not synced when an answer leaves could be gone after it.
"""

from collections.abc import Iterable
from pathlib import Path, PurePath

from tests.faults.under_watch import CALLS
from tests.faults.watch import Call, Watch, bytes_at

ANSWER = "answer"
_SYNCS = {"fsync", "fdatasync"}
_NAMES_FILES = {name for name, (_, where) in CALLS.items() if not isinstance(where, int)}
_STATUS_LINE = len(b"HTTP/1.1 201")


class SyncWatch(Watch):
    """Keeps every call about files of a home, and each answer that leaves, in their order."""

    def about(self, process: int, thread: int, name: str, arguments: tuple[int, ...]) -> str:
        """Of an answer, ``answer`` and its status."""
        if name == "sendto" and (begin := bytes_at(thread, arguments[1], _STATUS_LINE)).startswith(b"HTTP/1.1 "):
            return f"{ANSWER} {begin[-3:].decode()}"
        return super().about(process, thread, name, arguments)

    def matters(self, call: Call) -> bool:
        return call.about.startswith(ANSWER) or super().matters(call)


def unsynced_at_answers(calls: Iterable[Call], home: Path) -> list[tuple[str, set[str]]]:
    """Each answer, with the files and folders of ``home`` that were changed and not synced when it left.

    Uploads in progress, SQLite's shared index and its main file are left out: nothing rests on the first two after a
    power cut, and the write-ahead log is kept until the main file is synced.
    """
    unsynced: set[str] = set()
    answers = []
    for call in calls:
        if call.about.startswith(ANSWER):
            answers.append((call.about.split()[1], set(unsynced)))
        elif call.name in _SYNCS:
            unsynced.discard(call.about)
        elif _must_last(call.about, home):
            unsynced.add(_changed(call))
    return answers


def _changed(call: Call) -> str:
    """A file's content, or the folder in which a name was given or taken."""
    return str(PurePath(call.about).parent) if call.name in _NAMES_FILES else call.about


def _must_last(about: str, home: Path) -> bool:
    return about.startswith((f"{home}/blobs", f"{home}/liftmark.db-wal"))
