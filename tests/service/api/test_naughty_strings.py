"""Any string in any text field is kept and given back as it is, or refused with 422; on each database alike."""

import io
import json
import logging
from urllib.parse import quote

import httpx
import pytest

from service.app import create_app
from service.observing.logs import JsonLines, TextLines
from service.settings import Settings
from tests.contracts.conftest import migrated_postgres, new_postgres_database, postgres  # noqa: F401  fixtures
from tests.service.api.courses import CourseAnalyst
from tests.service.api.places import TEXTS, Place, places
from tests.service.api.test_audit_completeness import filled, one_of_each
from tests.service.api.test_tenancy_matrix import FIRST_CALLS, ID_PLACES
from tests.service.api.test_tenancy_matrix import sent as with_id
from tests.service.naughty import EACH_KIND, STRINGS

SUBJECT = "/v1/subjects/{subject_id}"
AGAIN = {
    "POST /v1/subjects": "/v1/subjects/{id}",
    f"POST {SUBJECT}/courses": "/v1/courses/{id}",
    f"POST {SUBJECT}/confounders": "/v1/confounders/{id}",
    f"POST {SUBJECT}/visits": "/v1/visits/{id}",
    "POST /v1/repeatability-studies": "/v1/repeatability-studies/{id}",
    "PUT /v1/photos/{photo_id}/corrections/{side}/{contour}": "/v1/photos/{photo_id}/corrections",
    f"PUT {SUBJECT}/consents/{{purpose}}": f"{SUBJECT}/consents",
    f"DELETE {SUBJECT}/consents/{{purpose}}": None,  # a second withdrawal is the first one
    "POST /v1/exports/{export_id}/publications": "/v1/exports/{export_id}",
    "POST /v1/cohort/link": None,  # keeps nothing
}
"""Where what a route keeps is read again; a route that is not told of here is asked at its own address."""

TEXT_PLACES = [place for place in places(create_app(Settings()).openapi()) if place.name in TEXTS]
MOST_IN_AN_ADDRESS = 10_000
NOT_ALLOWED = {"url (json) of POST /v1/webhooks"}
"""Where what is no address that the operator allows is answered with 403 rather than 422."""


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, settings) -> Settings:
    """Those of all tests, on each database, for texts of a megabyte."""
    url = request.getfixturevalue("new_postgres_database") if request.param == "postgresql" else None
    return settings.model_copy(update={"database_url": url, "upload_limit_mb": 2})


@pytest.fixture
def analyst():
    return CourseAnalyst()


@pytest.fixture
def ids(clinic) -> dict[str, str]:
    return one_of_each(clinic)


def sent(clinic, place: Place, text: str, ids) -> httpx.Response | None:
    """The route's call with ``text`` in that place; None where HTTP itself cannot carry it."""
    call = FIRST_CALLS[place.route]
    method, path = place.route.split(" ")
    body = filled(call.json or {}, ids)
    query, options = "", {"headers": {**clinic.headers, "Content-Type": "application/json"}}
    if place.where == "json":
        body = {**body, place.name: text}
    elif place.where == "query":
        query = f"?{place.name}={quote(text.encode('utf-8', 'surrogatepass'))}"
    else:
        text = f"{text} {place.route}"  # a key names one request of the clinic
        options["headers"][place.name] = text.encode("utf-8", "surrogatepass")
    if place.where != "json" and len(text) > MOST_IN_AN_ADDRESS:
        return None
    if call.files is not None:
        del options["headers"]["Content-Type"]
        options["files"] = call.files
    elif call.json is not None:
        options["content"] = json.dumps(body)
    try:
        return clinic.client.request(method, path.format(**ids) + query, **options)
    except httpx.LocalProtocolError:
        return None


def texts(told) -> set[str]:
    """Every string in an answer."""
    if isinstance(told, dict):
        return set().union(*map(texts, told.values()))
    if isinstance(told, list):
        return set().union(*map(texts, told))
    return {told} if isinstance(told, str) else set()


def is_given_back(clinic, place: Place, text: str, answer: httpx.Response, ids) -> bool:
    if place.where != "json":
        return True
    where = AGAIN.get(place.route, place.route.partition(" ")[2])
    if where is None:
        return True
    made = answer.json().get("id") if isinstance(answer.json(), dict) else None
    return not texts(clinic.get(where.format(**{**ids, "id": made})).json()).isdisjoint({text, text.strip()})


@pytest.mark.slow
def test_every_string_is_given_back_as_it_is_or_refused(clinic, ids, logs):
    wrong, kept, refused = [], 0, 0
    for place in TEXT_PLACES:
        for text in EACH_KIND:
            answer = sent(clinic, place, text, ids)
            if answer is None:
                continue
            if answer.status_code == 422 or (answer.status_code == 403 and str(place) in NOT_ALLOWED):
                refused += 1
            elif not answer.is_success:
                wrong.append((str(place), text[:40], answer.status_code, answer.text[:200]))
            elif is_given_back(clinic, place, text, answer, ids):
                kept += 1
            else:
                wrong.append((str(place), text[:40], "was altered"))
    assert wrong == []
    tried = len(TEXT_PLACES) * len(EACH_KIND)
    assert kept > tried / 5
    assert refused > tried / 10
    assert all(is_one_event(line) for line in logs())


def test_a_nul_in_place_of_an_id_breaks_nothing(clinic, ids):
    """PostgreSQL takes no text with one."""
    answers = {
        (str(place), wanted): with_id(clinic, place, wanted, ids)
        for place in ID_PLACES
        for wanted in ("\x00", "a\x00b")
    }
    assert {place: one.text for place, one in answers.items() if one.status_code not in {404, 422}} == {}


def is_one_event(line: str) -> bool:
    return json.loads(line)["message"] == "request"


@pytest.fixture
def logs(monkeypatch):
    """The lines on requests, as they would be written."""
    stream, logger = io.StringIO(), logging.getLogger("service.observing.request_record")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "level", logging.INFO)
    logger.manager._clear_cache()
    yield lambda: stream.getvalue().splitlines()
    logger.manager._clear_cache()


@pytest.mark.parametrize("formatter", [JsonLines, TextLines])
def test_an_event_stays_one_line_whatever_it_tells(formatter):
    for text in STRINGS:
        line = formatter().format(logging.makeLogRecord({"msg": "it says %s", "args": (text,), "levelname": "INFO"}))
        assert len(line.splitlines()) == 1
        assert "\x1b" not in line.encode().decode()
