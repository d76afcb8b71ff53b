"""The camera's date, read from a foreign file in the analysis process and nowhere else."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from service.archive.listing import read_bytes
from service.archive.records import CameraClock
from service.sandbox import AnalysisWorkers, WorkerCrashed


@contextmanager
def camera_clock() -> Iterator[CameraClock]:
    """Tells when the camera says that a photo was taken; the process is started for the first photo that needs it.

    A file that cannot be read, or that harms the process, says nothing.
    """
    with ExitStack() as started:
        clocks: list[AnalysisWorkers] = []

        def clock(path: Path) -> datetime | None:
            if not clocks:
                clocks.append(started.enter_context(AnalysisWorkers()))
            try:
                return clocks[0].capture_time(read_bytes(path))
            except (OSError, WorkerCrashed):
                return None

        yield clock
