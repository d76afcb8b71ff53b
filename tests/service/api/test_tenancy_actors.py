"""Who may do what: keys of each scope, keys that are none, holders of links, and clients that claim to be others."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import update

from service.database.base import now
from service.database.tables import ApiKey
from service.tenancy.authentication import COOKIE
from service.tenancy.links import CohortLink, CorrectionLink, ReportLink, SeriesLink
from service.tenancy.scope import Scope
from service.tenancy.tenant import TenantId
from tests.service.api.conftest import Clinic
from tests.service.api.courses import CourseAnalyst
from tests.service.api.test_audit_completeness import CALLS, filled, made, one_of_each
from tests.service.api.test_tenancy_matrix import FIRST_CALLS

SUBJECT, PAIR, PHOTO = "/v1/subjects/{subject_id}", "/v1/comparisons/{comparison_id}", "/v1/photos/{photo_id}"
CORRECTION = f"{PHOTO}/corrections/{{side}}/{{contour}}"
OF_ADMINISTRATORS = {f"DELETE {SUBJECT}", f"DELETE {PHOTO}", "DELETE /v1/visits/{visit_id}"}
OF_PUBLISHING = ("/exports.zip", "{export_id}/file", "{export_id}/thumbnail", "{publication_id}", "/export-preview")
OF_ADMINISTRATION = ("/v1/audit", "/v1/erasures", "/v1/webhooks")

OPENED = {
    "report": {f"GET {PAIR}/report", f"GET {PAIR}/report.pdf", f"GET {PAIR}/aligned/{{which}}"},
    "series": {
        *(f"GET {SUBJECT}/{what}" for what in ("series.csv", "series/report", "series/report.pdf")),
        f"GET {SUBJECT}/series/pictures/{{comparison_id}}/{{which}}",
        f"GET {SUBJECT}/series/compare/{{comparison_id}}",
    },
    "correction": {
        *(f"GET {PHOTO}/{what}" for what in ("correct", "picture", "corrections")),
        *(f"{method} {CORRECTION}" for method in ("PUT", "DELETE")),
    },
    "cohort": {"GET /v1/cohort/report"},
}
"""The routes that each kind of link opens, of its own record."""

MADE_BY = {
    "report": f"POST {PAIR}/link",
    "series": f"POST {SUBJECT}/series/link",
    "correction": f"POST {PHOTO}/correction-link",
    "cohort": "POST /v1/cohort/link",
}


def needed(route: str) -> frozenset[Scope]:
    """The scopes that a key must have: the rule of the API guide. A route that breaks it has to be told of here."""
    if route == MADE_BY["cohort"]:
        return frozenset({Scope.EXPORT, Scope.READ})
    if route in OF_ADMINISTRATORS or route.partition(" ")[2].startswith(OF_ADMINISTRATION):
        return frozenset({Scope.ADMIN})
    if route == MADE_BY["correction"]:
        return frozenset({Scope.INGEST, Scope.READ})
    if route == f"GET {PHOTO}/correct":
        return frozenset({Scope.INGEST})
    takes_out = "/v1/links" in route or route.startswith("POST /v1/exports")
    if takes_out or route.endswith(("/link", "/dicom", *OF_PUBLISHING)):
        return frozenset({Scope.EXPORT})
    return frozenset({Scope.READ if route.startswith("GET") else Scope.INGEST})


class CountingAnalyst(CourseAnalyst):
    """Remembers what it measured."""

    def measure(self, upload, *args, **more):
        self.measured.append(upload)
        return super().measure(upload, *args, **more)


@pytest.fixture
def analyst():
    return CountingAnalyst()


@pytest.fixture
def ids(clinic) -> dict[str, str]:
    return one_of_each(clinic)


def test_a_key_opens_what_its_scopes_are_for_and_nothing_else(new_clinic, ids):
    keys = {scope: new_clinic("Aurora", scope) for scope in Scope}
    wrong = []
    for one in CALLS:
        for scope, limited in keys.items():
            if not needed(one.route) <= {scope}:
                answer = made(limited, one, ids)
                wrong += [] if answer.status_code == 403 else [(one.route, scope, answer.text)]
        answer = made(new_clinic("Aurora", *needed(one.route)), one, ids)
        wrong += [] if answer.is_success else [(one.route, needed(one.route), answer.text)]
    assert wrong == []


def test_what_is_no_valid_key_opens_nothing_and_is_always_answered_alike(client, clinic, new_clinic, service, ids):
    revoked = new_clinic("Aurora")
    with service.database.writing_across() as session:
        newest = session.query(ApiKey).order_by(ApiKey.id.desc()).first().id
        session.execute(update(ApiKey).where(ApiKey.id == newest).values(revoked_at=now()))
    wrong = [Clinic(client, key) for key in ("x", "lm_wrong", "lm_" + "A" * 43, "x" * 10_000)]
    nobody = Clinic(client, "")
    nobody.headers = {}
    for one in FIRST_CALLS.values():
        for stranger in (nobody, revoked, *wrong):
            answer = made(stranger, one, ids)
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), one.route
    assert clinic.get(f"/v1/photos/{ids['photo_id']}").status_code == 200


@pytest.fixture
def links(clinic, ids) -> dict[str, dict[str, str]]:
    """The query of a link of each kind to the clinic's own records."""
    found = {}
    for kind, route in MADE_BY.items():
        url = clinic.post(route.removeprefix("POST ").format(**ids)).json()["url"]
        found[kind] = {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}
    return found


def through(client, one, ids, link: dict[str, str], *, by: str) -> httpx.Response:
    """The call by whoever holds a link: the token in the address, or in the cookie that it moves into."""
    method, path = one.route.split(" ")
    rest = {name: value for name, value in link.items() if name != "token"}
    query = link if by == "address" else rest
    headers = {"Cookie": f"{COOKIE}={link['token']}"} if by == "cookie" else {}
    json = None if one.json is None else filled(one.json, ids)
    client.cookies.clear()
    return client.request(
        method, path.format(**ids), params=query, json=json, files=one.files, headers=headers, follow_redirects=False
    )


@pytest.mark.parametrize("kind", OPENED)
def test_a_link_opens_its_own_record_and_nothing_else(client, clinic, ids, links, kind):
    opened, refused = set(), []
    for route, one in FIRST_CALLS.items():
        answers = [through(client, one, ids, links[kind], by=by) for by in ("cookie", "address")]
        if answers[0].is_success:
            opened.add(route)
        elif any(answer.status_code != 401 for answer in answers):
            refused.append((route, [answer.text for answer in answers]))
    assert (opened, refused) == (OPENED[kind], [])


@pytest.mark.parametrize("kind", OPENED)
def test_a_link_opens_no_other_record_and_none_of_another_clinic(client, clinic, other_clinic, ids, links, kind):
    others = [one_of_each(other_clinic), one_of_each(Named(clinic, "P-2"))]
    for route in OPENED[kind] - OPENED["cohort"]:
        for other in others:
            answer = through(client, FIRST_CALLS[route], other, links[kind], by="cookie")
            assert (answer.status_code, answer.json()["code"]) == (401, "link_ended"), route
    mixed = {**ids, "comparison_id": others[0]["comparison_id"]}
    for route in OPENED["series"]:
        if kind == "series" and "{comparison_id}" in route:
            answer = through(client, FIRST_CALLS[route], mixed, links[kind], by="cookie")
            assert (answer.status_code, answer.json()["code"]) == (404, "comparison_not_found")


class Named(Clinic):
    """The same clinic, whose next subject has another reference."""

    def __init__(self, clinic: Clinic, reference: str) -> None:
        super().__init__(clinic.client, clinic.headers["Authorization"].removeprefix("Bearer "))
        self._reference = reference

    def subject(self, reference: str = "") -> str:
        return super().subject(self._reference)


def test_a_link_that_ended_was_altered_or_was_made_elsewhere_opens_nothing(client, clinic, service, ids, links):
    tenant, soon, past = TenantId("x"), datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) - timedelta(seconds=1)
    row = {read.tenant for read in (service.links.read(link["token"], past) for link in links.values())}
    (own,) = row
    about = {
        "report": lambda at, whose: ReportLink(whose, ids["comparison_id"], at),
        "series": lambda at, whose: SeriesLink(whose, ids["subject_id"], links["series"]["course_id"], at),
        "correction": lambda at, whose: CorrectionLink(whose, ids["photo_id"], at, "x"),
        "cohort": lambda at, whose: CohortLink(whose, "", at),
    }
    for kind, link in links.items():
        token = link["token"]
        altered = ("A" if token[0] != "A" else "B") + token[1:]
        ended = service.links.sign(about[kind](past, own))
        strangers, unkept = (service.links.sign(about[kind](soon, whose)) for whose in (tenant, own))
        for route in OPENED[kind]:
            for bad in (altered, token[:-1], ended, strangers, unkept, "", "x" * 5000):
                answer = through(client, FIRST_CALLS[route], ids, {**link, "token": bad}, by="cookie")
                assert answer.status_code == 401, (route, bad)


OTHERS_NAMES = ("tenant_id", "tenant", "clinic", "clinic_id")


def test_a_body_cannot_say_whose_it_is(clinic, other_clinic, ids):
    theirs = one_of_each(other_clinic)
    for one in FIRST_CALLS.values():
        for name in OTHERS_NAMES:
            if one.json is not None:
                answer = made(clinic, replace(one, json={**one.json, name: theirs["subject_id"]}), ids)
                assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), one.route


PRETENDING = {
    "Host": "borealis.example",
    "X-Forwarded-Host": "borealis.example",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/v1/subjects",
    "Forwarded": "for=127.0.0.1;host=borealis.example",
    "X-Original-URL": "/v1/subjects",
    "X-Rewrite-URL": "/v1/subjects",
    "X-HTTP-Method-Override": "DELETE",
    "X-HTTP-Method": "DELETE",
    "X-Method-Override": "DELETE",
}


def test_headers_cannot_say_who_asks_or_for_what(clinic, other_clinic, ids):
    theirs = one_of_each(other_clinic)
    claims = {f"X-{name}": theirs["subject_id"] for name in ("Tenant-Id", "Tenant", "Clinic", "User-Id", "Remote-User")}
    pretender = Clinic(clinic.client, "")
    pretender.headers = {**clinic.headers, **PRETENDING, **claims}
    for one in FIRST_CALLS.values():
        if one.route.startswith("GET ") and "erasures" not in one.route and "audit" not in one.route:
            for whose in (ids, theirs):
                plain, pretending = (made(asker, one, whose) for asker in (clinic, pretender))
                assert pretending.status_code == plain.status_code, one.route
                if "application/json" in plain.headers["content-type"]:
                    assert pretending.json() == plain.json(), one.route


def test_two_clinics_that_do_the_same_at_once_meet_nothing_of_each_other(clinic, other_clinic, service, analyst):
    """The same references, files and names of requests: each gets records of its own, and its own work done."""
    both, found = (clinic, other_clinic), [[], []]

    def work(number: int) -> None:
        for turn in range(6):
            visit = both[number].visit(both[number].subject(f"P-{turn % 2}"))
            key = {"Idempotency-Key": f"course-{turn % 2}"}
            subject = both[number].subject(f"P-{turn % 2}")
            course = both[number].post(f"/v1/subjects/{subject}/courses", {"started_on": "2026-03-02"}, key)
            uploads = [both[number].upload(visit, f"photo {turn}.0".encode(), f"key-{turn}") for _ in range(2)]
            found[number] += [course.json()["id"], visit, subject, *(upload.json()["id"] for upload in uploads)]

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mine, theirs = (set(one) for one in found)
    assert len(mine) == len(theirs) == 2 + 6 + 2 + 6  # courses, visits, subjects, photos
    assert mine.isdisjoint(theirs)
    assert sorted(analyst.measured) == sorted(f"photo {turn}.0".encode() for turn in range(6) for _ in both)
    for number, one in enumerate(both):
        listed = [item["id"] for item in one.get("/v1/photos?limit=200").json()["items"]]
        assert set(listed) == {row for row in found[number] if row in listed}
        assert len(listed) == 6
