"""What every answer carries, whatever was asked; pages; health."""

import json
import re
import threading

import pytest

from service.app import create_app
from service.errors import PROBLEMS, ProblemCode
from service.sandbox import SandboxUnavailableError

ADDRESSES = [
    "/",
    "/docs",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/v1/subjects",
    "/nowhere",
    "/static/pages/pages.css",
]


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_carries_the_safety_headers(clinic, path):
    headers = clinic.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_over_https_browsers_are_told_to_stay_there(clinic):
    over_https = {"X-Forwarded-Proto": "https"}  # as a proxy on this machine says it
    said = clinic.client.get("/healthz", headers=over_https).headers["strict-transport-security"]
    assert said == "max-age=63072000; includeSubDomains"
    assert "strict-transport-security" not in clinic.client.get("/healthz").headers


def test_answers_about_persons_are_stored_nowhere(clinic):
    assert clinic.get("/v1/subjects").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "method,path,content,status,code",
    [
        ("GET", "/nowhere", None, 404, "route_not_found"),
        ("GET", "/v1/nowhere", None, 404, "route_not_found"),
        ("PUT", "/v1/subjects", b"{}", 405, "method_not_allowed"),
        ("POST", "/v1/subjects", b"{", 400, "invalid_json"),
        ("POST", "/v1/subjects", b"\xff\xfe", 400, "invalid_json"),
        ("POST", "/v1/subjects", b"[]", 422, "invalid_request"),
        ("POST", "/v1/subjects", b'{"reference": "x", "tenant_id": "y"}', 422, "invalid_request"),
        ("GET", "/v1/subjects?limit=0", None, 422, "invalid_request"),
        ("GET", "/v1/subjects?after=%27", None, 422, "invalid_request"),
        ("POST", "/v1/subjects", b'{"reference": "' + b"x" * 2_000_000 + b'"}', 413, "too_large"),
    ],
)
def test_every_error_is_a_problem_that_says_what_to_do(clinic, method, path, content, status, code):
    headers = clinic.headers | {"Content-Type": "application/json"}
    answer = clinic.client.request(method, path, content=content, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["type"] == f"urn:liftmark:problem:{code}"
    assert problem["title"]
    assert problem["detail"]


def test_an_error_that_nobody_expected_tells_nothing_of_the_inside(clinic, service, monkeypatch):
    with monkeypatch.context() as broken_database:  # whole again before the service ends, which reads too
        broken_database.setattr(type(service.database), "reading", lambda *_: 1 / 0)
        answer = clinic.get("/v1/subjects")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "division" not in answer.text


@pytest.mark.parametrize(
    "method,path,status",
    [
        ("TRACE", "/", 405),
        ("TRACE", "/v1/subjects", 405),
        ("GET", "/static/", 404),
        ("GET", "/static/pages/", 404),
        ("GET", "/static/pages/..%2f..%2fapp.py", 404),
        ("GET", "/static/..%2f..%2fsettings.py", 404),
        ("GET", "/.git/config", 404),
        ("GET", "/.env", 404),
        ("GET", "/redoc", 404),
    ],
)
def test_what_is_not_meant_to_be_asked_is_not_answered(clinic, method, path, status):
    assert clinic.client.request(method, path, headers=clinic.headers).status_code == status


def test_a_request_that_stalls_is_given_up(clinic, address, app):
    import socket
    from urllib.parse import urlsplit

    where = urlsplit(address)
    with socket.create_connection((where.hostname, where.port), timeout=10) as wire:
        key = clinic.headers["Authorization"]
        head = f"POST /v1/subjects HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\nContent-Length: 30\r\n\r\n{{"
        wire.sendall(head.encode())
        assert wire.recv(100).startswith(b"HTTP/1.1 408")


def test_the_catalogue_of_problems_is_complete():
    assert set(PROBLEMS) == set(ProblemCode)
    assert all(400 <= entry.status < 600 and entry.title and entry.detail for entry in PROBLEMS.values())


def test_the_front_page_says_that_it_is_running_and_where_to_read_on(client):
    page = client.get("/about")
    assert "It is running" in page.text
    assert 'href="/docs"' in page.text


def test_the_documentation_shows_every_call_and_needs_nothing_from_elsewhere(client):
    page = client.get("/docs").text
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in page
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)  # examples of addresses are text
    assert "<script" not in page
    assert "style=" not in page


def test_every_call_is_documented_with_summary_and_problems(client):
    for path, item in client.get("/openapi.json").json()["paths"].items():
        for operation in item.values():
            assert operation["summary"]
            assert operation["description"]
            if path.startswith("/v1/"):
                assert operation["security"] == [{"key": []}]
                assert {"401", "403"} <= set(operation["responses"])


def test_readiness_tells_the_truth(client, service, analyst, monkeypatch):
    assert client.get("/readyz").json()["status"] == "ready"

    def no_model(_upload):
        raise SandboxUnavailableError("The face model is not installed.")

    monkeypatch.setattr(analyst, "check", no_model)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["face_model"] == {"ok": False, "says": "The face model is not installed."}
    assert "cannot analyse" in client.get("/about").text
    assert client.get("/healthz").status_code == 200


def test_readiness_notices_blobs_that_cannot_be_kept(client, service, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("service.blobs.local.os.fsync", full)
    assert client.get("/readyz").json()["checks"]["blobs"]["ok"] is False


def test_whoever_asks_while_the_description_is_made_gets_it_whole(settings):
    app, found = create_app(settings), []
    threads = [threading.Thread(target=lambda: found.append(json.dumps(app.openapi()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert set(found) == {json.dumps(app.openapi())}
    assert "securitySchemes" in found[0]
