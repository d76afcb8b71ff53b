"""A watch over what a process says to its database and blob store, and what it hears from them."""

import ctypes
import os
import socket
from pathlib import Path

from tests.faults.home import Home
from tests.faults.under_watch import CALLS
from tests.faults.watch import Call, Watch

_PIDFD_GETFD = 438  # <asm-generic/unistd.h>


class PeerWatch(Watch):
    """Counts messages to and from servers. A process killed at a reading has sent its request and knows no answer.

    Parameters
    ----------
    servers : how the addresses of those that matter begin: a path, or host and port.
    """

    def __init__(self, socket_path: Path, *servers: str) -> None:
        super().__init__(Path("/nowhere"), socket_path)
        self._servers = servers

    def matters(self, call: Call) -> bool:
        return call.about.startswith(self._servers)

    def about(self, process: int, thread: int, name: str, arguments: tuple[int, ...]) -> str:
        """Of a connection, the peer's address."""
        if not isinstance(CALLS[name][1], int):
            return super().about(process, thread, name, arguments)
        file = super().about(process, thread, name, arguments)
        return _peer(process, arguments[0]) if file.startswith("socket:") else file


def watch_of_peers(home: Home) -> PeerWatch:
    """A watch over what is said to the servers that a home on PostgreSQL and S3 is on."""
    import psycopg

    with psycopg.connect(home.database) as connection:
        host, port = connection.info.host, connection.info.port
    database = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else f"{host}:{port}"
    return PeerWatch(Path(f"{home.folder}.watch"), database, home.environment["AWS_ENDPOINT"].removeprefix("http://"))


def _peer(process: int, descriptor: int) -> str:
    with _taken(process, descriptor) as connection:
        try:
            address = connection.getpeername()
        except OSError:  # it listens, or is not connected yet
            return "nobody"
    return address if isinstance(address, str) else f"{address[0]}:{address[1]}"


def _taken(process: int, descriptor: int) -> socket.socket:
    """Another process's socket."""
    handle = os.pidfd_open(process)
    try:
        taken = ctypes.CDLL(None, use_errno=True).syscall(_PIDFD_GETFD, handle, descriptor, 0)
    finally:
        os.close(handle)
    if taken < 0:
        raise FileNotFoundError(ctypes.get_errno(), "the process is gone")
    return socket.socket(fileno=taken)
