"""Every actor at every route with every id that may stand in it. A new route, or a new place for an id, fails here.

On SQLite alone, where row-level security does not help: the first wall has to stand by itself.
"""

import dataclasses
import io
import json
import logging
import time
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import select

from service.app import create_app
from service.database.base import Row
from service.database.walls import column_of_clinic
from service.observing.logs import TextLines
from service.settings import Settings
from service.tenancy.keys import find_actor
from tests.service.api.conftest import Clinic
from tests.service.api.courses import CourseAnalyst
from tests.service.api.places import IDS, TEXTS, Place, places
from tests.service.api.test_audit_completeness import CALLS, WITHOUT_CLINICS_DATA, Photos, filled, made, one_of_each
from tests.service.reports.pdf_text import inflated, pdf_text

CANARY = "Xanthippe"
"""In every text, file and picture of the clinic that is attacked."""
TOLD = "Say in tests/service/api/places.py what may stand there: IDS with the kind of record, or TEXTS."
CALL = "Add a call of the route to CALLS in tests/service/api/test_audit_completeness.py."

FIRST_CALLS = {
    route: next(one for one in CALLS if one.route == route) for route in dict.fromkeys(one.route for one in CALLS)
}
OPEN = {*WITHOUT_CLINICS_DATA, "GET /healthz", "GET /readyz", "GET /metrics", "GET /", "GET /docs", "GET /openapi.json"}
"""What shows nothing of a clinic."""

BODIES = {
    "before_photo_id": {"before_photo_id": "*", "after_photo_id": "photo_id"},
    "after_photo_id": {"before_photo_id": "photo_id", "after_photo_id": "*"},
    "before_photo_ids[]": {"before_photo_ids": ["photo_id", "*"], "after_photo_ids": ["after_photo_id"]},
    "after_photo_ids[]": {"before_photo_ids": ["photo_id"], "after_photo_ids": ["after_photo_id", "*"]},
    "before_visit_id": {"before_visit_id": "*", "after_visit_id": "visit_id"},
    "after_visit_id": {"before_visit_id": "visit_id", "after_visit_id": "*"},
    "photo_ids[][]": {"name": "C", "photo_ids": [[*Photos, "*"]]},
    "visit_ids[]": {"name": "C", "visit_ids": ["visit_id", "*"]},
}
"""The JSON in which ``*`` is the id in question, where it is not simply one more field of the call in CALLS."""

LISTED = {"after", "before", "target", "actor"}
"""Ids that choose from a list: one that nobody has need be no error."""


MALFORMED = (
    *("\x00", "a\x00b", "x" * 65, "0" * 5000, "Ünïcödé", "\u202e\u200b", "😀", "%s%n", "../../etc/passwd"),
    *("' OR '1'='1", "1; DROP TABLE photos--", "null", "-1", "[]", "{}", "*", "%00", "\n", "${jndi:x}", "{{7*7}}"),
)


class TellingAnalyst(CourseAnalyst):
    """Its pictures hold the bytes of the photos that they were made from."""

    def measure(self, upload, *args, **more):
        found = super().measure(upload, *args, **more)
        return dataclasses.replace(found, overlay_jpeg=b"\xff\xd8 overlay of " + upload)

    def compare_shots(self, before, after, *args, **more):
        found = super().compare_shots(before, after, *args, **more)
        first, last = (b"\xff\xd8 " + shots[0].upload for shots in (before, after))
        return dataclasses.replace(found, aligned_before_jpeg=first, aligned_after_jpeg=last)

    def picture(self, upload):
        return b"\xff\xd8 picture of " + upload


class TellingClinic(Clinic):
    """A clinic whose every file tells whose it is."""

    def upload(self, visit, content=b"", *args, **more):
        return super().upload(visit, content + f" {CANARY}".encode(), *args, **more)


@pytest.fixture
def analyst():
    return TellingAnalyst()


@pytest.fixture
def ids(clinic) -> dict[str, str]:
    """The attacker's own records."""
    return one_of_each(clinic)


@pytest.fixture
def victim(other_clinic) -> Clinic:
    return TellingClinic(other_clinic.client, other_clinic.headers["Authorization"].removeprefix("Bearer "))


@pytest.fixture
def theirs(victim, app, service) -> dict[str, str]:
    """The records of the clinic that is attacked, with the canary in every text."""
    found = one_of_each(victim)
    erased = victim.subject(f"{CANARY} erased")
    assert victim.delete(f"/v1/subjects/{erased}").status_code == 204
    for place in places(app.openapi()):
        if place.where == "json" and place.name in TEXTS:
            call = FIRST_CALLS[place.route]
            told = {**(call.json or {}), place.name: CANARY}
            answer = made(victim, dataclasses.replace(call, json=told), found)
            assert answer.is_success or place.name in {"claim_percent", "url"}, (place, answer.text)
    assert victim.get(f"/v1/subjects/{found['subject_id']}/series?wait=20").json()["pending"] == 0
    wait_until_idle(service)
    key = victim.headers["Authorization"].removeprefix("Bearer ")
    with service.database.reading_across() as session:
        actor = find_actor(session, key)
    return {**found, "erased_id": erased, "actor": actor.name, "tenant": actor.tenant}


def wait_until_idle(service) -> None:
    deadline = time.monotonic() + 30
    while service.jobs.queues():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def logged(monkeypatch):
    """All that is logged from now on."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextLines())
    handler.addFilter(lambda record: not record.name.startswith("http"))  # the tests' own client
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [*root.handlers, handler])
    monkeypatch.setattr(root, "level", logging.INFO)
    return stream.getvalue


def kind_of(place: Place) -> str:
    return "erased_id" if place.route.startswith("GET /v1/erasures") else IDS[place.name]


def sent(clinic, place: Place, wanted: str, ids, **more) -> httpx.Response:
    """The route's call with ``wanted`` at the place in question, and the clinic's own ids at all others."""
    call = FIRST_CALLS[place.route]
    method, path = place.route.split(" ")
    named = {**ids, place.name: quote(wanted, safe="")} if place.where == "path" else ids
    query = {place.name: wanted} if place.where == "query" else {}
    told = call.json
    if place.where == "json":
        told = BODIES.get(place.name, {**(call.json or {}), place.name: "*"})
    json = None if told is None else filled(told, {**ids, "*": wanted})
    headers = {**clinic.headers, **more.pop("headers", {})}
    address = httpx.URL(path.format(**named) + call.query)
    return clinic.client.request(
        method, address.copy_merge_params(query), json=json, files=call.files, headers=headers, **more
    )


def told_in(answer: httpx.Response) -> tuple:
    """The answer but for what is random in every answer."""
    request_id = answer.headers["x-request-id"]
    headers = {name: value for name, value in answer.headers.items() if name not in {"date", "x-request-id"}}
    return answer.status_code, answer.content.replace(request_id.encode(), b""), headers


def neighbour(row_id: str) -> str:
    """An id that nobody has, and that stands where ``row_id`` does in any list."""
    return row_id[:-1] + format((int(row_id[-1], 16) + 1) % 16, "x")


def belongings(service, tenant: str) -> dict[str, object]:
    """Every row and every blob of a clinic."""
    with service.database.reading_across() as session:
        rows = {
            name: sorted(map(repr, session.execute(select(table).where(table.c[column_of_clinic(name)] == tenant))))
            for name, table in Row.metadata.tables.items()
            if column_of_clinic(name) in table.c
        }
    store = service.vaults.store
    return {**rows, "blobs": {name: store.get(name) for name in store.names_under(tenant)}}


def gives_away(answer: httpx.Response, theirs) -> bool:
    """Whether the canary, or an id of the clinic that is attacked, stands in the answer."""
    everything = b"\n".join((inflated(answer.content), str(answer.headers.raw).encode(), answer.reason_phrase.encode()))
    secrets = (CANARY, *(theirs[name] for name in theirs if name.endswith("_id") or name in {"tenant", "actor"}))
    return any(secret.encode() in everything for secret in secrets) or CANARY in pdf_text(answer.content)


ID_PLACES = [place for place in places(create_app(Settings()).openapi()) if place.name in IDS]


def test_every_route_and_every_place_of_an_id_is_in_the_matrix(app):
    document = app.openapi()
    routes = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    assert sorted(routes - set(FIRST_CALLS) - OPEN) == [], CALL
    unknown = [str(place) for place in places(document) if place.name not in IDS and place.name not in TEXTS]
    assert unknown == [], TOLD
    assert sorted(IDS.keys() & TEXTS) == []
    assert len(ID_PLACES) > 80


def test_a_record_of_another_clinic_looks_exactly_like_no_record(clinic, ids, theirs, service, logged):
    """And nothing of it changes or is told, wherever its id is put."""
    before, wrong = belongings(service, theirs["tenant"]), []
    for place in ID_PLACES:
        foreign = theirs[kind_of(place)]
        answers = [sent(clinic, place, wanted, ids) for wanted in (foreign, neighbour(foreign))]
        if answers[0].status_code not in ({200, 422} if place.name in LISTED else {404}):
            wrong.append((str(place), answers[0].text))
        if told_in(answers[0]) != told_in(answers[1]):
            wrong.append((str(place), "tells a foreign id from a missing one"))
        if any(gives_away(answer, theirs) for answer in answers):
            wrong.append((str(place), "gives something away"))
        if belongings(service, theirs["tenant"]) != before:
            wrong.append((str(place), "changes something"))
            before = belongings(service, theirs["tenant"])
    assert wrong == []
    assert CANARY not in logged()


def test_all_ids_of_another_clinic_at_once_look_like_none(clinic, theirs, service):
    before, nobodys = (
        belongings(service, theirs["tenant"]),
        {name: neighbour(one) if name.endswith("_id") or name in Photos else one for name, one in theirs.items()},
    )
    for one in FIRST_CALLS.values():
        ours = clinic.subject() if one.route.startswith("GET /v1/erasures") else None
        wanted = [{**named, **({"subject_id": ours} if ours else {})} for named in (theirs, nobodys)]
        foreign, missing = (made(clinic, one, named) for named in wanted)
        alike = foreign.status_code == missing.status_code
        about_nobody = not any(f"{{{name}}}" in one.route for name in IDS) and foreign.is_success
        assert about_nobody or (alike and foreign.status_code == 404), (one.route, foreign.text, missing.text)
        assert not gives_away(foreign, theirs), one.route
    assert belongings(service, theirs["tenant"]) == before


def test_what_a_clinic_is_told_of_its_own_tells_nothing_of_another(clinic, ids, theirs, service, app, logged):
    before = belongings(service, theirs["tenant"])
    for one in CALLS:
        answer = made(clinic, one, ids)
        assert answer.is_success, (one.route, answer.text)
        assert not gives_away(answer, theirs), one.route
    assert belongings(service, theirs["tenant"]) == before
    assert CANARY not in json.dumps(app.openapi())
    assert CANARY not in logged()


def test_the_canary_is_where_the_clinic_itself_looks(victim, theirs):
    told = [made(victim, one, theirs).text for one in FIRST_CALLS.values() if one.route.startswith("GET ")]
    assert sum(CANARY in text for text in told) > 15
    with_file = victim.get(f"/v1/photos/{theirs['photo_id']}/overlay")
    assert CANARY.encode() in with_file.content


def test_what_is_no_id_is_refused_everywhere_and_breaks_nothing(clinic, ids):
    wrong = []
    for place in ID_PLACES:
        allowed = {404, 422, 200} if place.name in LISTED else {404, 405, 422}
        answers = ((wanted, sent(clinic, place, wanted, ids)) for wanted in MALFORMED)
        wrong += [(str(place), wanted, one.text) for wanted, one in answers if one.status_code not in allowed]
    assert wrong == []
