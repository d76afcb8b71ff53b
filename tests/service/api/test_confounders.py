"""Confounders: recorded from the catalogue, with days that can be."""

import pytest

from models.confounder import CONFOUNDERS

FILLER = {"kind": "filler", "date": "2026-04-10", "regions": ["nasolabial_fold", "jawline"], "notes": "1 ml"}


@pytest.fixture
def subject(clinic) -> str:
    return clinic.subject()


@pytest.fixture
def filler(clinic, subject) -> dict:
    return clinic.post(f"/v1/subjects/{subject}/confounders", FILLER).json()


def test_a_confounder_keeps_what_it_was_made_with_and_tells_what_the_catalogue_says(clinic, subject, filler):
    assert (filler["kind"], filler["from"], filler["until"], filler["notes"]) == ("filler", "2026-04-10", None, "1 ml")
    assert filler["regions"] == filler["acts_on"] == ["jawline", "nasolabial_fold"]
    assert filler["effect"] == "splits"
    assert filler["settled_on"] == "2026-05-22"  # six weeks
    assert clinic.get(f"/v1/confounders/{filler['id']}").json() == filler
    assert clinic.get(f"/v1/subjects/{subject}/confounders").json() == {"items": [filler], "next": None}


def test_without_regions_it_acts_where_the_catalogue_says(clinic, subject):
    told = clinic.post(f"/v1/subjects/{subject}/confounders", {"kind": "toxin", "from": "2026-04-10"}).json()
    assert told["regions"] is None
    assert told["acts_on"] == ["eyelids", "periorbital_lines", "symmetry"]


def test_the_same_confounder_sent_twice_under_one_key_is_one(clinic, subject):
    path = f"/v1/subjects/{subject}/confounders"
    assert len({clinic.post(path, FILLER, {"Idempotency-Key": "k"}).json()["id"] for _ in range(2)}) == 1


def test_that_it_ended_is_told_later(clinic, filler):
    changed = clinic.patch(f"/v1/confounders/{filler['id']}", {"until": "2026-04-12"}).json()
    assert changed == filler | {"until": "2026-04-12", "settled_on": "2026-05-24", "over_on": "2027-04-12"}
    moved = clinic.patch(f"/v1/confounders/{filler['id']}", {"date": "2026-04-11", "regions": None}).json()
    assert (moved["from"], moved["regions"]) == ("2026-04-11", None)


@pytest.mark.parametrize(
    "wrong,says",
    [
        ({"kind": "sunburn"}, "kind"),
        ({"kind": None}, "kind"),
        ({"date": None}, "date"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": "0001-01-01"}, "date"),
        ({"from": "2026-04-01"}, "'from'"),
        ({"until": "2026-04-09"}, "before"),
        ({"regions": []}, "regions"),
        ({"regions": ["forehead"]}, "regions"),
        ({"regions": "jawline"}, "regions"),
        ({"notes": "x" * 4001}, "notes"),
        ({"since": "2026-04-10"}, "since"),
    ],
)
def test_a_confounder_that_cannot_be_is_a_problem(clinic, subject, filler, wrong, says):
    answer = clinic.post(f"/v1/subjects/{subject}/confounders", FILLER | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert says in answer.json()["detail"]
    if "from" not in wrong:
        changed = clinic.patch(f"/v1/confounders/{filler['id']}", wrong)
        assert (changed.status_code, changed.json()["code"]) == (422, "invalid_request")
        assert says in changed.json()["detail"]
    assert clinic.get(f"/v1/confounders/{filler['id']}").json() == filler


def test_one_recorded_by_mistake_is_deleted(clinic, subject, filler):
    assert clinic.delete(f"/v1/confounders/{filler['id']}").status_code == 204
    assert clinic.get(f"/v1/subjects/{subject}/confounders").json()["items"] == []
    assert clinic.delete(f"/v1/confounders/{filler['id']}").json()["code"] == "confounder_not_found"


def test_the_catalogue_tells_every_kind_with_its_times_and_source(clinic):
    kinds = {entry["kind"]: entry for entry in clinic.get("/v1/confounder-kinds").json()}
    assert set(kinds) == set(CONFOUNDERS)
    assert (kinds["filler"]["settling_days"], kinds["filler"]["lasting_days"]) == (42, 365)
    assert all(entry["says"] and entry["source"] and entry["acts_on"] for entry in kinds.values())
