"""A clinic meets its own records and nothing else; a key does what it was made for and nothing else."""

import pytest

from service.tenancy.scope import Scope
from tests.service.api.conftest import PHOTO

NOWHERE = "0" * 32
HOOK = {"url": "http://127.0.0.1:9/hook"}
COURSE = {"started_on": "2026-03-02"}
CONFOUNDER = {"kind": "weight", "date": "2026-03-02"}
VISIT = {"taken_at": "2026-03-02T10:00:00Z", "phase": "baseline"}


@pytest.fixture
def foreign(other_clinic):
    """Ids of another clinic's records."""
    pair = other_clinic.pair()
    comparison = other_clinic.get(f"/v1/comparisons/{pair}").json()
    photo = other_clinic.get(f"/v1/photos/{comparison['before_photo_id']}").json()
    retakes = [photo["id"], *(other_clinic.photo(PHOTO + b"!" * number, photo["visit_id"]) for number in (1, 2))]
    study = other_clinic.post("/v1/repeatability-studies", {"name": "Theirs", "photo_ids": [retakes]}).json()["id"]
    subject = photo["subject_id"]
    course = other_clinic.post(f"/v1/subjects/{subject}/courses", COURSE).json()["id"]
    confounder = other_clinic.post(f"/v1/subjects/{subject}/confounders", CONFOUNDER).json()["id"]
    return {
        "subject": subject,
        "visit": photo["visit_id"],
        "photo": photo["id"],
        "comparison": pair,
        "course": course,
        "confounder": confounder,
        "study": study,
        "webhook": other_clinic.post("/v1/webhooks", HOOK).json()["id"],
    }


READS = [
    ("subject", "/v1/subjects/{}"),
    ("subject", "/v1/subjects/{}/visits"),
    ("subject", "/v1/subjects/{}/comparisons"),
    ("subject", "/v1/subjects/{}/photos"),
    ("subject", "/v1/subjects/{}/courses"),
    ("subject", "/v1/subjects/{}/confounders"),
    ("subject", "/v1/subjects/{}/series"),
    ("subject", "/v1/subjects/{}/series.csv"),
    ("subject", "/v1/subjects/{}/series/report"),
    ("subject", "/v1/subjects/{}/series/report.pdf"),
    ("comparison", "/v1/subjects/{subject}/series/pictures/{}/after"),
    ("comparison", "/v1/subjects/{subject}/series/compare/{}"),
    ("course", "/v1/courses/{}"),
    ("confounder", "/v1/confounders/{}"),
    ("visit", "/v1/visits/{}"),
    ("visit", "/v1/visits/{}/photos"),
    ("photo", "/v1/photos/{}"),
    ("photo", "/v1/photos/{}/file"),
    ("photo", "/v1/photos/{}/overlay"),
    ("photo", "/v1/photos/{}/fhir"),
    ("photo", "/v1/photos/{}/dicom"),
    ("comparison", "/v1/comparisons/{}/fhir"),
    ("comparison", "/v1/comparisons/{}"),
    ("comparison", "/v1/comparisons/{}/report"),
    ("comparison", "/v1/comparisons/{}/report.pdf"),
    ("comparison", "/v1/comparisons/{}/aligned/before"),
    ("study", "/v1/repeatability-studies/{}"),
    ("study", "/v1/repeatability-studies/{}/report"),
    ("subject", "/v1/erasures/{}"),
    ("webhook", "/v1/webhooks/{}"),
    ("webhook", "/v1/webhooks/{}/deliveries"),
]


def same_but_for_the_time(left, right) -> bool:
    of_each = {"date", "x-request-id"}  # random, whatever was asked for
    headers = [{k: v for k, v in answer.headers.items() if k not in of_each} for answer in (left, right)]
    return (left.status_code, left.content, headers[0]) == (right.status_code, right.content, headers[1])


WRITES = [
    ("subject", "POST", "/v1/subjects/{}/courses", COURSE),
    ("subject", "POST", "/v1/subjects/{}/confounders", CONFOUNDER),
    ("subject", "POST", "/v1/subjects/{}/visits", VISIT),
    ("subject", "POST", "/v1/subjects/{}/series/link", {}),
    ("course", "PATCH", "/v1/courses/{}", {"notes": "x"}),
    ("course", "DELETE", "/v1/courses/{}", None),
    ("confounder", "PATCH", "/v1/confounders/{}", {"notes": "x"}),
    ("confounder", "DELETE", "/v1/confounders/{}", None),
    ("visit", "PATCH", "/v1/visits/{}", {"notes": "x"}),
    ("visit", "DELETE", "/v1/visits/{}", None),
    ("photo", "DELETE", "/v1/photos/{}", None),
    ("webhook", "POST", "/v1/webhooks/{}/test", None),
    ("webhook", "DELETE", "/v1/webhooks/{}", None),
]


@pytest.mark.parametrize("kind,method,path,json", WRITES)
def test_writing_to_a_record_of_another_clinic_looks_exactly_like_writing_to_none(
    clinic, foreign, kind, method, path, json
):
    theirs, nobodys = (
        clinic.client.request(method, path.format(where), json=json, headers=clinic.headers)
        for where in (foreign[kind], NOWHERE)
    )
    assert theirs.status_code == 404
    assert same_but_for_the_time(theirs, nobodys)


def test_a_course_of_another_clinic_cannot_be_named_or_asked_for(clinic, foreign):
    subject = clinic.subject()
    visit = clinic.visit(subject)
    for wanted in (foreign["course"], NOWHERE):
        answers = [
            clinic.post(f"/v1/subjects/{subject}/visits", VISIT | {"course_id": wanted}),
            clinic.patch(f"/v1/visits/{visit}", {"course_id": wanted}),
            clinic.get(f"/v1/subjects/{subject}/visits?course_id={wanted}"),
            clinic.get(f"/v1/subjects/{subject}/series?course_id={wanted}"),
            clinic.post(f"/v1/subjects/{subject}/series/link", {"course_id": wanted}),
        ]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "course_not_found")] * 5


@pytest.mark.parametrize("kind,path", READS)
def test_a_record_of_another_clinic_looks_exactly_like_no_record(clinic, foreign, kind, path):
    own = clinic.subject()
    theirs, nobodys = (clinic.get(path.format(where, subject=own)) for where in (foreign[kind], NOWHERE))
    assert theirs.status_code == 404
    assert same_but_for_the_time(theirs, nobodys)


def test_nothing_can_be_done_to_records_of_another_clinic(clinic, other_clinic, foreign):
    visit = VISIT
    own = clinic.photo()
    attempts = [
        clinic.post(f"/v1/subjects/{foreign['subject']}/visits", visit),
        clinic.upload(foreign["visit"]),
        clinic.post("/v1/comparisons", {"before_photo_id": foreign["photo"], "after_photo_id": foreign["photo"]}),
        clinic.post("/v1/comparisons", {"before_photo_id": own, "after_photo_id": foreign["photo"]}),
        clinic.post(f"/v1/comparisons/{foreign['comparison']}/link"),
        clinic.post("/v1/repeatability-studies", {"name": "Mine", "photo_ids": [[own, foreign["photo"]]]}),
        clinic.post("/v1/repeatability-studies", {"name": "Mine", "visit_ids": [foreign["visit"]]}),
        clinic.delete(f"/v1/repeatability-studies/{foreign['study']}"),
        clinic.delete(f"/v1/subjects/{foreign['subject']}"),
    ]
    assert [attempt.status_code for attempt in attempts] == [404] * 9
    assert other_clinic.get(f"/v1/photos/{foreign['photo']}/file").status_code == 200


def test_lists_hold_ones_own_records_alone(clinic, foreign):
    mine = clinic.subject()
    assert [item["id"] for item in clinic.get("/v1/subjects").json()["items"]] == [mine]
    assert clinic.get("/v1/comparisons").json()["items"] == []
    assert clinic.get("/v1/repeatability-studies").json()["items"] == []
    assert clinic.get("/v1/photos").json()["items"] == []
    assert clinic.get("/v1/webhooks").json()["items"] == []
    assert clinic.get("/v1/due?until=2100-01-01").json()["items"] == []
    told = {row["target"] for row in clinic.get("/v1/audit?limit=1000").json()["items"]}
    assert mine in told
    assert told.isdisjoint(foreign.values())
    assert all(clinic.get(f"/v1/audit?target={theirs}").json()["items"] == [] for theirs in foreign.values())


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer lm_wrong", "Basic abc", "Bearer \xff"])
def test_a_request_without_a_valid_key_is_told_how_to_send_one(client, header):
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    for path in ("/v1/subjects", "/v1/photos/x/file", "/v1/no/such/address"):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_request_without_a_key_is_answered_before_its_body_is_read(address):
    import socket
    from urllib.parse import urlsplit

    where = urlsplit(address)
    with socket.create_connection((where.hostname, where.port), timeout=5) as wire:
        wire.sendall(b"POST /v1/visits/x/photos HTTP/1.1\r\nHost: x\r\nContent-Length: 40000000\r\n\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize(
    "scope,allowed",
    [
        (Scope.READ, {"list"}),
        (Scope.INGEST, {"make", "record"}),
        (Scope.EXPORT, set()),
        (
            Scope.ADMIN,
            {"erase a visit", "erase", "read the audit", "verify the audit", "see an erasure", "have events told"},
        ),
    ],
)
def test_a_key_does_what_its_scope_says_and_nothing_else(new_clinic, clinic, scope, allowed):
    limited, subject = new_clinic("Aurora", scope), clinic.subject()
    visit, erased = clinic.visit(subject), clinic.subject("P-3")
    clinic.delete(f"/v1/subjects/{erased}")
    tried = {
        "list": limited.get("/v1/subjects"),
        "make": limited.post("/v1/subjects", {"reference": "P-2"}),
        "record": limited.post(f"/v1/subjects/{subject}/courses", COURSE),
        "erase a visit": limited.delete(f"/v1/visits/{visit}"),
        "erase": limited.delete(f"/v1/subjects/{subject}"),
        "read the audit": limited.get("/v1/audit"),
        "verify the audit": limited.get("/v1/audit/verification"),
        "see an erasure": limited.get(f"/v1/erasures/{erased}"),
        "have events told": limited.post("/v1/webhooks", HOOK),
    }
    assert {name for name, answer in tried.items() if answer.is_success} == allowed
    assert {answer.status_code for name, answer in tried.items() if name not in allowed} == {403}


def test_keys_are_not_in_the_database(clinic, service):
    key = clinic.headers["Authorization"].removeprefix("Bearer ")
    files = [path.read_bytes() for path in service.settings.data.glob("liftmark.db*")]
    assert files
    assert not any(key.encode() in file for file in files)
