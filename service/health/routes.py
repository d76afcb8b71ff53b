"""HTTP: health."""

from typing import Any, Final, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from service.dependencies import TheService
from service.health.checks import Readiness, readiness

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


@router.get("/healthz")
def healthz() -> Alive:
    """Say that the process is alive."""
    return Alive()


_NOT_READY: Final[dict[int | str, dict[str, Any]]] = {
    503: {"model": Readiness, "description": "Something is missing; `checks` says what."}
}


@router.get("/readyz", responses=_NOT_READY)
def readyz(response: Response, service: TheService) -> Readiness:
    """Say whether photos can be taken and analysed: database and its tables, blobs, workers, queue, face model."""
    found = readiness(service)
    response.status_code = 200 if found.status == "ready" else 503
    return found
