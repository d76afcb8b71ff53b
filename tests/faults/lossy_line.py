"""A line between client and service on which requests are doubled and answers lost: a proxy of the tests' own."""

import contextlib
import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

_OF_THE_LINE: Final = {"connection", "transfer-encoding", "content-length", "keep-alive"}
_CHANGES: Final = {"POST", "PUT", "PATCH", "DELETE"}


class LossyLine(ThreadingHTTPServer):
    """Passes requests on to the service at ``port``.

    While ``loses`` is set, the first answer to each request that changes something is lost after the service gave it;
    while ``doubles`` is set, each such request arrives twice.
    """

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passage)
        self.behind = port
        self.loses = False
        self.doubles = False
        self.lost: set[tuple[str, str, bytes]] = set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Passage(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LossyLine

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        line, changes = self.server, self.command in _CHANGES
        if line.doubles and changes:
            self._asked(body)
        answer = self._asked(body)
        request = (self.command, self.path, self.headers.get("Idempotency-Key", "").encode() or body)
        if line.loses and changes and request not in line.lost:
            line.lost.add(request)
            self.close_connection = True
        else:
            self._answer(*answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815  http.server's names

    def _asked(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=60)
        with contextlib.closing(connection):
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _OF_THE_LINE}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _OF_THE_LINE:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def lossy_line(port: int) -> Iterator[LossyLine]:
    """One that is there while the block runs."""
    with LossyLine(port) as line:
        thread = threading.Thread(target=line.serve_forever, kwargs={"poll_interval": 0.05}, name="lossy line")
        thread.start()
        try:
            yield line
        finally:
            line.shutdown()
            thread.join()
