"""Contours placed by hand: kept with who and when, measured from, never overwritten, and opened by links alone."""

from datetime import datetime
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select

from service.database.tables import AuditRow
from service.tenancy.scope import Scope

LID = {"points": [[225, 148], [212, 139], [200, 136], [188, 140], [175, 149]], "corrected_by": "Dr. A."}
OTHER_LID = {**LID, "points": [[225, 149], [212, 138], [200, 134], [188, 139], [175, 150]]}
IRIS = {"centre": [201, 151], "radius": 10.5, "corrected_by": "Dr. A."}
FACELESS = b"photo of a wall"


def corrections(photo: str) -> str:
    return f"/v1/photos/{photo}/corrections"


def lid(photo: str) -> str:
    return f"{corrections(photo)}/left/upper_lid"


@pytest.fixture
def photo(clinic) -> str:
    return clinic.photo()


def test_a_placed_contour_is_measured_from_and_told_with_who_and_when(clinic, photo):
    placed = clinic.put(f"{lid(photo)}?wait=10", LID)
    assert placed.status_code == 200
    assert (placed.json()["corrected_by"], placed.json()["contour"]) == ("Dr. A.", "upper_lid")
    measured = clinic.get(f"/v1/photos/{photo}").json()
    left = measured["contours_px"]["left"]
    assert left["upper_lid"] == LID["points"]
    assert left["found"]["upper_lid"][0] == [225, 150]
    (told,) = measured["corrections"]
    assert (told["side"], told["contour"], told["corrected_by"]) == ("left", "upper_lid", "Dr. A.")
    assert datetime.fromisoformat(told["corrected_at"]) == datetime.fromisoformat(placed.json()["corrected_at"])


def test_what_was_placed_before_stays_in_the_history(clinic, photo):
    for shape in (LID, OTHER_LID):
        clinic.put(lid(photo), shape)
    answer = clinic.get(corrections(photo)).json()
    (used,) = answer["corrections"]
    first, second = answer["history"]
    assert used == second
    assert (first["points"], second["points"]) == (LID["points"], OTHER_LID["points"])
    assert first["ended_at"] is not None
    assert first["ended_by"] == first["key"]
    assert second["ended_at"] is None


def test_the_same_contour_placed_again_does_nothing(clinic, photo):
    assert clinic.put(lid(photo), LID).json() == clinic.put(lid(photo), LID).json()
    assert len(clinic.get(corrections(photo)).json()["history"]) == 1


def test_a_correction_taken_back_leaves_what_was_found_and_its_history(clinic, photo):
    clinic.put(f"{lid(photo)}?wait=10", LID)
    assert clinic.delete(f"{lid(photo)}?wait=10").status_code == 204
    assert clinic.get(f"/v1/photos/{photo}").json()["corrections"] == []
    answer = clinic.get(corrections(photo)).json()
    assert answer["corrections"] == []
    assert len(answer["history"]) == 1
    again = clinic.delete(lid(photo))
    assert (again.status_code, again.json()["code"]) == (404, "correction_not_found")


def test_comparisons_of_the_photo_are_made_anew_and_told_as_queued_until_then(clinic, analyst):
    pair = clinic.pair()
    before = clinic.get(f"/v1/comparisons/{pair}").json()["before_photo_id"]
    analyst.go_on.clear()
    clinic.put(lid(before), LID)
    waiting = clinic.get(f"/v1/comparisons/{pair}").json()
    assert waiting["status"] == "queued"
    assert "changes" not in waiting
    assert clinic.get(f"/v1/photos/{before}").json()["status"] == "queued"
    assert clinic.get(f"/v1/comparisons/{pair}/report").json()["code"] == "not_ready"
    analyst.go_on.set()
    clinic.ended(f"/v1/comparisons/{pair}")
    (befores, afters, _) = analyst.compared[-1]
    assert [one.contour for one in befores[0].corrections] == ["upper_lid"]
    assert afters[0].corrections == ()


def test_a_result_that_a_correction_overtook_is_not_kept(clinic, analyst, photo):
    """Two jobs of one photo run at once; the one that began before the correction must not have the last word."""
    analyst.go_on.clear()
    clinic.put(lid(photo), LID)
    clinic.put(lid(photo), OTHER_LID)
    analyst.go_on.set()
    clinic.ended(f"/v1/photos/{photo}")
    measured = clinic.ended(f"/v1/photos/{photo}")
    assert measured["contours_px"]["left"]["upper_lid"] == OTHER_LID["points"]


@pytest.mark.parametrize(
    "path, shape, says",
    [
        ("left/upper_lid", {"points": [[225, 148], [200, 136], [175, 149]]}, "needs 4 to 400 points"),
        ("left/upper_lid", {"points": LID["points"][::-1]}, "must run from the outer corner"),
        ("right/upper_lid", {"points": LID["points"]}, "must run from the outer corner"),
        (
            "left/jawline",
            {"points": [[260, 900], [258, 910], [240, 930], [200, 960], [150, 970]]},
            "outside the picture",
        ),
        ("left/iris", {"centre": [200, 150], "radius": 300}, "outside the picture"),
        ("left/iris", {"centre": [200, 150], "radius": 80}, "irises are 9.4 to 14.6 mm"),
        ("left/iris", {"points": LID["points"]}, "centre and radius"),
        ("left/jawline", {"centre": [200, 150], "radius": 60}, "points"),
    ],
)
def test_what_cannot_be_is_turned_away_with_the_reason(clinic, photo, path, shape, says):
    answer = clinic.put(f"{corrections(photo)}/{path}", {**shape, "corrected_by": "Dr. A."})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_correction")
    assert says in answer.json()["detail"]
    assert clinic.get(corrections(photo)).json()["history"] == []


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"corrected_by": " "},
        {"points": LID["points"]},
        {**LID, "centre": [1, 1], "radius": 2},
        {**LID, "points": []},
        {**LID, "points": [[1, 2, 3]] * 5},
        {**LID, "points": [["a", 1]] * 5},
        {**LID, "points": [[1e9, 1]] * 5},
        {**LID, "corrected_at": "2020-01-01T00:00:00Z"},
    ],
)
def test_a_broken_correction_is_an_invalid_request(clinic, photo, broken):
    answer = clinic.put(lid(photo), broken)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_a_contour_that_does_not_exist_is_an_invalid_request(clinic, photo):
    assert clinic.put(f"{corrections(photo)}/left/nose", LID).status_code == 422
    assert clinic.put(f"{corrections(photo)}/middle/upper_lid", LID).status_code == 422


def test_a_photo_that_cannot_be_measured_has_no_contours(clinic):
    answer = clinic.put(lid(clinic.photo(FACELESS)), LID)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_contours")


def test_another_clinics_photo_looks_exactly_like_none(clinic, other_clinic, photo):
    nowhere = "0" * 32
    for ask in (
        lambda who, one: who.put(lid(one), LID),
        lambda who, one: who.delete(lid(one)),
        lambda who, one: who.get(corrections(one)),
        lambda who, one: who.get(f"/v1/photos/{one}/picture"),
        lambda who, one: who.get(f"/v1/photos/{one}/correct"),
        lambda who, one: who.post(f"/v1/photos/{one}/correction-link"),
    ):
        foreign, missing = ask(other_clinic, photo), ask(other_clinic, nowhere)
        assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert clinic.get(corrections(photo)).json()["history"] == []


def test_placing_needs_the_scope_ingest_and_seeing_the_scope_read(new_clinic, photo):
    reader, ingester = new_clinic("Aurora", Scope.READ), new_clinic("Aurora", Scope.INGEST)
    assert reader.put(lid(photo), LID).json()["code"] == "scope_missing"
    assert reader.delete(lid(photo)).json()["code"] == "scope_missing"
    assert reader.post(f"/v1/photos/{photo}/correction-link").json()["code"] == "scope_missing"
    assert ingester.get(corrections(photo)).json()["code"] == "scope_missing"
    assert ingester.put(lid(photo), LID).status_code == 200
    # A link shows the photo, which a key that may only bring in does not.
    assert ingester.post(f"/v1/photos/{photo}/correction-link").json()["code"] == "scope_missing"


def test_every_deed_is_in_the_audit(clinic, photo, service):
    row = clinic.put(lid(photo), LID).json()["id"]
    clinic.get(corrections(photo))
    clinic.get(f"/v1/photos/{photo}/picture")
    clinic.delete(lid(photo))
    with service.database.reading_across() as session:
        done = [(one.action, one.target) for one in session.scalars(select(AuditRow).order_by(AuditRow.id))]
    assert done[-4:] == [
        ("correction_placed", row),
        ("corrections_read", photo),
        ("picture_read", photo),
        ("correction_withdrawn", row),
    ]


def test_erasing_a_subject_erases_its_corrections(clinic, service):
    from service.database.tables import ContourCorrection

    subject = clinic.subject()
    clinic.put(lid(clinic.photo(visit=clinic.visit(subject))), LID)
    assert clinic.delete(f"/v1/subjects/{subject}").status_code == 204
    with service.database.reading_across() as session:
        assert session.scalars(select(ContourCorrection)).all() == []


@pytest.fixture
def linked(clinic, photo, address):
    """A photo, and a browser that was given the link to correct it."""
    url = clinic.post(f"/v1/photos/{photo}/correction-link", {"hours": 2}).json()["url"]
    with httpx.Client(base_url=address) as browser:
        yield url, browser


def test_a_link_opens_the_page_its_picture_and_its_corrections_without_a_key(linked, photo):
    url, browser = linked
    page = browser.get(url, follow_redirects=True)
    assert page.status_code == 200
    assert "token" not in str(page.url)
    assert browser.get(f"/v1/photos/{photo}/picture").headers["content-type"] == "image/jpeg"
    placed = browser.put(f"{lid(photo)}?wait=10", json=LID)
    assert placed.status_code == 200
    # What was done through a link is known by the photo and by the key that made the link.
    word, about = placed.json()["key"].split(":")
    assert (word, about.split("/")[0]) == ("link", photo)
    assert len(about.split("/")[1]) == 32
    assert browser.get(corrections(photo)).json()["corrections"][0]["corrected_by"] == "Dr. A."
    assert browser.delete(lid(photo)).status_code == 204


def test_a_link_opens_nothing_else(linked, clinic, photo):
    url, browser = linked
    token = urlsplit(url).query
    other = clinic.photo(b"photo of a face too")
    browser.get(url, follow_redirects=True)
    for path in (f"/v1/photos/{photo}", f"/v1/photos/{photo}/file", f"/v1/photos/{other}/picture", "/v1/subjects"):
        assert browser.get(f"{path}?{token}").status_code == 401
    assert browser.put(f"{lid(other)}?{token}", json=LID).status_code == 401
    assert browser.post(f"/v1/photos/{photo}/correction-link?{token}").status_code == 401


def test_a_token_in_the_address_changes_nothing(linked, photo):
    """It would end up in logs, and another site could bring it along."""
    url, browser = linked
    assert browser.put(f"{lid(photo)}?{urlsplit(url).query}", json=LID).status_code == 401


def test_another_site_cannot_place_contours_through_a_browser_that_was_given_the_link(linked, photo):
    url, browser = linked
    browser.get(url, follow_redirects=True)
    foreign = browser.put(lid(photo), json=LID, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 401
    assert browser.put(lid(photo), json=LID, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_link_to_a_report_corrects_nothing_and_one_to_correct_shows_no_report(clinic, photo):
    pair = clinic.pair()
    report, correct = (
        urlsplit(clinic.post(path).json()["url"]).query
        for path in (f"/v1/comparisons/{pair}/link", f"/v1/photos/{photo}/correction-link")
    )
    assert clinic.client.get(f"/v1/photos/{photo}/correct?{report}").json()["code"] == "link_ended"
    assert clinic.client.get(f"/v1/comparisons/{pair}/report?{correct}").json()["code"] == "link_ended"


def test_a_report_leads_to_the_page_for_whoever_may_correct(clinic, new_clinic, address):
    pair = clinic.pair()
    exporter = new_clinic("Aurora", Scope.EXPORT)
    plain = exporter.post(f"/v1/comparisons/{pair}/link").json()["url"]
    assert exporter.post(f"/v1/comparisons/{pair}/link", {"may_correct": True}).json()["code"] == "scope_missing"
    wide = clinic.post(f"/v1/comparisons/{pair}/link", {"may_correct": True}).json()["url"]
    with httpx.Client(base_url=address) as browser:
        assert "/correct?" not in browser.get(plain, follow_redirects=True).text
    with httpx.Client(base_url=address) as browser:
        page = browser.get(wide, follow_redirects=True).text
        before = clinic.get(f"/v1/comparisons/{pair}").json()["before_photo_id"]
        (address_of_page,) = (
            part.split('"')[0] for part in page.split('href="')[1:] if part.startswith(f"/v1/photos/{before}/correct")
        )
        assert browser.get(address_of_page, follow_redirects=True).status_code == 200
        assert browser.put(lid(before), json=LID).status_code == 200


def test_a_photo_whose_second_measurement_failed_can_be_corrected_and_measured_again(clinic, analyst, photo):
    """What a machine in trouble could not do is done when the contour is placed anew."""
    analyst.breaks = True
    clinic.put(lid(photo), LID)
    failed = clinic.ended(f"/v1/photos/{photo}")
    assert failed["status"] == "failed"
    assert "contours_px" not in failed
    analyst.breaks = False
    clinic.put(f"{lid(photo)}?wait=10", OTHER_LID)
    again = clinic.get(f"/v1/photos/{photo}").json()
    assert (again["status"], again["contours_px"]["left"]["upper_lid"]) == ("analysed", OTHER_LID["points"])
