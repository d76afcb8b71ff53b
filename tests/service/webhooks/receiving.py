"""A receiver of the tests' own, which verifies messages by the words of the Standard Webhooks specification alone."""

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def verified(secret: str, headers, body: bytes) -> dict:
    """The message, or AssertionError. Not a line of it is the service's."""
    kind, _, encoded = secret.partition("_")
    assert kind == "whsec"
    key = base64.b64decode(encoded, validate=True)
    assert 24 <= len(key) <= 64
    assert abs(time.time() - int(headers["webhook-timestamp"])) < 300
    content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert wanted in [part.removeprefix("v1,") for part in headers["webhook-signature"].split(" ")]
    return json.loads(body)


class Receiver:
    """Keeps what it is sent. ``answers`` are what it does next, each once: a status, or "hang", "trickle", "noise"."""

    def __init__(self, context=None) -> None:
        self.received: list[tuple[dict, bytes]] = []
        self.answers: list = []
        self.always: int | str = 204
        self.location = None
        self.free = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((dict(self.headers), body))
                receiver.answer(self)

            def do_GET(self) -> None:
                receiver.received.append((dict(self.headers), b"a GET"))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.server.handle_error = lambda *_: None  # a client that does not trust it hangs up
        self.port = self.server.server_address[1]
        self.scheme = "http" if context is None else "https"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        what = self.answers.pop(0) if self.answers else self.always
        with contextlib.suppress(OSError):
            if what == "hang":
                self.free.wait(30)
            elif what == "trickle":
                handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while not self.free.wait(0.05):
                    handler.wfile.write(b"x")
            elif what == "noise":
                handler.wfile.write(b"\x00\x01 no HTTP at all\r\n\r\n")
            elif what == "flood":
                handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 50_000_000)
            else:
                handler.send_response(what)
                if self.location:
                    handler.send_header("Location", self.location)
                handler.send_header("Content-Length", "0")
                handler.end_headers()

    def messages(self, secret: str) -> list[dict]:
        return [verified(secret, headers, body) for headers, body in list(self.received)]

    def wait_for(self, count: int, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while len(self.received) < count:
            assert time.monotonic() < deadline, f"{len(self.received)} of {count} came"
            time.sleep(0.02)


@contextlib.contextmanager
def receiving(context=None):
    receiver = Receiver(context)
    thread = threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.free.set()
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
