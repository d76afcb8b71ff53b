"""Run the web application."""

import gc
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Final

import uvicorn
from fastapi import FastAPI

from models.errors import LiftmarkError
from service.app import create_app
from service.assembly import key_ring, open_database
from service.connections import Patience, connections_with
from service.master_keys.secrets import open_secrets
from service.people.welcome import WelcomeDesk, welcome_code
from service.settings import Settings
from service.tenancy.keys import create_first_key

_HEADERS_LIMIT_BYTES: Final = 64 * 1024
_KEEP_ALIVE_S: Final = 20
_SHUTDOWN_S: Final = 30
_MOST_CONNECTIONS: Final = 1000
_FILES_A_CONNECTION: Final = 2  # its socket, and an upload that is coming in
_OTHER_FILES: Final = 200  # database, analysis processes, blobs
_OBJECTS_BETWEEN_SEARCHES: Final = 10_000  # Python's own choice is 700
_PATIENCE: Final = Patience(idle_s=30, deadline_s=300, connections=_MOST_CONNECTIONS)


class NotServingError(LiftmarkError):
    """The service did not start; the log above says why."""


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What is told when the service starts: a key when there was none, a way in while there is nobody.

    Parameters
    ----------
    key : of the default clinic; shown this once.
    welcome : the path of the page on which the first owner is made.
    """

    key: str | None
    welcome: str | None


def first_start(settings: Settings) -> FirstStart:
    """Make what a new service begins with, and see what is still to be made."""
    ring = key_ring(settings)
    with open_database(settings, ring) as database:
        desk = WelcomeDesk(database, welcome_code(open_secrets(database, ring).links))
        with database.writing_across() as session:
            key = create_first_key(session)
        return FirstStart(key, desk.path())


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until interrupted, then end the requests and jobs in hand."""
    patience = Patience(settings.receive_idle_s, settings.receive_deadline_s, _connections_there_is_room_for())
    app = create_app(settings)
    collect_garbage_rarely()
    _server(app, host, port, patience).run()


def collect_garbage_rarely() -> None:
    """Leave what is loaded out of every later search for garbage, and search less often.

    A search through all that a service has loaded takes tens of milliseconds, and a page that makes many objects set
    off several: of the 470 ms of the cohort's page more than half (`liftmark bench pages`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES, 10, 10)


def _connections_there_is_room_for() -> int:
    """As many as the system lets this process have files for, and not more than are of use."""
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OTHER_FILES + _FILES_A_CONNECTION * _MOST_CONNECTIONS
    if 0 <= files < wanted:  # infinity is -1
        files = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    room = _MOST_CONNECTIONS if files < 0 else (files - _OTHER_FILES) // _FILES_A_CONNECTION
    return max(1, min(_MOST_CONNECTIONS, room))


@contextmanager
def serving(app: FastAPI, listener: socket.socket, patience: Patience = _PATIENCE) -> Iterator[str]:
    """Serve on ``listener`` from a thread while the block runs; the address."""
    host, port = listener.getsockname()
    # Its connections take it over. asyncio sets it only on sockets that name their protocol, and without it each answer
    # waits 40 ms for the client's word that the headers came.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = _server(app, host, port, patience)
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


def _server(app: FastAPI, host: str, port: int, patience: Patience) -> uvicorn.Server:
    """One process, whose jobs' analyses run in processes of their own.

    uvicorn's own access log would keep tokens; :mod:`service.observing.request_record` tells of requests instead.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=connections_with(patience),
            ws="none",
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
