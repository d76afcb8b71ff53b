"""What the service does for itself now and then, in one of its processes at a time."""

import logging
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Final, Self

from service.blobs.local import remove_older
from service.blobs.vault import Vaults
from service.database import Database
from service.database.base import now
from service.database.chores import take_chore
from service.jobs import JobEngine
from service.observing.metrics import RECONCILE_FOUND, RECONCILE_REPAIRED, RECONCILED_AT
from service.reconciling import FindingKind, Reconciler, Report
from service.reconciling.orphans import SAFE_AGE, StoppedError

_log = logging.getLogger(__name__)

_LOOK_S: Final = 60.0
_REST_S: Final = 0.05
_RECONCILE: Final = "reconcile"


@dataclass(frozen=True, slots=True)
class Tidying:
    """Has rows and blobs compared and repaired, and tells what was found."""

    database: Database
    vaults: Vaults
    jobs: JobEngine
    incoming: Path

    def __call__(self, wait: Callable[[float], bool]) -> None:
        """Walk over everything, with a rest after each subject."""
        _remove_abandoned(self.incoming)
        report = Reconciler(self.database, self.vaults, self.jobs, wait, rest_s=_REST_S).reconcile(repair=True)
        _count(report)
        if report.found:
            _log.log(_level(report), "rows and blobs differ: %s; see `liftmark reconcile --json -`", _told(report))


def _told(report: Report) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in sorted(report.found.items()))


def _level(report: Report) -> int:
    """A lost photo is critical; all else is put right, now or the next time."""
    lost = report.found.keys() & {FindingKind.UPLOAD_MISSING, FindingKind.UPLOAD_UNREADABLE}
    return logging.CRITICAL if lost else logging.WARNING


class Housekeeper:
    """A thread that looks now and then whether the chore is due, and does it.

    Parameters
    ----------
    every_s : the chore is done so often, by one of all processes; 0: never.
    """

    def __init__(self, database: Database, chore: Callable[[Callable[[float], bool]], None], every_s: float) -> None:
        self._database = database
        self._chore = chore
        self._every_s = every_s
        self._stop = Event()
        self._thread = Thread(target=self._work, name="housekeeping")

    def __enter__(self) -> Self:
        if self._every_s:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._every_s:
            self._thread.join()

    def _work(self) -> None:
        """Processes that were started together do not look together."""
        while not self._stop.wait(min(_LOOK_S, self._every_s) * random.uniform(0.5, 1.5)):  # noqa: S311  no secret
            try:
                if take_chore(self._database, _RECONCILE, timedelta(seconds=self._every_s)):
                    self._chore(self._stop.wait)
            except StoppedError:
                return
            except Exception:  # noqa: BLE001  whatever fails here, it is tried again, and the service goes on
                _log.exception("the comparison of rows and blobs did not end; it is done anew when it is due again")


def _remove_abandoned(incoming: Path) -> None:
    """Uploads of killed processes, where the file system knows no files without a name."""
    with os.scandir(incoming) as entries:
        for entry in entries:
            remove_older(Path(entry.path), now() - SAFE_AGE)


def _count(report: Report) -> None:
    for kind in FindingKind:
        RECONCILE_FOUND.labels(kind).set(report.found[kind])
        RECONCILE_REPAIRED.labels(kind).inc(report.repaired[kind])
    RECONCILED_AT.set_to_current_time()
