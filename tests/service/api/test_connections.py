"""Connections that are held, trickled on or not read: they end, and those of others go on."""

import contextlib
import resource
import socket
import threading
import time

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response

from service.connections import Patience
from service.serving import _connections_there_is_room_for, serving

GET = b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE_BYTES = 32_000_000  # more than the kernel's buffers of both ends take


@pytest.fixture
def serve():
    """Serve an app of a small, a large and a slow answer, with the patience asked for; the port."""
    app = FastAPI()
    app.add_api_route("/small", lambda: "small")
    app.add_api_route("/large", lambda: Response(b"." * LARGE_BYTES))
    app.add_api_route("/slow", lambda: time.sleep(3.5) or "slow")
    with contextlib.ExitStack() as stack:

        def start(idle_s: float = 1.0, deadline_s: float = 60, connections: int = 1000) -> int:
            listener = stack.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            stack.enter_context(serving(app, listener, Patience(idle_s, deadline_s, connections)))
            return listener.getsockname()[1]

        yield start


@pytest.mark.parametrize(
    "limits,wanted,connections",
    [
        ((1024, 20_000), (2200, 20_000), 1000),
        ((1024, 1024), (1024, 1024), 412),
        ((64, 64), (64, 64), 1),
        ((1024, resource.RLIM_INFINITY), (2200, resource.RLIM_INFINITY), 1000),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), None, 1000),
    ],
)
def test_as_many_connections_are_let_in_as_there_are_files_for(monkeypatch, limits, wanted, connections):
    asked = []
    monkeypatch.setattr("service.serving.resource.getrlimit", lambda _: limits)
    monkeypatch.setattr("service.serving.resource.setrlimit", lambda _, both: asked.append(both))
    assert _connections_there_is_room_for() == connections
    assert asked == ([] if wanted is None else [wanted])


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def is_closed(connection: socket.socket) -> bool:
    """Whether the other end hangs up, having sent nothing; it may take the socket's patience."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def received(connection: socket.socket, pause_s: float = 0) -> int:
    """How many bytes come before the other end hangs up."""
    count = 0
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(65536):
            count += len(piece)
            time.sleep(pause_s)
    return count


def told(connection: socket.socket, wanted: bytes) -> bool:
    """Whether the bytes come; headers and body may come one after the other."""
    so_far = b""
    while wanted not in so_far and (piece := connection.recv(65536)):
        so_far += piece
    return wanted in so_far


def trickle(connection: socket.socket, content: bytes) -> bool:
    """Send a byte now and then; whether the other end hung up before all were sent."""
    with contextlib.suppress(ConnectionError):
        for byte in content:
            connection.sendall(bytes([byte]))
            time.sleep(0.1)
        return False
    return True


def is_served(port: int) -> bool:
    return httpx.get(f"http://127.0.0.1:{port}/small", timeout=20).json() == "small"


def test_a_connection_that_asks_for_nothing_is_closed(serve):
    with connect(serve()) as connection:
        assert is_closed(connection)


def test_headers_that_trickle_for_ever_are_cut_off_and_others_are_served_meanwhile(serve):
    port = serve()
    with connect(port) as connection:
        connection.sendall(b"GET /small HTTP/1.1\r\nHost: x\r\n")
        cut: list[bool] = []
        attack = threading.Thread(target=lambda: cut.append(trickle(connection, b"X-Header: and so on\r\n" * 30)))
        attack.start()
        while attack.is_alive():
            assert is_served(port)
            attack.join(0.2)
    assert cut == [True]


def test_the_headers_of_a_second_request_have_the_same_deadline(serve):
    with connect(serve()) as connection:
        connection.sendall(GET)
        assert told(connection, b"small")
        assert trickle(connection, GET * 20)


def test_a_body_that_goes_on_after_the_answer_is_cut_off(serve):
    with connect(serve()) as connection:
        connection.sendall(b"POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        assert told(connection, b"405")
        assert trickle(connection, b"." * 600)


def test_an_answer_that_nobody_reads_is_given_up(serve):
    port = serve()
    with connect(port) as connection:
        connection.sendall(GET.replace(b"small", b"large"))
        time.sleep(4)
        assert is_served(port)
        assert received(connection) < LARGE_BYTES


def test_an_answer_that_is_read_a_little_at_a_time_is_given_up_in_the_end(serve):
    with connect(serve(deadline_s=2)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        connection.sendall(GET.replace(b"small", b"large"))
        assert received(connection, pause_s=0.02) < LARGE_BYTES


def test_an_answer_that_is_read_comes_whole(serve):
    with connect(serve()) as connection:
        connection.sendall(GET.replace(b"small", b"large").replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert received(connection) > LARGE_BYTES


def test_a_client_that_waits_for_its_answer_is_never_cut_off(serve):
    port = serve(idle_s=0.5)
    assert httpx.get(f"http://127.0.0.1:{port}/slow", timeout=20).json() == "slow"


def test_where_connections_are_too_many_the_one_that_has_been_idle_longest_has_to_go(serve):
    port = serve(idle_s=60, connections=5)
    with contextlib.ExitStack() as stack:
        idle = []
        for _ in range(5):
            idle.append(stack.enter_context(connect(port)))
            time.sleep(0.05)
        assert is_served(port)
        assert is_closed(idle[0])
        idle[4].settimeout(0.2)
        with pytest.raises(TimeoutError):
            idle[4].recv(1)


def test_a_request_that_is_being_answered_does_not_have_to_go(serve):
    port = serve(idle_s=60, connections=5)
    with connect(port) as waiting, contextlib.ExitStack() as stack:
        waiting.sendall(GET.replace(b"small", b"slow"))
        time.sleep(0.2)
        for _ in range(20):
            stack.enter_context(connect(port))
        assert b"200 OK" in waiting.recv(65536)


def test_hundreds_of_idle_connections_leave_room_for_those_who_ask(serve):
    port = serve(idle_s=60)
    with contextlib.ExitStack() as stack:
        for _ in range(500):
            stack.enter_context(connect(port))
        assert all(is_served(port) for _ in range(20))
