"""Stories of those who use the application: beside the chair with a phone, and at a desk."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.application import Portraitist, running_application, wall
from tests.browser.audit import CONTRASTS, heading_levels, nameless, overflowing, too_small_for_fingers, unreached
from tests.browser.site import drawn_face

pytestmark = pytest.mark.browser

PHONE = {"wide": 360, "high": 740}
FACE = {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": drawn_face(20)}
WALL = {"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": wall()}


@pytest.fixture
def analyst():
    return Portraitist()


@pytest.fixture
def app(tmp_path, analyst):
    with running_application(tmp_path / "data", analyst) as running:
        yield running
        analyst.go_on.set()
    assert running.complaints == []


@pytest.fixture
def known(app) -> str:
    """A subject with a baseline photo and a course."""
    subject = app.clinic.subject("P-1042")
    app.clinic.post(f"/v1/subjects/{subject}/courses", {"started_on": "2026-03-02"})
    app.clinic.photo(drawn_face(0), app.visit(subject, "2026-03-02T10:00:00Z", "baseline"))
    return subject


def photos_of(app, subject: str) -> list[dict]:
    return app.clinic.get(f"/v1/subjects/{subject}/photos").json()["items"]


def press(page, name: str) -> None:
    """A button, with the keyboard."""
    page.get_by_role("button", name=name, exact=True).press("Enter")


def test_photos_are_sent_judged_and_compared_from_a_phone_and_a_lost_answer_doubles_nothing(app, browser, known):
    page = app.window(browser, **PHONE)
    page.goto("/app/upload")
    lost = []

    def lose_the_first_answer(route):
        answer = route.fetch()
        if lost:
            route.fulfill(response=answer)
        else:
            lost.append(answer.status)
            route.abort()

    page.route("**/v1/visits/*/photos?wait=30", lose_the_first_answer)
    reference = page.get_by_label("Subject's reference")
    reference.press_sequentially("P-1042")
    expect(page.get_by_text("This subject is known. Visits: 1")).to_be_visible()
    expect(page.get_by_label("Phase")).to_have_value("treatment")
    page.get_by_label("Choose photos").set_input_files([FACE, WALL])
    assert unreached(page) == []
    press(page, "Upload 2 photos")
    expect(page.get_by_text("The connection broke. Nothing is sent twice: try again.")).to_be_visible()
    press(page, "Try again")
    expect(page.get_by_text("Photos to take again: 1")).to_be_visible()
    rows = page.locator(".upload-row")
    expect(rows.nth(0)).to_contain_text("Usable")
    expect(rows.nth(1)).to_contain_text("No face was found in the photo. Take the photo from the front")
    assert lost == [201]
    assert len(photos_of(app, known)) == 3
    assert len(app.clinic.get(f"/v1/subjects/{known}/visits").json()["items"]) == 2
    assert (overflowing(page), too_small_for_fingers(page)) == ([], [])
    press(page, "Compare with the photo of 2 Mar 2026")
    page.wait_for_url("**/v1/comparisons/*/report")
    press_back = page.get_by_role("link", name="To the subject")
    press_back.press("Enter")
    page.wait_for_url(f"**/app/subjects/{known}")
    (complaint,) = app.complaints  # the browser's own, of the answer that was lost
    assert "ERR_FAILED" in complaint
    app.complaints.clear()


def test_the_worklist_says_by_itself_when_an_analysis_has_ended_and_what_to_take_again(app, browser, known, analyst):
    today = app.visit(known, datetime.now(UTC).isoformat(), treatment_number=4)
    app.clinic.photo(wall(), today)
    page = app.window(browser)
    page.goto("/app")
    retakes = page.get_by_role("region", name="To take again")
    expect(retakes).to_contain_text("No face was found in the photo.")
    expect(retakes.get_by_role("link", name="Take again: P-1042")).to_have_attribute("href", f"/app/camera/{known}")
    analyst.go_on.clear()
    app.clinic.upload(today, drawn_face(20), wait=0)
    page.reload()
    shown = page.get_by_role("region", name="Photos")
    expect(shown).to_contain_text("Photos being analysed: 1")
    analyst.go_on.set()
    expect(page.get_by_text("All photos are analysed.")).to_be_attached(timeout=10_000)
    expect(shown).not_to_contain_text("being analysed")
    expect(retakes).to_contain_text("Nothing: every photo of this day is usable")


def test_records_are_added_changed_compared_and_erased_on_the_subjects_page(app, browser, known):
    app.clinic.photo(drawn_face(20), app.visit(known, "2026-04-06T10:00:00Z"))
    page = app.window(browser)
    page.goto("/app/subjects?q=104")
    page.get_by_role("link", name="P-1042").press("Enter")
    page.wait_for_url(f"**/app/subjects/{known}")  # and for its script, which gives the buttons their work

    press(page, "Add filler, toxin …")
    page.get_by_label("Day, or first day").fill("2026-04-01")
    press(page, "Save")
    expect(page.get_by_role("heading", name="Filler from 1 Apr 2026 on")).to_be_visible()
    page.wait_for_load_state()

    page.get_by_role("button", name="Change the visit of 6 Apr 2026").press("Enter")
    expect(page.get_by_label("Phase")).to_have_value("treatment")
    page.get_by_label("Number of the session").fill("5")
    press(page, "Save")
    expect(page.get_by_role("heading", name="6 Apr 2026 Treatment 5")).to_be_visible()
    page.wait_for_load_state()

    for day in ("6 Apr 2026", "2 Mar 2026"):
        page.get_by_role("checkbox", name=re.compile(f"Compare {day}")).press("Space")
    expect(page.get_by_role("status")).to_have_text("2 Mar 2026 → 6 Apr 2026")
    press(page, "Compare")
    page.wait_for_url("**/v1/comparisons/*/report")
    page.go_back()

    for key, left in (("Escape", 2), ("Enter", 1)):
        page.get_by_role("button", name="Erase photo 1 of 6 Apr 2026").press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("It cannot be undone.")
        (dialog if key == "Escape" else dialog.get_by_role("button", name="Erase")).press(key)
        expect(dialog).to_be_hidden()
        expect(page.get_by_role("checkbox")).to_have_count(left)
        page.wait_for_load_state()
        assert len(photos_of(app, known)) == left


def test_every_page_is_whole_on_phones_and_desks_in_light_and_dark(app, browser, known):
    today = app.visit(known, datetime.now(UTC).isoformat(), treatment_number=4)
    app.clinic.photo(wall(), today)
    app.clinic.photo(drawn_face(20), today)
    first, *_, last = photos_of(app, known)
    asked = {"before_photo_id": first["id"], "after_photo_id": last["id"]}
    app.clinic.post("/v1/comparisons", asked)
    with_wall = asked | {"after_photo_id": photos_of(app, known)[1]["id"]}
    refused = app.clinic.post("/v1/comparisons", with_wall).json()["id"]
    app.clinic.post("/v1/repeatability-studies?wait=10", {"name": "Room 1", "photo_ids": [[first["id"], last["id"]]]})
    paths = (
        *("/app", "/app/subjects", f"/app/subjects/{known}", f"/app/upload?subject_id={known}"),
        *(f"/app/comparisons/{refused}", "/app/studies", "/app/studies/new?reference=P-1042"),
        *("/app/audit", "/app/audit/verification"),
    )
    for scheme, size in (("light", PHONE), ("dark", {})):
        page = app.window(browser, **size, color_scheme=scheme)
        for path in paths:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            levels = heading_levels(page)
            assert (levels[0], levels.count(1)) == (1, 1), path
            assert all(lower - upper <= 1 for upper, lower in pairwise(levels)), (path, levels)
            assert overflowing(page) == [], path
            assert nameless(page) == [], path
            assert too_small_for_fingers(page) == [], path
            assert page.evaluate(CONTRASTS) == [], (path, scheme)


def test_a_browsers_own_day_is_the_worklists_day(app, browser, known):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    page = app.window(browser, timezone_id="Pacific/Kiritimati")  # UTC+14
    page.goto("/app")
    expect(page.get_by_text("days by the clock of Pacific/Kiritimati")).to_be_visible()
    page.goto(f"/app?day={yesterday.date()}")
    expect(page.get_by_role("link", name="Day after")).to_be_visible()
