"""The API as an import asks it: patient with a service in trouble, at once with one that says no."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from models.anatomy import View
from service.client.transport import Api, NotWelcomeError, Patience, Problem, ServerTroubleError, StoppedError
from service.client.uploading import form

QUICK = Patience(attempts=5, first_wait_s=0.01, longest_wait_s=0.05)
FINE = (200, {}, {"id": "1"})


class Scripted:
    """A service that answers as it is told, and remembers what it was asked. ``None`` hangs up without a word."""

    def __init__(self) -> None:
        self.script: list = []
        self.asked: list = []

    def handler(self):
        scripted = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                scripted.asked.append((self.path, dict(self.headers), body, time.monotonic()))
                step = scripted.script.pop(0) if scripted.script else FINE
                if step is None:
                    self.close_connection = True
                    return
                status, headers, content = step
                written = json.dumps(content).encode() if isinstance(content, dict) else content
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(written))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(written)

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        return Answer


@pytest.fixture
def scripted():
    return Scripted()


@pytest.fixture
def address(scripted):
    server = ThreadingHTTPServer(("127.0.0.1", 0), scripted.handler())
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def api(address):
    api = Api(address, "lm_key", QUICK)
    yield api
    api.close()


def test_a_service_in_trouble_is_asked_again_until_it_answers(api, scripted):
    scripted.script = [(503, {}, {"title": "Busy", "detail": "Later."}), None, (500, {}, b""), (429, {}, {}), FINE]
    assert api.post_json("/v1/subjects", {"reference": "P"}, "key-1") == {"id": "1"}
    assert len({headers["Idempotency-Key"] for _, headers, *_ in scripted.asked}) == 1
    assert len(scripted.asked) == 5
    assert scripted.asked[0][1]["Authorization"] == "Bearer lm_key"


def test_the_service_says_how_long_to_wait(api, scripted):
    scripted.script = [(429, {"Retry-After": "1"}, {}), FINE]
    api.get("/v1/subjects")
    first, second = (at for *_, at in scripted.asked)
    assert second - first >= 1


def test_a_date_may_say_how_long_to_wait_and_nonsense_says_nothing(api, scripted):
    scripted.script = [(429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, {}), (503, {"Retry-After": "soon"}, {})]
    assert api.get("/v1/subjects") == {"id": "1"}


def test_a_service_that_stays_in_trouble_ends_the_import(api, scripted):
    scripted.script = [(503, {}, {"title": "The disk is full", "detail": "Call."})] * 9
    with pytest.raises(ServerTroubleError, match="disk is full"):
        api.get("/v1/subjects")
    assert len(scripted.asked) == QUICK.attempts


def test_nobody_there_ends_the_import(free_port):
    with pytest.raises(ServerTroubleError):
        Api(f"http://127.0.0.1:{free_port}", "", QUICK).get("/v1/subjects")


def test_a_no_is_an_answer_and_is_asked_for_once(api, scripted):
    scripted.script = [(415, {}, {"title": "Not a picture", "detail": "Send a JPEG.", "code": "not_an_image"})]
    assert api.get("/v1/subjects") == Problem(415, "not_an_image", "Not a picture. Send a JPEG.")
    assert len(scripted.asked) == 1


def test_a_wrong_key_is_told_at_once(api, scripted):
    scripted.script = [(401, {}, {"title": "No valid API key"})]
    with pytest.raises(NotWelcomeError, match="LIFTMARK_KEY"):
        api.get("/v1/subjects")


def test_an_answer_that_is_no_json_is_not_ours(api, scripted):
    scripted.script = [(200, {}, b"<html>")]
    assert api.get("/").says == "The address is not that of a Liftmark service."


@pytest.mark.parametrize("server", ["ftp://example", "http://", ""])
def test_an_address_that_is_none_is_told(server):
    with pytest.raises(NotWelcomeError):
        Api(server, "")


def test_whoever_asked_to_stop_is_obeyed(api, scripted):
    api.stop.set()
    with pytest.raises(StoppedError):
        api.get("/v1/subjects")
    assert not scripted.asked


def test_a_connection_that_was_closed_meanwhile_is_opened_again(api, scripted):
    for _ in range(2):
        assert api.get("/v1/subjects") == {"id": "1"}
        api.close()


def test_a_form_holds_the_photo_untouched():
    photo = bytes(range(256)) * 3
    kind, body = form(photo, View.OBLIQUE_LEFT)
    assert photo in body
    assert b"oblique_left" in body
    assert body.count(kind.partition("boundary=")[2].encode()) == 3
