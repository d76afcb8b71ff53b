"""An S3 server that fails as told: a proxy of the tests' own in front of an honest one."""

import contextlib
import http.client
import socket
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

FAULTS: Final = ("silent", "reset", "error 500", "error 503", "forgetful", "half kept", "cut short", "altered", "slow")
HOP_BY_HOP: Final = {"connection", "transfer-encoding", "content-length", "keep-alive"}
SLOW_S: Final = 0.3


class UnreliableStore(ThreadingHTTPServer):
    """Passes requests on to ``endpoint``; ``fault`` is one of FAULTS, or None while it is honest.

    ``methods`` are those that meet the fault.
    """

    daemon_threads = True

    def __init__(self, endpoint: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passage)
        self.behind = urlsplit(endpoint).netloc
        self.fault: str | None = None
        self.methods = {"GET", "PUT", "HEAD", "POST", "DELETE"}
        self.asked: list[str] = []
        self.let_go = threading.Event()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fail(self, fault: str | None, *methods: str) -> None:
        """Fail so from now on, at ``methods`` or at all of them."""
        self.methods = set(methods) or {"GET", "PUT", "HEAD", "POST", "DELETE"}
        self.fault = fault

    def handle_error(self, request, client_address) -> None:
        """Whoever hangs up has had enough of it."""


class _Passage(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: UnreliableStore

    def _pass_on(self) -> None:
        store = self.server
        store.asked.append(self.command)
        fault = store.fault if self.command in store.methods else None
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if fault == "silent":
            store.let_go.wait()
            self.close_connection = True
        elif fault == "reset":
            self._reset(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nha")
        elif fault in {"error 500", "error 503"}:
            self._answer(int(fault[-3:]), [], b"<Error><Code>InternalError</Code></Error>")
        elif fault == "forgetful" and self.command == "PUT":
            self._answer(200, [("ETag", '"00000000000000000000000000000000"')], b"")
        else:
            kept = body[: len(body) // 2] if fault == "half kept" else body
            self._answer(*_changed(fault, *self._asked_behind(kept)))

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _pass_on  # noqa: N815  http.server's names

    def _asked_behind(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.server.behind, timeout=30)
        with contextlib.closing(connection):
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            connection.request(self.command, self.path, body, headers | {"Content-Length": str(len(body))})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, promised: int | None = None) -> None:
        self.send_response_only(status)
        length = None if body else dict(headers).get("Content-Length")
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", length or str(len(body) if promised is None else promised))
        self.end_headers()
        self.wfile.write(body)
        if promised is not None:
            self._reset(b"")

    def _reset(self, last: bytes) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(last)
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _changed(fault: str | None, status: int, headers: list[tuple[str, str]], body: bytes):
    """The honest answer as ``fault`` has it."""
    if fault == "slow":
        time.sleep(SLOW_S)
    if not body or fault not in {"cut short", "altered"}:
        return status, headers, body
    if fault == "cut short":
        return status, headers, body[: len(body) // 2], len(body)
    return status, headers, body[:-1] + bytes([body[-1] ^ 1])


@contextlib.contextmanager
def unreliable_store(endpoint: str) -> Iterator[UnreliableStore]:
    """One that is at work while the block runs."""
    with UnreliableStore(endpoint) as store:
        thread = threading.Thread(target=store.serve_forever, kwargs={"poll_interval": 0.05}, name="unreliable")
        thread.start()
        try:
            yield store
        finally:
            store.let_go.set()
            store.shutdown()
            thread.join()
