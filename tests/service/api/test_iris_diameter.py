"""The iris' diameter as the clinic measured it: one a subject, all figures rest on it, its history stays."""

import pytest
from sqlalchemy import select

from service.database.tables import AuditRow, IrisDiameter
from service.tenancy.scope import Scope

GIVEN = {"mm": 12.1, "measured_by": "Dr. A."}


@pytest.fixture
def subject(clinic) -> str:
    return clinic.subject()


def iris(subject: str) -> str:
    return f"/v1/subjects/{subject}/iris-diameter"


def test_a_diameter_is_kept_with_who_measured_it_and_how_surely(clinic, subject):
    answer = clinic.put(iris(subject), GIVEN)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["mm"], told["measured_by"], told["ended_at"]) == (12.1, "Dr. A.", None)
    # A ruler is read to half a millimetre: a quarter to either side, evenly likely.
    assert told["standard_uncertainty_mm"] == pytest.approx(0.25 / 3**0.5, abs=0.005)
    assert clinic.get(iris(subject)).json()["history"] == [told]


def test_all_figures_of_the_subject_are_made_anew_at_its_scale(clinic, analyst, subject):
    visit = clinic.visit(subject)
    asked = {"before_photo_id": clinic.photo(visit=visit), "after_photo_id": clinic.photo(b"photo two", visit)}
    pair = clinic.post("/v1/comparisons", asked).json()["id"]
    clinic.put(iris(subject), GIVEN)
    for photo in asked.values():
        scale = clinic.ended(f"/v1/photos/{photo}")["scale"]
        assert (scale["method"], scale["iris_mm"]) == ("iris_measured", 12.1)
    clinic.ended(f"/v1/comparisons/{pair}")
    assert analyst.compared[-1][2].iris.mm == 12.1


def test_photos_tell_each_other_how_wide_the_iris_is(clinic, analyst, subject):
    visit = clinic.visit(subject)
    clinic.photo(visit=visit)
    clinic.photo(b"photo two", visit)
    (alone, second) = (told[1] for told in analyst.told)
    assert alone.iris_shares == ()
    # Radius 10 and 10, centres 100 apart, head turned by 0.4 degrees.
    assert second.iris_shares == (pytest.approx(0.2, rel=1e-4),)


def test_another_value_ends_the_first_and_keeps_it(clinic, subject):
    clinic.put(iris(subject), GIVEN)
    clinic.put(iris(subject), {**GIVEN, "mm": 12.3})
    answer = clinic.get(iris(subject)).json()
    assert answer["mm"] == 12.3
    assert [(one["mm"], one["ended_at"] is None) for one in answer["history"]] == [(12.1, False), (12.3, True)]


def test_the_same_value_again_does_nothing(clinic, subject):
    assert clinic.put(iris(subject), GIVEN).json() == clinic.put(iris(subject), GIVEN).json()
    assert len(clinic.get(iris(subject)).json()["history"]) == 1


def test_a_diameter_taken_back_leaves_the_average_persons(clinic, subject):
    photo = clinic.photo(visit=clinic.visit(subject))
    clinic.put(iris(subject), GIVEN)
    assert clinic.delete(iris(subject)).status_code == 204
    assert clinic.ended(f"/v1/photos/{photo}")["scale"]["method"] == "iris"
    for gone in (clinic.get(iris(subject)), clinic.delete(iris(subject))):
        assert (gone.status_code, gone.json()["code"]) == (404, "iris_diameter_not_found")


@pytest.mark.parametrize(
    "broken",
    [{}, {"mm": 12}, {**GIVEN, "mm": 4}, {**GIVEN, "mm": 20}, {**GIVEN, "mm": None}, {**GIVEN, "measured_by": ""}],
)
def test_what_no_iris_is_wide_is_turned_away(clinic, subject, broken):
    answer = clinic.put(iris(subject), broken)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_another_clinics_subject_looks_exactly_like_none(clinic, other_clinic, subject):
    clinic.put(iris(subject), GIVEN)
    for ask in (
        lambda one: other_clinic.put(iris(one), GIVEN),
        lambda one: other_clinic.get(iris(one)),
        lambda one: other_clinic.delete(iris(one)),
    ):
        foreign, missing = ask(subject), ask("0" * 32)
        assert (foreign.status_code, foreign.json()["code"]) == (404, "subject_not_found")
        assert foreign.content == missing.content


def test_giving_it_needs_the_scope_ingest(new_clinic, subject):
    reader = new_clinic("Aurora", Scope.READ)
    assert reader.put(iris(subject), GIVEN).json()["code"] == "scope_missing"
    assert reader.delete(iris(subject)).json()["code"] == "scope_missing"


def test_every_deed_is_in_the_audit_and_erasure_takes_the_diameters_along(clinic, service, subject):
    clinic.put(iris(subject), GIVEN)
    clinic.get(iris(subject))
    clinic.delete(iris(subject))
    with service.database.reading_across() as session:
        done = [one.action for one in session.scalars(select(AuditRow).order_by(AuditRow.id))]
    assert done[-3:] == ["iris_diameter_set", "iris_diameter_read", "iris_diameter_withdrawn"]
    clinic.delete(f"/v1/subjects/{subject}")
    with service.database.reading_across() as session:
        assert session.scalars(select(IrisDiameter)).all() == []
