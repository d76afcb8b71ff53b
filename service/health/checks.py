"""What the service needs in order to work, each asked for the truth."""

import time
from collections.abc import Callable, Mapping
from threading import Thread
from typing import Final, Literal

from pydantic import BaseModel

from service.assembly import Service
from service.database.migrate import OtherShapeError, require_current
from service.jobs import JobEngine
from service.jobs.leases import LEASE_S
from service.sandbox import SandboxUnavailableError

_PATIENCE_S: Final = 10.0
"""Within this all checks answer, or count as failed; what does not answer is out of order for whoever waits."""
_ABANDONED_S: Final = 2 * LEASE_S
"""Living workers look every half second, and a dead one's job is due after one lease."""
_SECOND_LOOK_S: Final = 1.5


class Check(BaseModel):
    """One thing that is needed; ``says`` is what is wrong with it."""

    ok: bool
    says: str | None = None


class Readiness(BaseModel):
    """Whether the service can take and analyse photos now."""

    status: Literal["ready", "not_ready"]
    checks: dict[str, Check]


def readiness(service: Service, patience_s: float = _PATIENCE_S) -> Readiness:
    """Try everything at once."""
    checks = _all_tried(
        {
            "database": service.database.check,
            "migrations": lambda: require_current(service.database),
            "blobs": service.vaults.store.check,
            "worker": lambda: _require_runner(service),
            "queue": lambda: _require_somebody_at_work(service.jobs),
            "face_model": lambda: _require_face_model(service),
        },
        patience_s,
    )
    return Readiness(status="ready" if all(check.ok for check in checks.values()) else "not_ready", checks=checks)


def _all_tried(checks: Mapping[str, Callable[[], None]], patience_s: float) -> dict[str, Check]:
    """What each check found; a thread that hangs in one is left behind and holds nobody up."""
    found: dict[str, Check] = {}

    def try_one(name: str) -> None:
        found[name] = _tried(checks[name])

    threads = [Thread(target=try_one, args=(name,), name=f"ready-{name}", daemon=True) for name in checks]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + patience_s
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = Check(ok=False, says=f"It did not answer within {patience_s:g} s.")
    return {name: found.get(name, late) for name in checks}


def _tried(check: Callable[[], None]) -> Check:
    try:
        check()
    except Exception as error:  # noqa: BLE001  whatever is wrong is the answer; only its kind is for the public
        return Check(ok=False, says=str(error) if isinstance(error, _Telling) else type(error).__name__)
    return Check(ok=True)


class NoWorkerError(Exception):
    """The threads that do the jobs have ended. Start the service again."""


class NobodyAtWorkError(Exception):
    """Jobs are due and no worker takes them. Start `liftmark worker`, or serve with workers of its own."""


_Telling = (NoWorkerError, NobodyAtWorkError, OtherShapeError, SandboxUnavailableError)


def _require_runner(service: Service) -> None:
    if not service.runner.alive:
        raise NoWorkerError(NoWorkerError.__doc__)


def _require_somebody_at_work(jobs: JobEngine) -> None:
    """Look twice where it seems so: between two jobs a busy worker holds none, but the next one goes."""
    neglected = _neglected(jobs)
    if neglected is None:
        return
    time.sleep(_SECOND_LOOK_S)
    if _neglected(jobs) == neglected:
        raise NobodyAtWorkError(NobodyAtWorkError.__doc__)


def _neglected(jobs: JobEngine) -> str | None:
    """The job that has been due for long while nobody was at any job; None where all is well."""
    queues = jobs.queues()
    longest_s = max((queue.waiting_s or 0 for queue in queues), default=0)
    at_work = any(queue.leased for queue in queues)
    return None if at_work or longest_s < _ABANDONED_S else jobs.next_due()


def _require_face_model(service: Service) -> None:
    """The sandbox's processes refuse to start without the very model that the methods were proved with."""
    service.doorkeeper.check(b"")
