"""The audit as a clinic reads and verifies it, and the proof of an erasure."""

import json
import re

import pytest
from sqlalchemy import text

from service.tenancy.scope import Scope

NOWHERE = "0" * 32
ID_OR_LIST = re.compile("[0-9a-f]{32}|audit|cohort|comparisons|due|photos|repeatability_studies|subjects")
ACTOR = re.compile("[0-9a-f]{32}|system:series")


def rows(clinic, query: str = "") -> list[dict]:
    answer = clinic.get(f"/v1/audit?limit=1000{query}")
    assert answer.status_code == 200
    return answer.json()["items"]


def test_the_audit_tells_who_did_what_to_which_record_in_its_order(clinic):
    photo = clinic.photo()
    clinic.get(f"/v1/photos/{photo}/file")
    told = rows(clinic)
    assert [row["number"] for row in told] == list(range(1, len(told) + 1))
    assert [row["previous"] for row in told[1:]] == [row["hash"] for row in told[:-1]]
    (read,) = (row for row in told if row["action"] == "file_read")
    assert read["target"] == photo
    assert {row["actor"] for row in told} - {"system:series"} == {read["actor"]}


def test_reading_the_audit_is_in_the_audit(clinic):
    rows(clinic)
    assert [row["action"] for row in rows(clinic)] == ["audit_read"]


def test_the_audit_is_narrowed_by_deed_record_person_and_time(clinic, new_clinic):
    reader = new_clinic("Aurora", Scope.READ)
    photo, other = clinic.photo(), clinic.photo(b"photo of another")
    reader.get(f"/v1/photos/{photo}")
    clinic.get(f"/v1/photos/{other}")
    reads = rows(clinic, "&action=photo_read")
    assert [row["target"] for row in reads] == [photo, other]
    assert [row["action"] for row in rows(clinic, f"&target={photo}")] == ["photo_uploaded", "photo_read"]
    assert [row["action"] for row in rows(clinic, f"&actor={reads[0]['actor']}")] == ["photo_read"]
    since = reads[1]["at"].replace("+", "%2B")
    assert [row["target"] for row in rows(clinic, f"&action=photo_read&from={since}")] == [other]
    assert rows(clinic, "&until=2020-01-01") == []


def test_the_audit_comes_a_page_at_a_time(clinic):
    for number in range(12):
        clinic.subject(f"P-{number}")
    first = clinic.get("/v1/audit?limit=10").json()
    second = clinic.get(f"/v1/audit?limit=10&after={first['next']}").json()
    assert [row["number"] for row in first["items"]] == list(range(1, 11))
    assert [row["number"] for row in second["items"]] == [11, 12, 13]
    assert second["next"] is None


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "after=-1", "after=x", "action=nothing", "target=%00", "from=yesterday"]
)
def test_what_cannot_be_asked_is_told(clinic, query):
    answer = clinic.get(f"/v1/audit?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("path", ["/v1/audit", "/v1/audit/verification", f"/v1/erasures/{NOWHERE}"])
@pytest.mark.parametrize("scope", [Scope.READ, Scope.INGEST, Scope.EXPORT])
def test_the_audit_is_for_administrators_alone(new_clinic, path, scope):
    assert new_clinic("Aurora", scope).get(path).status_code == 403


def test_a_clinic_sees_its_own_audit_alone(clinic, other_clinic):
    theirs = other_clinic.photo()
    assert rows(clinic) == []
    assert rows(clinic, f"&target={theirs}") == []
    assert theirs in {row["target"] for row in rows(other_clinic)}


def test_an_audit_that_nobody_touched_is_sound(clinic):
    clinic.photo()
    found = clinic.get("/v1/audit/verification").json()
    last = rows(clinic)[-1]
    assert (found["sound"], found["broken"]) == (True, None)
    assert found["checked"] == found["head"]["count"] == last["number"]
    assert found["head"]["hash"] == last["hash"]
    assert last["action"] == "audit_verified"


def test_an_audit_that_was_tampered_with_says_where(clinic, other_clinic, service):
    clinic.photo()
    other_clinic.photo()
    key = rows(clinic)[0]["actor"]
    with service.database.connection() as connection:
        mine = "(SELECT tenant_id FROM api_keys WHERE id = :key)"
        change = f"UPDATE audit SET target = 'x' WHERE number = 2 AND tenant_id = {mine}"
        connection.execute(text(change), {"key": key})
    found = clinic.get("/v1/audit/verification").json()
    assert (found["sound"], found["checked"]) == (False, 1)
    assert found["broken"] == {"kind": "edited", "number": 2, "says": "Row 2 is not as it was written."}
    assert other_clinic.get("/v1/audit/verification").json()["sound"]


def test_an_erasure_is_proved_after_the_subject_is_gone(clinic, service):
    subject = clinic.subject("canary-4471")
    visit = clinic.visit(subject)
    photos = [clinic.photo(content, visit) for content in (b"photo 1", b"photo 2")]
    clinic.post("/v1/comparisons", {"before_photo_id": photos[0], "after_photo_id": photos[1]})
    assert clinic.get(f"/v1/erasures/{subject}").status_code == 404

    assert clinic.delete(f"/v1/subjects/{subject}").status_code == 204

    proof = clinic.get(f"/v1/erasures/{subject}").json()
    assert (proof["subject_id"], proof["complete"]) == (subject, True)
    assert (proof["rows_left"], proof["blobs_left"]) == ({}, 0)
    erased = proof["rows_erased"]
    assert {name: erased[name] for name in ("subjects", "visits", "photos", "comparisons")} == {
        "subjects": 1,
        "visits": 1,
        "photos": 2,
        "comparisons": 1,
    }
    (told,) = rows(clinic, "&action=subject_erased")
    assert proof["audit"] == told
    assert (told["target"], told["at"], told["actor"]) == (subject, proof["erased_at"], proof["erased_by"])
    assert clinic.get("/v1/audit/verification").json()["sound"]
    assert clinic.get(f"/v1/erasures/{subject}").status_code == 200


def test_an_erasure_that_is_not_complete_says_what_is_left(clinic, service):
    subject = clinic.subject()
    clinic.photo(visit=clinic.visit(subject))
    clinic.delete(f"/v1/subjects/{subject}")
    (tenant,) = (path.name for path in (service.settings.data / "blobs").iterdir() if path.is_dir())
    service.vaults.store.put(f"{tenant}/{subject}/photos/left", b"x")
    proof = clinic.get(f"/v1/erasures/{subject}").json()
    assert (proof["complete"], proof["blobs_left"]) == (False, 1)


def test_the_audit_outlives_the_subject_and_holds_ids_alone(clinic, service):
    subject = clinic.subject("canary-reference-9921")
    told = {"taken_at": "2026-03-02T10:00:00Z", "phase": "baseline", "notes": "canary-9921", "operator": "canary-9921"}
    visit = clinic.post(f"/v1/subjects/{subject}/visits", told).json()["id"]
    clinic.get("/v1/subjects?q=canary")
    clinic.get(f"/v1/visits/{visit}")
    photo = clinic.photo(visit=visit)
    course = {"started_on": "2026-03-02", "notes": "canary-9921"}
    clinic.post(f"/v1/subjects/{subject}/courses", course)
    clinic.put(f"/v1/subjects/{subject}/iris-diameter", {"mm": 11.9, "measured_by": "canary-9921"})
    before = rows(clinic)
    clinic.delete(f"/v1/subjects/{subject}")
    after = rows(clinic)
    assert after[: len(before)] == before
    assert {subject, visit, photo} <= {row["target"] for row in after}
    assert "canary" not in json.dumps(after)
    assert not [row for row in after if not ID_OR_LIST.fullmatch(row["target"])]
    assert not [row for row in after if not ACTOR.fullmatch(row["actor"])]


def test_the_erasure_of_another_clinic_looks_exactly_like_none(clinic, other_clinic):
    theirs = other_clinic.subject()
    other_clinic.delete(f"/v1/subjects/{theirs}")
    assert other_clinic.get(f"/v1/erasures/{theirs}").status_code == 200
    answers = [clinic.get(f"/v1/erasures/{one}") for one in (theirs, NOWHERE)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_damaged_anchors_are_told_without_saying_where_they_are(clinic, service):
    service.settings.audit_anchors.write_text("damaged\n")
    answer = clinic.get("/v1/audit/verification")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "damaged" in answer.json()["detail"]
    assert str(service.settings.data) not in answer.text
