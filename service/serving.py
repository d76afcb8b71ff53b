"""Run the web application."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Final

import uvicorn
from fastapi import FastAPI

from models.errors import LiftmarkError
from service.app import create_app
from service.assembly import open_database
from service.settings import Settings
from service.tenancy.keys import create_first_key

_HEADERS_LIMIT_BYTES: Final = 64 * 1024
_KEEP_ALIVE_S: Final = 20
_SHUTDOWN_S: Final = 30


class NotServingError(LiftmarkError):
    """The service did not start; the log above says why."""


def first_key(settings: Settings) -> str | None:
    """The key of the default clinic when the service starts for the first time, else None."""
    with open_database(settings) as database, database.writing_across() as session:
        return create_first_key(session)


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until interrupted, then end the requests and jobs in hand."""
    _server(create_app(settings), host, port).run()


@contextmanager
def serving(app: FastAPI, listener: socket.socket) -> Iterator[str]:
    """Serve on ``listener`` from a thread while the block runs; the address."""
    host, port = listener.getsockname()
    server = _server(app, host, port)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="web")
    thread.start()
    try:
        _wait_until_started(server, thread)
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


def _wait_until_started(server: uvicorn.Server, thread: Thread) -> None:
    while not server.started:
        if not thread.is_alive():
            raise NotServingError(NotServingError.__doc__)
        time.sleep(0.01)


def _server(app: FastAPI, host: str, port: int) -> uvicorn.Server:
    """One process, whose jobs' analyses run in processes of their own.

    uvicorn's own access log would keep tokens; :mod:`service.observing.request_record` tells of requests instead.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,  # service.limiting.proxies decides whom to believe
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_SHUTDOWN_S,
            h11_max_incomplete_event_size=_HEADERS_LIMIT_BYTES,
        )
    )
