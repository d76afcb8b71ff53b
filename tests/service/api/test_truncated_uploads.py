"""An upload that does not arrive whole: never acknowledged, nothing kept, and the next one is as good as ever."""

import socket
import struct

import pytest

from tests.service.api.conftest import PHOTO
from tests.service.api.test_uploads import count_blobs

BOUNDARY = b"liftmark-boundary"
CONTENT = PHOTO + bytes(range(256)) * 40
PARTS = [(b'name="view"', b"frontal"), (b'name="file"; filename="a.jpg"', CONTENT)]
FORM = b"".join(b"--%b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (BOUNDARY, *part) for part in PARTS)
WHOLE = FORM + b"--%b--\r\n" % BOUNDARY
CUTS = [len(WHOLE) * share // 100 for share in range(0, 100, 5)] + [len(FORM), len(WHOLE) - 3]
RESET = struct.pack("ii", 1, 0)


@pytest.fixture
def send(clinic, address):
    """Send a part of an upload of ``visit`` and hang up, or wait for the answer; its status, if there was one."""
    host, port = address.removeprefix("http://").split(":")

    def send(visit: str, length: bytes, body: bytes, *, leave: str | None = None) -> int | None:
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall(
                b"POST /v1/visits/%b/photos HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\n%b\r\n"
                b"Authorization: %b\r\nContent-Type: multipart/form-data; boundary=%b\r\n\r\n%b"
                % (visit.encode(), length, clinic.headers["Authorization"].encode(), BOUNDARY, body)
            )
            if leave == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            if leave is not None:
                return None
            return int(connection.recv(65536).split(b" ")[1])

    return send


def chunked(body: bytes) -> bytes:
    """The body in chunks of 1000 bytes, with the last one that ends it."""
    pieces = [body[at : at + 1000] for at in range(0, len(body), 1000)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def nothing_was_kept(clinic, service, visit: str) -> bool:
    photos = clinic.get(f"/v1/visits/{visit}/photos").json()["items"]
    return not photos and count_blobs(service) == 0 and not list(service.settings.incoming.iterdir())


def content_length(count: int) -> bytes:
    return b"Content-Length: %d" % count


def test_the_whole_form_is_a_photo(clinic, send):
    visit = clinic.visit()
    assert send(visit, content_length(len(WHOLE)), WHOLE) == 201
    assert send(visit, b"Transfer-Encoding: chunked", chunked(WHOLE)) == 201  # the same request again
    assert len(clinic.get(f"/v1/visits/{visit}/photos").json()["items"]) == 1


@pytest.mark.parametrize("leave", ["hang up", "reset"])
def test_a_client_that_vanishes_at_any_moment_leaves_nothing(clinic, service, send, leave):
    visit = clinic.visit()
    for cut in CUTS:
        send(visit, content_length(len(WHOLE)), WHOLE[:cut], leave=leave)
        send(visit, b"Transfer-Encoding: chunked", chunked(WHOLE)[:cut], leave=leave)
    assert nothing_was_kept(clinic, service, visit)
    assert send(visit, content_length(len(WHOLE)), WHOLE) == 201


def test_a_form_that_ends_too_early_is_no_form(clinic, service, send):
    visit = clinic.visit()
    for cut in CUTS:
        assert send(visit, content_length(cut), WHOLE[:cut]) == 400
        assert send(visit, b"Transfer-Encoding: chunked", chunked(WHOLE[:cut])) == 400
    assert nothing_was_kept(clinic, service, visit)


def test_a_length_that_is_longer_than_what_comes_is_waited_for_and_given_up(clinic, service, send):
    visit = clinic.visit()
    assert send(visit, content_length(len(WHOLE) + 1), WHOLE) == 408
    assert nothing_was_kept(clinic, service, visit)


def test_a_chunk_that_is_not_what_it_says_is_no_request(clinic, service, send):
    visit = clinic.visit()
    assert send(visit, b"Transfer-Encoding: chunked", chunked(WHOLE).replace(b"3e8\r\n", b"3e9\r\n")) == 400
    assert send(visit, content_length(-1), WHOLE) == 400
    assert nothing_was_kept(clinic, service, visit)
