"""One analysis process, seen from the service."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Self

from service.sandbox import lockdown
from service.sandbox.child_loop import DONE, EXIT_OUT_OF_MEMORY, READY
from service.sandbox.errors import (
    BrokenMessageError,
    CrashKind,
    SandboxUnavailableError,
    WorkerCrashed,
)
from service.sandbox.messages import Message, packed, unpacked
from service.sandbox.pipes import DeadlineReader, write_all

_log = logging.getLogger(__name__)

_ROOT: Final = Path(lockdown.__file__).parents[2]
_START_SECONDS: Final = 60.0  # imports take 1-2 s, on a busy machine with cold disks many times that
_END_SECONDS: Final = 5.0
_LAST_WORDS: Final = 20
_PASSED_ON: Final = ("LD_LIBRARY_PATH", "LIFTMARK_FACE_MODEL", lockdown.ALLOW_UNSANDBOXED)
_ENVIRONMENT: Final = {
    "PYTHONPATH": str(_ROOT),
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",  # each further arena of glibc takes 64 MiB of address space
}
"""All that the process gets to know: none of the service's secrets."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one analysis may use.

    Parameters
    ----------
    memory_bytes : that it may set aside. About 100 MiB of them are never touched, and shared libraries come to them:
        the largest accepted photo makes it 512 MiB large, twelve photos together 570, a lying one 720.
    seconds : of CPU time, and of wall time.
    jobs : after so many the process is replaced, whatever it may have gathered.
    """

    memory_bytes: int = 704 * 2**20
    seconds: float = 30.0
    jobs: int = 200


class ChildProcess:
    """A running analysis process; does one job at a time."""

    def __init__(self, module: str, limits: Limits) -> None:
        self._limits = limits
        self._jobs_done = 0
        self._process = _spawn(module, limits)
        self._last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @classmethod
    def started(cls, module: str, limits: Limits) -> Self:
        """Start a process and wait until it is ready.

        Raises
        ------
        SandboxUnavailableError
            When it cannot be locked in, or lacks what it needs.
        """
        child = cls(module, limits)
        try:
            ready = child._answer(_START_SECONDS) == READY
        except WorkerCrashed:
            ready = False
        if not ready:
            child.close()
            raise SandboxUnavailableError(f"The analysis cannot start: {child.last_word}")
        return child

    @property
    def last_word(self) -> str:
        """The last line it wrote to stderr, which in Python names the exception."""
        return self._last_words[-1] if self._last_words else "it says nothing."

    @property
    def worn_out(self) -> bool:
        """Whether it has done its share of jobs."""
        return self._jobs_done >= self._limits.jobs

    def do(self, job: Message, seconds: float | None = None) -> tuple[bytes, ...]:
        """Have ``job`` done within ``seconds`` (the limit's when None) and return the answer's blobs.

        Raises
        ------
        WorkerCrashed
            When the process ended, ran out of time or did not keep to the protocol; it is gone then.
        """
        self._jobs_done += 1
        answer = self._answer(self._limits.seconds if seconds is None else seconds, job)
        if answer.name != DONE:
            raise self._crashed(CrashKind.ABORTED)
        return answer.blobs

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._listener.join(_END_SECONDS)
        for pipe in (self._stdin, self._stdout):
            pipe.close()

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None  # noqa: S101  it was asked for
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None  # noqa: S101  it was asked for
        return self._process.stdout

    def _answer(self, seconds: float, request: Message | None = None) -> Message:
        deadline = time.monotonic() + seconds
        try:
            for part in packed(request) if request else ():
                write_all(self._stdin, part, deadline)
            return unpacked(DeadlineReader(self._stdout, deadline).read_exactly)
        except TimeoutError:
            raise self._crashed(CrashKind.TIME) from None
        except BrokenMessageError:
            raise self._crashed(CrashKind.ABORTED) from None
        except (EOFError, BrokenPipeError):
            raise self._died() from None

    def _died(self) -> WorkerCrashed | SandboxUnavailableError:
        """Find out how a process ended that hung up."""
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return self._crashed(CrashKind.ABORTED)
        self._listener.join(_END_SECONDS)
        if code == lockdown.EXIT_UNAVAILABLE:
            self.close()
            return SandboxUnavailableError(self.last_word)
        return self._crashed(_kind(code, self._last_words))

    def _crashed(self, kind: CrashKind) -> WorkerCrashed:
        self.close()
        _log.warning("an analysis process was stopped (%s)", kind)
        _log.debug("its last words: %s", " | ".join(self._last_words))  # they may quote the photo's own texts
        return WorkerCrashed(kind)

    def _listen(self) -> None:
        """Keep the last lines of stderr; MediaPipe talks much while all is well."""
        assert self._process.stderr is not None  # noqa: S101  it was asked for
        with self._process.stderr as stderr:
            for line in stderr:
                self._last_words.append(line[:500].decode(errors="replace").rstrip())


def _spawn(module: str, limits: Limits) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", lockdown.__file__, module, str(limits.memory_bytes), str(limits.seconds)]
    return subprocess.Popen(  # noqa: S603  our own file
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(os.environ),
        cwd="/",
        start_new_session=True,  # a Ctrl-C on the terminal is the service's to answer
    )


def _environment(service: Mapping[str, str]) -> dict[str, str]:
    return _ENVIRONMENT | {name: service[name] for name in _PASSED_ON if name in service}


def _kind(code: int, last_words: deque[str]) -> CrashKind:
    out_of_memory = any("bad_alloc" in line or "Insufficient memory" in line for line in last_words)
    if code in {EXIT_OUT_OF_MEMORY, -signal.SIGKILL} or out_of_memory:  # SIGKILL: the kernel's out-of-memory killer
        return CrashKind.MEMORY
    return CrashKind.TIME if code == -signal.SIGXCPU else CrashKind.ABORTED
