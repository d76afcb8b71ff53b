"""Run a worker process: the service's jobs without its pages."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from models.errors import LiftmarkError
from service.analysing import Analyser
from service.app import create_telling_app
from service.assembly import Service, open_service
from service.serving import serving
from service.settings import Settings


class PortTakenError(LiftmarkError):
    """The worker cannot tell of itself where it was told to."""


@contextmanager
def work(
    settings: Settings, telling_at: tuple[str, int] | None = None, analyser: Analyser | None = None
) -> Iterator[Service]:
    """Be at the jobs while the block runs; the jobs in hand are ended after it.

    Parameters
    ----------
    telling_at : host and port on which to serve ``/metrics``, ``/healthz`` and ``/readyz``.
    analyser : in place of the sandbox, for tests.
    """
    with ExitStack() as stack:
        listener = None if telling_at is None else stack.enter_context(_listener(*telling_at))
        service = stack.enter_context(open_service(settings, analyser))
        if listener is not None:
            stack.enter_context(serving(create_telling_app(service), listener))
        yield service


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTakenError(f"{host}:{port} cannot be had for --metrics-port: {error.strerror}.") from error
    return listener
