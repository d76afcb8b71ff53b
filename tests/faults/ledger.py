"""What a client asked for and what it was answered: lines of JSON, each on disk before the client goes on."""

import hashlib
import json
import os
import threading
import time
from pathlib import Path


class Ledger:
    """An append-only file.

    ``asked`` is written before a request leaves and ``acknowledged`` when its answer has come, so that a request
    without an answer is known: what it asked for may be there, once, or not. ``failed`` is an answer that no client
    should get.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.touch()
        self._lock = threading.Lock()

    def asked(self, what: str, **about: str) -> None:
        """A request leaves."""
        self._write("asked", what, about)

    def acknowledged(self, what: str, **about: str) -> None:
        """Its answer says that it is done."""
        self._write("acknowledged", what, about)

    def failed(self, what: str, **about: str) -> None:
        """Its answer is an error that is not the client's."""
        self._write("failed", what, about)

    def count(self) -> int:
        """How much was acknowledged."""
        return self.path.read_text().count('"event": "acknowledged"')

    def _write(self, event: str, what: str, about: dict[str, str]) -> None:
        line = json.dumps({"event": event, "what": what, **about, "at": time.time()})
        with self._lock, self.path.open("a") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())


def sha256(content: bytes) -> str:
    """In lower-case hex."""
    return hashlib.sha256(content).hexdigest()
