"""HTTP: figures for Prometheus."""

import hmac
import ipaddress
from typing import Final

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from service.dependencies import TheService
from service.errors import ProblemCode, ServiceError, problems
from service.observing.queue_figures import figures
from service.settings import Settings

router = APIRouter(tags=["health"])

_BEARER: Final = "bearer "
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers with which a proxy says that it speaks for somebody else."""
_WHO_MAY: Final = (
    "Ask from this machine itself, or set LIFTMARK_METRICS_TOKEN and send 'Authorization: Bearer' with that token."
)


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {}}, "description": "Prometheus' text format."},
        **problems(ProblemCode.UNAVAILABLE),
    },
)
def metrics(request: Request, service: TheService) -> Response:
    """Read this process's counters and the queue's state; for the operator alone.

    Open to clients on this machine, or, once `LIFTMARK_METRICS_TOKEN` is set, to whoever sends that token.
    A clinic's key does not open it: the figures are of all clinics.
    """
    if not _may_read(request, service.settings):
        raise ServiceError(ProblemCode.UNAUTHENTICATED, _WHO_MAY)
    return Response(figures(service.jobs), media_type=CONTENT_TYPE_LATEST)


def _may_read(request: Request, settings: Settings) -> bool:
    """Where a token is set, being on this machine is not enough: a proxy on it looks the same."""
    if settings.metrics_token is not None:
        return hmac.compare_digest(_token(request), settings.metrics_token.get_secret_value().encode())
    return _is_of_this_machine(request)


def _token(request: Request) -> bytes:
    header = request.headers.get("authorization", "")
    return header[len(_BEARER) :].strip().encode() if header.lower().startswith(_BEARER) else b""


def _is_of_this_machine(request: Request) -> bool:
    """Whether the client is on this machine and speaks for itself."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
