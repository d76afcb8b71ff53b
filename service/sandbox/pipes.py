"""Reading from and writing to a process that may never answer."""

import os
import select
import time
from typing import IO

_CHUNK_BYTES = 2**20


class DeadlineReader:
    """Reads from ``pipe`` until ``deadline`` (of ``time.monotonic``)."""

    def __init__(self, pipe: IO[bytes], deadline: float) -> None:
        self._pipe = pipe
        self._deadline = deadline

    def read_exactly(self, size: int) -> bytes:
        """Read ``size`` bytes; raises EOFError when the other end is gone, TimeoutError at the deadline."""
        read = bytearray()
        while len(read) < size:
            _wait(self._pipe, select.POLLIN, self._deadline)
            chunk = os.read(self._pipe.fileno(), min(size - len(read), _CHUNK_BYTES))
            if not chunk:
                raise EOFError
            read += chunk
        return bytes(read)


def write_all(pipe: IO[bytes], content: bytes, deadline: float) -> None:
    """Write ``content``; raises BrokenPipeError when the other end is gone, TimeoutError at the deadline."""
    os.set_blocking(pipe.fileno(), False)
    left = memoryview(content)
    while left:
        _wait(pipe, select.POLLOUT, deadline)
        left = left[os.write(pipe.fileno(), left[:_CHUNK_BYTES]) :]


def _wait(pipe: IO[bytes], event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(pipe.fileno(), event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError
