"""Run the web application."""

from contextlib import suppress
from typing import Final

import uvicorn
from fastapi import FastAPI

from service.app import create_app
from service.assembly import open_database
from service.settings import Settings
from service.tenancy.keys import create_first_key

_HEADERS_LIMIT_BYTES: Final = 64 * 1024
_KEEP_ALIVE_S: Final = 20
_SHUTDOWN_S: Final = 30


def first_key(settings: Settings) -> str | None:
    """The key of the default clinic when the service starts for the first time, else None."""
    with open_database(settings) as database, database.writing() as session:
        return create_first_key(session)


def server(app: FastAPI, host: str, port: int) -> uvicorn.Server:
    """A server for ``app``: one process, which ends its requests and jobs before it stops.

    There is no access log: it would keep links' tokens.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_SHUTDOWN_S,
            h11_max_incomplete_event_size=_HEADERS_LIMIT_BYTES,
        )
    )


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until interrupted."""
    with suppress(KeyboardInterrupt):
        server(create_app(settings), host, port).run()
