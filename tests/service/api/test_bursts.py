"""Comparisons of visits with several photos each."""

import pytest

from service.documents.given import MOST_FRAMES


@pytest.fixture
def visits(clinic):
    """A subject's two visits, with two and one photos."""
    subject = clinic.subject()
    before, after = clinic.visit(subject), clinic.visit(subject)
    first = [clinic.photo(content, before) for content in (b"photo 1", b"photo 2")]
    return before, after, first, [clinic.photo(b"photo 3", after)]


def bursts(analyst) -> list:
    """The befores of each comparison of several; the series has single photos compared meanwhile."""
    return [before for before, _, _ in analyst.compared if len(before) > 1]


def test_two_visits_are_compared_by_all_their_frontal_photos(clinic, visits, analyst):
    before, after, first, second = visits
    clinic.upload(before, b"photo aside", view="profile_left")
    made = clinic.post("/v1/comparisons", {"before_visit_id": before, "after_visit_id": after})
    assert made.status_code == 201
    assert [shot.upload for shot in bursts(analyst)[-1]] == [b"photo 1", b"photo 2"]
    told = made.json()
    assert (told["before_photo_ids"], told["after_photo_ids"]) == (first, second)
    # The fake analyst shows the last of each visit and leaves the others out.
    assert (told["before_photo_id"], told["after_photo_id"]) == (first[1], second[0])
    assert [(frame["photo_id"], frame["use"], frame["reason"]) for frame in told["frames"]][:2] == [
        (first[0], "left_out", "Blink."),
        (first[1], "shown", "Blink."),
    ]
    assert clinic.get(f"/v1/comparisons/{told['id']}").json() == told


def test_named_photos_are_compared_in_any_order_as_one_comparison(clinic, visits):
    _, _, first, second = visits
    one = clinic.post("/v1/comparisons", {"before_photo_ids": first, "after_photo_ids": second}).json()
    other = clinic.post("/v1/comparisons", {"before_photo_ids": first[::-1], "after_photo_ids": second}).json()
    assert one == other


def test_a_pair_and_a_burst_with_the_same_first_photos_are_two_comparisons(clinic, visits):
    _, _, first, second = visits
    pair = clinic.post("/v1/comparisons", {"before_photo_id": first[0], "after_photo_id": second[0]}).json()
    burst = clinic.post("/v1/comparisons", {"before_photo_ids": first, "after_photo_ids": second}).json()
    assert pair["id"] != burst["id"]
    assert pair["frames"] == []


def test_a_pair_asked_for_as_lists_or_visits_is_the_same_pair(clinic):
    subject = clinic.subject()
    visit, other = clinic.visit(subject), clinic.visit(subject)
    one, two = clinic.photo(b"photo 1", visit), clinic.photo(b"photo 2", other)
    asked = [
        {"before_photo_id": one, "after_photo_id": two},
        {"before_photo_ids": [one], "after_photo_ids": [two]},
        {"before_visit_id": visit, "after_visit_id": other},
    ]
    assert len({clinic.post("/v1/comparisons", ask).json()["id"] for ask in asked}) == 1


def test_a_burst_is_made_anew_when_any_of_its_photos_is_corrected(clinic, visits, analyst):
    _, _, first, second = visits
    asked = {"before_photo_ids": first, "after_photo_ids": second}
    burst = clinic.post("/v1/comparisons", asked).json()["id"]
    lid = {"points": [[225, 148], [212, 139], [200, 136], [188, 140], [175, 149]], "corrected_by": "Dr. A."}
    clinic.put(f"/v1/photos/{first[0]}/corrections/left/upper_lid", lid)
    clinic.ended(f"/v1/comparisons/{burst}")
    assert [len(shot.corrections) for shot in bursts(analyst)[-1]] == [1, 0]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"before_photo_id": "a"},
        {"before_photo_id": "a", "after_visit_id": "b"},
        {"before_photo_id": "a", "after_photo_id": "b", "before_visit_id": "c", "after_visit_id": "d"},
        {"before_photo_ids": [], "after_photo_ids": ["a"]},
        {"before_photo_ids": ["a"] * (MOST_FRAMES + 1), "after_photo_ids": ["a"]},
    ],
)
def test_there_is_one_way_of_asking_at_a_time(clinic, asked):
    answer = clinic.post("/v1/comparisons", asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_a_visit_without_a_frontal_photo_is_told(clinic):
    subject = clinic.subject()
    visit, empty = clinic.visit(subject), clinic.visit(subject)
    clinic.photo(visit=visit)
    clinic.upload(empty, view="profile_left")
    answer = clinic.post("/v1/comparisons", {"before_visit_id": visit, "after_visit_id": empty})
    assert (answer.status_code, answer.json()["code"]) == (422, "no_photos")


def test_a_visit_with_more_photos_than_are_looked_at_is_told(clinic):
    visit = clinic.visit()
    for number in range(MOST_FRAMES + 1):
        clinic.upload(visit, f"photo {number}".encode(), wait=0)
    answer = clinic.post("/v1/comparisons", {"before_visit_id": visit, "after_visit_id": visit})
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_photos")


def test_another_clinics_visit_and_photos_look_exactly_like_none(clinic, other_clinic, visits):
    before, after, first, second = visits
    nowhere = "0" * 32
    for foreign, missing in (
        ({"before_visit_id": before, "after_visit_id": after}, {"before_visit_id": nowhere, "after_visit_id": nowhere}),
        (
            {"before_photo_ids": first, "after_photo_ids": second},
            {"before_photo_ids": [nowhere], "after_photo_ids": [nowhere]},
        ),
    ):
        answers = [other_clinic.post("/v1/comparisons", ask) for ask in (foreign, missing)]
        assert answers[0].status_code == 404
        assert answers[0].content == answers[1].content
