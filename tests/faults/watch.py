"""Every durable call of a process, seen before it takes effect; the process may be killed at any one of them."""

import fcntl
import os
import select
import signal
import socket
import struct
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.faults.under_watch import CALLS, NUMBERS

_NAMES = {number: name for name, number in NUMBERS.items()}
_RECEIVE, _SEND = 0xC0502100, 0xC0182101  # SECCOMP_IOCTL_NOTIF_RECV and _SEND
_TOLD = struct.Struct("=QIIiIQ6Q")  # struct seccomp_notif
_ANSWER = struct.Struct("=QqiI")  # struct seccomp_notif_resp
_GO_ON = 1  # SECCOMP_USER_NOTIF_FLAG_CONTINUE
_LONGEST_PATH = 4096
_AT_WORKING_FOLDER = 0xFFFFFF9C  # AT_FDCWD, as 32 bits


@dataclass(frozen=True)
class Call:
    """A call that a process is about to make, and the file or peer that it is about."""

    name: str
    about: str


class Watch:
    """Stands over the processes that are started ``under`` it, one after the other.

    ``calls`` are those that mattered since :meth:`kill_at`, ``killed`` those of them that a process was killed at,
    before they had any effect.

    Parameters
    ----------
    folder : calls about files in it matter.
    """

    def __init__(self, folder: Path, socket_path: Path) -> None:
        self.calls: list[Call] = []
        self.killed: list[Call] = []
        self._folder = f"{folder}/"
        self._path = socket_path
        self._counts: list[int] = []
        self._lock = threading.Lock()
        self._door = socket.socket(socket.AF_UNIX)
        self._end, self._ended = os.pipe()
        self._thread = threading.Thread(target=self._stand_over_each, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._door.bind(str(self._path))
        self._door.listen()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """The processes must have ended before."""
        os.close(self._ended)
        self._thread.join()
        os.close(self._end)
        self._door.close()

    @property
    def under(self) -> tuple[str, ...]:
        """The command to put before another one."""
        return sys.executable, str(Path(__file__).with_name("under_watch.py")), str(self._path)

    def kill_at(self, *counts: int) -> None:
        """Kill at the so-many-th call from now on (1: the next), over all threads; and again so many calls later."""
        with self._lock:
            self.calls, self.killed, self._counts = [], [], list(counts)

    def matters(self, call: Call) -> bool:
        """Whether a call is counted."""
        return call.about.startswith(self._folder)

    def about(self, process: int, thread: int, name: str, arguments: tuple[int, ...]) -> str:
        """What a call is about: the path of a file, or what the kernel calls the descriptor."""
        where = CALLS[name][1]
        if isinstance(where, int):
            return str(_link(thread, f"fd/{arguments[where]}"))
        folder, path = where
        return str(_folder(thread, folder, arguments) / _text_at(thread, arguments[path]))

    def _stand_over_each(self) -> None:
        while _is_readable(self._door, self._end):
            connection, _ = self._door.accept()
            with connection:
                pid, (listener,), *_ = socket.recv_fds(connection, 32, 1)
            threading.Thread(target=self._stand_over, args=(int(pid), listener), name=f"watch-{int(pid)}").start()

    def _stand_over(self, pid: int, listener: int) -> None:
        """Until the process and all that came from it are gone."""
        try:
            self._answer_each(pid, listener)
        finally:
            os.close(listener)

    def _answer_each(self, pid: int, listener: int) -> None:
        """No call of a process that was killed goes on: its other threads may be waiting with theirs already."""
        killed = False
        while _is_readable(listener, self._end):
            buffer = bytearray(_TOLD.size)
            try:
                fcntl.ioctl(listener, _RECEIVE, buffer)
                told, thread, _, number, _, _, *arguments = _TOLD.unpack(buffer)
                if killed and Path(f"/proc/{pid}/task/{thread}").exists():
                    continue
                if self._is_deadly(pid, thread, _NAMES[number], tuple(arguments)):
                    killed = True
                else:
                    fcntl.ioctl(listener, _SEND, bytearray(_ANSWER.pack(told, 0, 0, _GO_ON)))
            except FileNotFoundError:  # the caller was gone before it could be asked or answered
                continue

    def _is_deadly(self, pid: int, thread: int, name: str, arguments: tuple[int, ...]) -> bool:
        try:
            call = Call(name, self.about(pid, thread, name, arguments))
        except OSError:  # a descriptor that is not open, or a caller that is gone: nothing comes of the call
            return False
        if not self.matters(call) or not self._is_due(call):
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    def _is_due(self, call: Call) -> bool:
        with self._lock:
            self.calls.append(call)
            if not self._counts:
                return False
            self._counts[0] -= 1
            if self._counts[0] > 0:
                return False
            self._counts.pop(0)
            self.killed.append(call)
            return True


def _is_readable(first: object, end: int) -> bool:
    """Wait until there is something to read or, at ``end`` or in ``first``, nothing more to come."""
    poll = select.poll()
    for one in (first, end):
        poll.register(one, select.POLLIN)
    happened = dict(poll.poll())
    return end not in happened and not any(what & select.POLLHUP for what in happened.values())


def _folder(thread: int, place: int | None, arguments: tuple[int, ...]) -> Path:
    if place is None or arguments[place] & 0xFFFFFFFF == _AT_WORKING_FOLDER:
        return _link(thread, "cwd")
    return _link(thread, f"fd/{arguments[place]}")


def _link(thread: int, name: str) -> Path:
    return Path(f"/proc/{thread}/{name}").readlink()


def _text_at(thread: int, address: int) -> str:
    return os.fsdecode(bytes_at(thread, address, _LONGEST_PATH).split(b"\0", 1)[0])


def bytes_at(thread: int, address: int, size: int) -> bytes:
    """What a process has in its memory, or as much of it as there is."""
    with Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(size)
