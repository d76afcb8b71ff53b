"""What the service needs in order to work, each asked for the truth."""

from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel

from service.assembly import Service
from service.sandbox import SandboxUnavailableError


class Check(BaseModel):
    """One thing that is needed; ``says`` is what is wrong with it."""

    ok: bool
    says: str | None = None


class Readiness(BaseModel):
    """Whether the service can take and analyse photos now."""

    status: Literal["ready", "not_ready"]
    checks: dict[str, Check]


def readiness(service: Service) -> Readiness:
    """Try everything."""
    checks = {
        "database": _tried(service.database.check),
        "blobs": _tried(service.vaults.store.check),
        "worker": _tried(lambda: _require_runner(service)),
        "face_model": _tried(lambda: _require_face_model(service)),
    }
    return Readiness(status="ready" if all(check.ok for check in checks.values()) else "not_ready", checks=checks)


def _tried(check: Callable[[], None]) -> Check:
    try:
        check()
    except Exception as error:  # noqa: BLE001  whatever is wrong is the answer; only its kind is for the public
        return Check(ok=False, says=str(error) if isinstance(error, _Telling) else type(error).__name__)
    return Check(ok=True)


class NoWorkerError(Exception):
    """The threads that do the jobs have ended. Start the service again."""


_Telling = (NoWorkerError, SandboxUnavailableError)


def _require_runner(service: Service) -> None:
    if not service.runner.alive:
        raise NoWorkerError(NoWorkerError.__doc__)


def _require_face_model(service: Service) -> None:
    """The sandbox's processes refuse to start without the very model that the methods were proved with."""
    service.doorkeeper.check(b"")
