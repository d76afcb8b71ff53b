"""Subjects and visits."""

import pytest

VISIT = {"taken_at": "2026-03-02T10:00:00+01:00", "phase": "treatment", "treatment_number": 3, "notes": "calm skin"}


def test_the_same_reference_is_the_same_subject(clinic):
    first = clinic.post("/v1/subjects", {"reference": "P-1"})
    second = clinic.post("/v1/subjects", {"reference": " P-1 "})
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()


def test_two_clinics_may_use_one_reference_for_two_subjects(clinic, other_clinic):
    assert clinic.subject("P-1") != other_clinic.subject("P-1")


def test_a_visit_keeps_what_it_was_made_with(clinic):
    made = clinic.post(f"/v1/subjects/{clinic.subject()}/visits", VISIT).json()
    got = clinic.get(f"/v1/visits/{made['id']}").json()
    assert got == made
    assert got["taken_at"] == "2026-03-02T09:00:00Z"
    assert (got["phase"], got["treatment_number"], got["notes"]) == ("treatment", 3, "calm skin")


def test_the_same_visit_sent_twice_under_one_key_is_one_visit(clinic):
    path = f"/v1/subjects/{clinic.subject()}/visits"
    ids = {clinic.post(path, VISIT, {"Idempotency-Key": "k"}).json()["id"] for _ in range(2)}
    assert len(ids) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"taken_at": "2026-03-02T10:00:00"},
        {"taken_at": "yesterday"},
        {"phase": "afterwards"},
        {"treatment_number": -1},
        {"tenant_id": "someone else"},
    ],
)
def test_a_visit_that_says_something_wrong_is_a_problem(clinic, wrong):
    answer = clinic.post(f"/v1/subjects/{clinic.subject()}/visits", VISIT | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert next(iter(wrong)) in answer.json()["detail"]


@pytest.mark.parametrize("reference", ["", "   ", "x" * 201, "line\nbreak", 7, None])
def test_a_reference_is_one_short_line(clinic, reference):
    assert clinic.post("/v1/subjects", {"reference": reference}).status_code == 422


def test_a_list_is_read_page_by_page_without_gap_or_repetition(clinic):
    made = [clinic.subject(f"P-{number}") for number in range(5)]
    seen, after = [], None
    while True:
        page = clinic.get("/v1/subjects", params={"limit": 2} | ({"after": after} if after else {})).json()
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(made)
