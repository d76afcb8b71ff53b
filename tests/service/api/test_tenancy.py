"""A clinic's lists hold its own; a key is asked for first. Every route with every id is in test_tenancy_matrix.py."""

import pytest

from tests.service.api.conftest import PHOTO

HOOK = {"url": "http://127.0.0.1:9/hook"}
COURSE = {"started_on": "2026-03-02"}
CONFOUNDER = {"kind": "weight", "date": "2026-03-02"}


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


def test_keys_are_not_in_the_database(clinic, service):
    key = clinic.headers["Authorization"].removeprefix("Bearer ")
    files = [path.read_bytes() for path in service.settings.data.glob("liftmark.db*")]
    assert files
    assert not any(key.encode() in file for file in files)
