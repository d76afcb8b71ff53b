"""A worker process whose analyst crashes at one photo, and which writes down whatever it begins.

Run as `python fearful_worker.py JOURNAL`, with the service's settings in the environment.
"""

import os
import sys
import threading
import time
from pathlib import Path

from models.quality import Flag, FlagCode, Refused
from service.documents import refused_document
from service.sandbox import CrashKind, MeasureOutcome, WorkerCrashed
from service.settings import Settings
from service.working import work

POISON = b"poison"


class FearfulAnalyst:
    """Finds no face, and crashes at the poison."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal

    def measure(self, upload, view, corrections=(), subject=None, *, checked=False):
        with self._journal.open("a") as journal:
            journal.write(f"{os.getpid()} {upload.decode()}\n")
        time.sleep(0.3)
        if upload == POISON:
            raise WorkerCrashed(CrashKind.MEMORY)
        return MeasureOutcome(refused_document(Refused(Flag.of(FlagCode.NO_FACE))), None)


if __name__ == "__main__":
    journal = Path(sys.argv[1])
    with work(Settings(workers=1), analyser=FearfulAnalyst(journal)):
        Path(f"{journal}-{os.getpid()}").touch()  # at work from here on
        threading.Event().wait()
