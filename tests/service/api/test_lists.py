"""Lists: filtered, searched, page by page."""

from datetime import UTC, datetime, timedelta

import pytest

TEXTLESS = b"photo of a wall"  # which the analyst refuses


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


@pytest.fixture
def subject(clinic) -> str:
    return clinic.subject()


@pytest.fixture
def visits(clinic, subject) -> list[str]:
    new = [
        ("2026-03-02T10:00:00+01:00", "baseline"),
        ("2026-03-09T10:00:00+01:00", "treatment"),
        ("2026-03-16T23:30:00-05:00", "treatment"),  # the 17th in UTC
    ]
    path = f"/v1/subjects/{subject}/visits"
    return [clinic.post(path, {"taken_at": at, "phase": phase}).json()["id"] for at, phase in new]


@pytest.mark.parametrize(
    "query,found",
    [
        ({}, [0, 1, 2]),
        ({"phase": "treatment"}, [1, 2]),
        ({"from": "2026-03-09"}, [1, 2]),
        ({"until": "2026-03-16"}, [0, 1]),
        ({"until": "2026-03-17"}, [0, 1, 2]),
        ({"from": "2026-03-09T09:00:00Z", "until": "2026-03-09T09:00:00Z"}, [1]),
        ({"from": "2026-03-09T09:00:01Z"}, [2]),
        ({"phase": "treatment", "until": "2026-03-09", "limit": 1}, [1]),
        ({"phase": "maintenance"}, []),
    ],
)
def test_visits_are_found_by_phase_and_time(clinic, subject, visits, query, found):
    assert ids(clinic.get(f"/v1/subjects/{subject}/visits", params=query)) == [visits[n] for n in found]


@pytest.mark.parametrize(
    "query", [{"phase": "now"}, {"from": "monday"}, {"from": "2026-03-09T09:00:00"}, {"until": "9999-12-31"}]
)
def test_a_filter_that_says_nothing_known_is_a_problem(clinic, subject, query):
    answer = clinic.get(f"/v1/subjects/{subject}/visits", params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert next(iter(query)) in answer.json()["detail"]


def test_photos_are_found_by_status_view_and_day_of_upload(clinic, subject, visits):
    fine = clinic.upload(visits[0]).json()["id"]
    aside = clinic.upload(visits[0], view="profile_left").json()["id"]
    refused = clinic.upload(visits[1], TEXTLESS).json()["id"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    for path in (f"/v1/subjects/{subject}/photos", "/v1/photos"):
        assert ids(clinic.get(path)) == [fine, aside, refused]
        assert ids(clinic.get(path, params={"status": "refused", "from": yesterday})) == [refused]
        assert ids(clinic.get(path, params={"view": "profile_left"})) == [aside]
        assert ids(clinic.get(path, params={"from": tomorrow})) == []
        assert ids(clinic.get(path, params={"until": tomorrow, "status": "analysed"})) == [fine, aside]
    assert ids(clinic.get(f"/v1/visits/{visits[0]}/photos", params={"view": "frontal"})) == [fine]


def test_photos_of_a_subject_are_read_page_by_page(clinic, subject, visits):
    made = [clinic.upload(visit, wait=0).json()["id"] for visit in visits]
    first = clinic.get(f"/v1/subjects/{subject}/photos", params={"limit": 2}).json()
    second = clinic.get(f"/v1/subjects/{subject}/photos", params={"limit": 2, "after": first["next"]}).json()
    assert [item["id"] for page in (first, second) for item in page["items"]] == made
    assert second["next"] is None


def test_comparisons_are_found_by_status(clinic, subject):
    compared, refused = clinic.pair(), clinic.pair(after=TEXTLESS)
    for path in (f"/v1/subjects/{subject}/comparisons", "/v1/comparisons"):
        assert compared in ids(clinic.get(path, params={"status": "compared"}))
        assert refused in ids(clinic.get(path, params={"status": "refused"}))
        assert refused not in ids(clinic.get(path, params={"status": "compared"}))
        assert ids(clinic.get(path, params={"status": "failed"})) == []


@pytest.mark.parametrize(
    "q,found",
    [
        ("p-1", ["P-1", "P-10"]),
        ("MÜLLER", ["Müller_50%"]),
        ("_", ["Müller_50%"]),
        ("%", ["Müller_50%"]),
        ("0%", ["Müller_50%"]),
        ("nobody", []),
    ],
)
def test_subjects_are_found_by_a_part_of_their_reference(clinic, other_clinic, q, found):
    made = {name: clinic.subject(name) for name in ("P-1", "P-2", "P-10", "Müller_50%")}
    other_clinic.subject("P-1")
    assert ids(clinic.get("/v1/subjects", params={"q": q})) == [made[name] for name in found]
    if found:
        assert ids(clinic.get("/v1/subjects", params={"q": q, "limit": 1})) == [made[found[0]]]
