"""A clinic's own repeatability study: made of its photos, used in every later comparison, withdrawn, kept."""

import time

import numpy as np
import pytest

from models.measurand import MeasurandCode
from service.repeatability.floors import floors_of, pair_floors
from service.repeatability.labels import Labels
from service.sandbox import CompareOutcome
from service.tenancy.keys import find_actor
from tests.service.api.conftest import COMPARED, FACELESS, POISON, FakeAnalyst

FIGURES = (0.00, 0.10, 0.30, 0.20, 0.15, 0.05, 0.25)
STUDIES = "/v1/repeatability-studies"


class Ruler(FakeAnalyst):
    """An analyst to whom a photo is the figure that its file holds; changes are differences."""

    def compare_shots(self, before, after, *given, **options) -> CompareOutcome:
        outcome = super().compare_shots(before, after, *given, **options)
        if outcome.document is not COMPARED:
            return outcome
        size = round(figure(after[0].upload) - figure(before[0].upload), 6)
        (lid,) = COMPARED.changes
        change = lid.model_copy(update={"change": size, "after": 3.91 + size})
        return CompareOutcome(COMPARED.model_copy(update={"changes": (change,)}), None, None)


def figure(upload: bytes) -> float:
    return float(upload.split()[-1])


@pytest.fixture
def analyst() -> Ruler:
    return Ruler()


def visit(clinic, subject: str, day: int = 2, **labels) -> str:
    new = {"taken_at": f"2026-03-{day:02}T10:00:00Z", "phase": "baseline", **labels}
    return clinic.post(f"/v1/subjects/{subject}/visits", new).json()["id"]


def retakes(clinic, reference: str = "P-1", figures=FIGURES, day: int = 2) -> list[str]:
    where = visit(clinic, clinic.subject(reference), day)
    return [clinic.photo(b"photo %.2f" % one, where) for one in figures]


def study(clinic, persons: list[list[str]], wait: float = 20, **more):
    return clinic.post(f"{STUDIES}?wait={wait}", {"name": "Room 1", "photo_ids": persons, **more})


def pair_in(clinic, analyst, **labels) -> list[str]:
    """Compare two new photos of visits with these labels; the measurands that the analyst was given a floor for."""
    subject = clinic.subject("P-later")
    photos = [clinic.photo(b"photo 0.1", visit(clinic, subject, day, **labels)) for day in (10, 20)]
    clinic.post("/v1/comparisons", {"before_photo_id": photos[0], "after_photo_id": photos[1]})
    return [str(floor.measurand) for floor in analyst.floors[-1]]


def test_a_study_tells_how_much_the_clinics_photos_differ(clinic):
    answer = study(clinic, [retakes(clinic)])
    assert answer.status_code == 201
    found = answer.json()
    assert (found["status"], found["pending"], found["usable"]) == ("studied", 0, True)
    lid = next(one for one in found["result"]["measurands"] if one["side"] == "left")
    assert lid["sem"] == pytest.approx(np.std(FIGURES, ddof=1), abs=0.001)
    assert (lid["n"], lid["refused"], found["result"]["pairs"]) == (21, 0, 21)
    assert clinic.get(f"{STUDIES}/{found['id']}").json() == found
    assert [one["id"] for one in clinic.get(STUDIES).json()["items"]] == [found["id"]]


def test_a_study_that_is_not_done_says_how_much_is_still_to_come(clinic, analyst):
    photos = retakes(clinic)
    analyst.go_on.clear()
    found = study(clinic, [photos], wait=0).json()
    assert (found["status"], found["result"]) == ("queued", None)
    assert 0 < found["pending"] <= 21  # the subject's series may have had some of the pairs compared already
    assert clinic.get(f"{STUDIES}/{found['id']}/report").json()["code"] == "not_ready"
    analyst.go_on.set()
    assert clinic.ended(f"{STUDIES}/{found['id']}")["status"] == "studied"


def test_photos_that_are_not_measured_yet_are_waited_for(clinic, analyst):
    where = visit(clinic, clinic.subject())
    analyst.go_on.clear()
    photos = [clinic.upload(where, b"photo %.2f" % one, wait=0).json()["id"] for one in FIGURES]
    found = study(clinic, [photos], wait=0).json()
    assert found["pending"] == 21 + 7
    analyst.go_on.set()
    assert clinic.ended(f"{STUDIES}/{found['id']}")["result"]["photos"] == 7


def test_every_later_comparison_is_held_against_the_study(clinic, analyst):
    assert pair_in(clinic, analyst) == []
    found = study(clinic, [retakes(clinic)]).json()
    assert pair_in(clinic, analyst) == ["mrd1"]
    (floor,) = analyst.floors[-1]
    assert floor.measurand == "mrd1"
    assert floor.change_sd == pytest.approx(2**0.5 * np.std(FIGURES, ddof=1), abs=0.001)
    (named,) = floor.studies
    assert (named.id, named.name) == (found["id"], "Room 1")


def test_a_study_speaks_for_its_own_room_and_for_visits_that_name_none(clinic, analyst):
    study(clinic, [retakes(clinic)], room="Room 1")
    assert pair_in(clinic, analyst, room="Room 2") == []


def test_capitals_do_not_make_another_room(clinic, analyst):
    study(clinic, [retakes(clinic)], room="Room 1")
    assert pair_in(clinic, analyst, room="room 1", camera="any") == ["mrd1"]


def test_a_withdrawn_study_is_history_and_counts_no_more(clinic, analyst):
    found = study(clinic, [retakes(clinic)]).json()
    for _ in range(2):  # a withdrawal sent twice does its work once
        assert clinic.delete(f"{STUDIES}/{found['id']}").status_code == 204
    kept = clinic.get(f"{STUDIES}/{found['id']}").json()
    assert kept["ended_at"] is not None
    assert (kept["usable"], kept["result"]) == (False, found["result"])
    assert "withdrawn" in kept["says"]
    assert pair_in(clinic, analyst) == []


def test_a_study_that_is_too_small_is_kept_and_not_used(clinic, analyst):
    found = study(clinic, [retakes(clinic, figures=FIGURES[:6])]).json()
    assert (found["status"], found["usable"]) == ("studied", False)
    assert "too small" in found["says"]
    assert found["result"]["degrees_of_freedom"] == 5
    assert pair_in(clinic, analyst) == []


def test_the_same_request_again_is_the_same_study_until_it_is_withdrawn(clinic):
    photos = retakes(clinic)
    first, again = study(clinic, [photos]).json(), study(clinic, [photos]).json()
    assert first == again
    clinic.delete(f"{STUDIES}/{first['id']}")
    assert study(clinic, [photos]).json()["id"] != first["id"]


def test_several_persons_are_told_apart(clinic):
    persons = [retakes(clinic, name, FIGURES[:4]) for name in ("P-1", "P-2", "P-3")]
    found = study(clinic, persons).json()
    assert (found["result"]["persons"], found["result"]["pairs"]) == (3, 18)
    assert found["result"]["degrees_of_freedom"] == 9
    assert found["usable"]


def test_visits_stand_for_all_their_photos(clinic):
    photos = retakes(clinic)
    visits = {clinic.get(f"/v1/photos/{photo}").json()["visit_id"] for photo in photos}
    answer = clinic.post(f"{STUDIES}?wait=20", {"name": "By visit", "visit_ids": list(visits)}).json()
    assert {one["photo_id"] for one in answer["persons"][0]} == set(photos)
    assert answer["result"]["photos"] == 7


def test_photos_of_several_days_say_that_the_face_counts_too(clinic):
    where = clinic.subject()
    photos = [
        clinic.photo(b"photo %.2f" % one, visit(clinic, where, day)) for day, one in ((1, 0.1), (1, 0.2), (9, 0.3))
    ]
    assert "8 days apart" in study(clinic, [photos]).json()["result"]["remarks"][0]


def test_a_refused_photo_takes_no_part(clinic):
    where = visit(clinic, clinic.subject())
    photos = [clinic.photo(b"photo %.2f" % one, where) for one in FIGURES[:3]] + [clinic.photo(FACELESS, where)]
    found = study(clinic, [photos]).json()
    assert found["result"]["photos"] == 3
    assert [one["status"] for one in found["persons"][0]] == ["analysed"] * 3 + ["refused"]


def test_a_photo_that_turns_out_unfit_is_left_out_when_its_analysis_ends(clinic, analyst):
    where = visit(clinic, clinic.subject())
    analyst.go_on.clear()
    photos = [
        clinic.upload(where, one, wait=0).json()["id"] for one in (b"photo 0.1", b"photo 0.2", b"photo 0.4", POISON)
    ]
    found = study(clinic, [photos], wait=0).json()
    analyst.go_on.set()
    assert clinic.ended(f"{STUDIES}/{found['id']}")["result"]["pairs"] == 3


def test_the_report_page_names_the_study(clinic):
    found = study(clinic, [retakes(clinic)]).json()
    page = clinic.get(f"{STUDIES}/{found['id']}/report")
    assert page.status_code == 200
    assert "Room 1" in page.text
    assert "Later comparisons count on it" in page.text


def test_erasing_the_person_leaves_a_study_without_any_of_their_photos(clinic, service):
    photos = retakes(clinic)
    found = study(clinic, [photos]).json()
    clinic.delete(f"/v1/subjects/{clinic.subject()}")
    left = clinic.get(f"{STUDIES}/{found['id']}").json()
    assert left["persons"] == []
    assert left["result"] == found["result"]
    with service.database.reading_across() as session:
        from service.database.tables import RepeatabilityStudy

        kept = session.get(RepeatabilityStudy, found["id"])
        assert not any(photo in f"{kept.document}{kept.floors}{kept.fingerprint}" for photo in photos)


def test_erasing_the_person_while_the_study_runs_ends_it_with_a_reason(clinic, analyst):
    photos = retakes(clinic)
    analyst.go_on.clear()
    found = study(clinic, [photos], wait=0).json()
    clinic.delete(f"/v1/subjects/{clinic.subject()}")
    analyst.go_on.set()
    ended = clinic.ended(f"{STUDIES}/{found['id']}")
    assert ended["status"] == "failed"
    assert "No two photos" in ended["failure"]


@pytest.mark.parametrize(
    "persons,code",
    [
        ([[0, 1]], "invalid_repeatability_study"),
        ([[0], [7]], "invalid_repeatability_study"),
        ([[0, 1, 7]], "different_subjects"),
        ([[0, 1], [2, 3]], "different_subjects"),
        ([[0, 1, 2, 9]], "different_views"),
    ],
)
def test_what_makes_no_study_is_told_with_the_way_out(clinic, persons, code):
    photos = [*retakes(clinic), *retakes(clinic, "P-2", FIGURES[:2])]
    side = clinic.upload(visit(clinic, clinic.subject()), b"photo 0.5", view="oblique_left").json()["id"]
    answer = study(clinic, [[[*photos, side][number] for number in person] for person in persons])
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    "more", [{}, {"photo_ids": [["a"]], "visit_ids": ["b"]}, {"photo_ids": []}, {"room": "x" * 101}]
)
def test_a_request_that_is_not_one_is_told(clinic, more):
    answer = clinic.post(STUDIES, {"name": "N", **({"visit_ids": ["b"]} if "room" in more else {}), **more})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_a_visit_keeps_its_labels(clinic):
    made = visit(clinic, clinic.subject(), room=" Room 1 ", operator="A")
    told = clinic.get(f"/v1/visits/{made}").json()
    assert (told["room"], told["camera"], told["operator"]) == ("Room 1", None, "A")


def test_the_most_fitting_then_the_newest_study_counts_for_each_measurand(clinic, service):
    tenant = tenant_of(clinic, service)
    photos = retakes(clinic)
    wide, general, newest = (
        study(clinic, [photos if figures is None else retakes(clinic, f"P{figures[1]}", figures)], **more).json()
        for figures, more in (
            (None, {"name": "wide"}),
            ([10 * one for one in FIGURES], {"name": "room", "room": "R"}),
            ([2 * one for one in FIGURES], {"name": "newest"}),
        )
    )
    sem = float(np.std(FIGURES, ddof=1))
    with service.database.reading_across() as session:
        found = {room: floors_of(session, tenant, Labels(room=room)) for room in (None, "R", "S")}
        mixed = pair_floors(session, tenant, Labels(room="R"), Labels(room="S"))
    assert found["R"][MeasurandCode.MRD1] == pytest.approx(10 * sem, abs=0.01)
    assert found["S"][MeasurandCode.MRD1] == pytest.approx(2 * sem, abs=0.01)
    assert found[None][MeasurandCode.MRD1] == pytest.approx(2 * sem, abs=0.01)
    assert mixed[0].change_sd == pytest.approx(sem * (10**2 + 2**2) ** 0.5, abs=0.01)
    assert [one.id for one in mixed[0].studies] == [general["id"], newest["id"]]
    assert wide["usable"]


def tenant_of(clinic, service):
    with service.database.reading_across() as session:
        return find_actor(session, clinic.headers["Authorization"].removeprefix("Bearer ")).tenant


def test_reading_and_withdrawing_are_audited(clinic, service):
    from service.database.tables import AuditRow

    found = study(clinic, [retakes(clinic)]).json()
    clinic.get(f"{STUDIES}/{found['id']}")
    clinic.delete(f"{STUDIES}/{found['id']}")
    with service.database.reading_across() as session:
        told = [row.action for row in session.query(AuditRow).filter(AuditRow.target == found["id"])]
    assert told == [f"repeatability_study_{what}" for what in ("made", "read", "withdrawn")]


def test_a_study_of_twenty_photos_compares_eighty_pairs_and_is_done_soon(clinic):
    rng = np.random.default_rng(1)
    began = time.monotonic()
    found = study(clinic, [retakes(clinic, figures=rng.normal(3, 0.1, 20).tolist())], wait=60).json()
    assert found["result"]["pairs"] == 80
    assert time.monotonic() - began < 60
