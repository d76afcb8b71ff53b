"""What the log says of requests and jobs, and what it never says."""

import io
import json
import logging
import re
import time

import pytest

from service.blobs import BlobsUnavailableError
from service.observing.logs import JsonLines, TextLines, set_up_logs
from tests.service.api.conftest import PHOTO, POISON, TEXT

CANARY = "Xanthippe"
"""In every field that a person or a file fills."""
ID = re.compile(r"[0-9a-f]{32}")


@pytest.fixture(params=[JsonLines, TextLines])
def written(request, monkeypatch):
    """All that any logger says, as it would be written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param())
    handler.addFilter(lambda record: not record.name.startswith("http"))  # the tests' own client
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [*root.handlers, handler])
    monkeypatch.setattr(root, "level", logging.DEBUG)
    for name in ("service", "uvicorn", "alembic", "sqlalchemy"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.INFO)
    logging.getLogger().manager._clear_cache()
    yield stream.getvalue
    logging.getLogger().manager._clear_cache()


@pytest.fixture
def lines(request, monkeypatch):
    """The lines on requests, as objects."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("service.observing.request_record")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "level", logging.INFO)
    logger.manager._clear_cache()
    yield lambda: [json.loads(line) for line in settled(stream).splitlines()]
    logger.manager._clear_cache()


def settled(stream: io.StringIO) -> str:
    """What is in it once nothing more comes: a request's line is written after its answer."""
    seen = None
    while seen != stream.getvalue():
        seen = stream.getvalue()
        time.sleep(0.2)
    return seen


def test_each_request_is_one_line_with_its_route_and_clinic(clinic, client, lines):
    photo = clinic.photo()
    before = len(lines())
    answers = [clinic.get(f"/v1/photos/{photo}?q={CANARY}"), client.get(f"/v1/photos/{photo}"), client.get("/nowhere")]
    told = lines()[before:]
    assert [(line["method"], line["route"], line["status"], line["problem"]) for line in told] == [
        ("GET", "/v1/photos/{photo_id}", 200, None),
        ("GET", "/v1/photos/{photo_id}", 401, "unauthenticated"),
        ("GET", "none", 404, "route_not_found"),
    ]
    assert [line["request_id"] for line in told] == [answer.headers["x-request-id"] for answer in answers]
    assert [bool(line["tenant"]) for line in told] == [True, False, False]
    assert [line["client"] for line in told] == [None, "127.0.0.1", None]
    assert all(line["ms"] > 0 and line["time"].endswith("Z") and line["level"] == "info" for line in told)
    assert photo not in json.dumps(told)


def test_a_line_says_which_key_was_used_and_of_a_link_only_that_it_was_one(clinic, client, service, lines):
    pair = clinic.pair()
    link = clinic.post(f"/v1/comparisons/{pair}/link").json()["url"]
    before = len(lines())
    clinic.get("/v1/subjects")
    client.get(link, follow_redirects=True)
    key = clinic.get("/v1/audit").json()["items"][0]["actor"]
    assert [line["actor"] for line in lines()[before:]] == [key, None, "link", key]
    assert pair not in json.dumps(lines()[before:])


def test_a_problem_says_the_requests_id_and_a_404_only_its_header(clinic, client):
    problem = client.get("/v1/photos")
    assert problem.json()["request_id"] == problem.headers["x-request-id"]
    assert len(problem.content) == int(problem.headers["content-length"])
    missing = clinic.get("/v1/photos/nobody")
    assert "request_id" not in missing.json()
    assert ID.fullmatch(missing.headers["x-request-id"])


def test_the_id_is_ours_whatever_the_client_calls_its_request(client):
    answers = [client.get("/healthz", headers={"X-Request-ID": CANARY}) for _ in range(2)]
    ids = {answer.headers["x-request-id"] for answer in answers}
    assert len(ids) == 2
    assert CANARY not in ids


def test_what_went_wrong_here_is_logged_under_the_id_that_the_client_got(clinic, service, written, monkeypatch):
    def broken(*_):
        raise ValueError(CANARY)

    with monkeypatch.context() as broken_database:  # whole again before the service ends, which reads too
        broken_database.setattr(type(service.database), "reading", broken)
        answer = clinic.get("/v1/subjects")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["x-content-type-options"] == "nosniff"
    (line,) = [line for line in written().splitlines() if "the request failed" in line]
    assert answer.json()["request_id"] in line
    assert "ValueError" in line
    assert "broken" in line  # the code that it went through
    assert CANARY not in written()


def test_what_clients_and_files_say_is_in_no_line(clinic, client, service, analyst, written, monkeypatch):
    clinic.subject(CANARY)
    subject = clinic.subject(f"{CANARY}-2")
    new = {"taken_at": "2026-03-02T10:00:00Z", "phase": "baseline", "notes": f"{CANARY} came late"}
    visit = clinic.post(f"/v1/subjects/{subject}/visits", new, {"Idempotency-Key": CANARY}).json()["id"]
    confounder = {"kind": "filler", "date": "2026-03-02", "note": f"{CANARY}, 1 ml"}
    assert clinic.post(f"/v1/subjects/{subject}/confounders", confounder).status_code in {201, 422}
    for content in (PHOTO, POISON, TEXT, CANARY.encode(), b""):
        files = {"file": (f"{CANARY}.jpg", content, "image/jpeg")}
        clinic.post(f"/v1/visits/{visit}/photos?wait=10&q={CANARY}", files=files, data={"view": CANARY})
        clinic.post(f"/v1/visits/{visit}/photos?wait=10&q={CANARY}", files=files, data={"view": "frontal"})
    clinic.post("/v1/repeatability-studies", {"name": CANARY, "photo_ids": [[CANARY]]})
    clinic.post("/v1/subjects", {"reference": {"name": CANARY}})
    clinic.post("/v1/subjects", {CANARY: CANARY})
    headers = {"X-Request-ID": CANARY, "User-Agent": CANARY, "Referer": CANARY, "Cookie": f"liftmark_link={CANARY}"}
    for path in (f"/v1/photos/{CANARY}", f"/{CANARY}", f"/static/{CANARY}", f"/v1/cohort/report?token={CANARY}"):
        client.get(path, headers=headers)
        client.get(path, headers=headers | {"Authorization": f"Bearer lm_{CANARY}"})
    client.request(CANARY.upper(), "/v1/photos")

    def broken(*_):
        raise BlobsUnavailableError("The disk is gone.") from ValueError(CANARY)

    monkeypatch.setattr("service.blobs.local.LocalFolder.get", broken)
    monkeypatch.setattr("service.blobs.local.LocalFolder.put", broken)
    assert clinic.upload(visit, PHOTO + b"2").status_code == 503
    _break_a_write(service)
    text = written()
    assert text.count("/v1/visits/{visit_id}/photos") >= 10
    assert CANARY.lower() not in text.lower()
    assert clinic.headers["Authorization"].removeprefix("Bearer ") not in text
    assert "lm_" not in text


def _break_a_write(service) -> None:
    """Have a statement fail whose parameters are a person's, as an unexpected error would be logged."""
    from service.database.tables import Subject

    try:
        with service.database.writing_across() as session:
            session.add(Subject(id="s", tenant_id="nobody", reference=CANARY, wrapped_key=b"k"))
    except Exception:
        logging.getLogger("service.test").exception("a write failed")


def test_a_line_stays_a_line_whatever_is_in_it(written):
    logging.getLogger("service.test").warning("first\nsecond\r\n%s", "third")
    (line,) = written().splitlines()
    assert "first" in line
    assert "third" in line


def test_setting_up_writes_to_stderr_and_quiets_others(monkeypatch, capsys):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", logging.WARNING)
    monkeypatch.setattr(logging.getLogger("service"), "level", logging.NOTSET)
    set_up_logs("json")
    logging.getLogger("service.somewhere").info("heard")
    logging.getLogger("alembic").info("not heard")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "heard"
