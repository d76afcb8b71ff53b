"""Marketing makes an export in a browser: real analysis, real signature, real consent."""

import io
import socket
from pathlib import Path

import c2pa
import pytest

from service.app import create_app
from service.serving import serving
from service.settings import Settings
from tests.browser.audit import heading_levels, nameless, overflowing, too_small_for_fingers
from tests.service.people.conftest import OWNER

SAMPLES = Path(__file__).parents[2] / "sample_images"
CONSENT = {"given_on": "2026-03-02", "recorded_by": "Dr. A.", "paper": "form of 2 March", "regions": ["face"]}


@pytest.fixture
def service_at(tmp_path):
    app = create_app(Settings(data=tmp_path / "data", workers=1))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        with serving(app, listener) as address:
            yield address, app.state.service


@pytest.fixture
def page(browser, service_at):
    """A page whose person is the owner, signed in; it fails the test where it complains."""
    address, service = service_at
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, base_url=address, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    opened, complaints = context.new_page(), []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda told: complaints.append(told.text) if "Content Security Policy" in told.text else None)
    opened.goto(service.welcome.path())
    for name, typed in OWNER.items():
        opened.fill(f"[name={name}]", typed)
    opened.click("button[type=submit]")
    opened.wait_for_url("**/app/upload")
    yield opened
    context.close()
    assert complaints == []


def asked(page, method: str, path: str, **options):
    token = page.get_attribute("meta[name=csrf]", "content")
    headers = {"X-Liftmark-CSRF": token, "Sec-Fetch-Site": "same-origin"}
    answer = page.request.fetch(path, method=method, headers=headers, **options)
    assert answer.ok, answer.text()
    return answer


def compared(page) -> dict:
    subject = asked(page, "POST", "/v1/subjects", data={"reference": "P-1"}).json()["id"]
    photos = []
    for day, which in (("2026-03-02", "before"), ("2026-05-11", "after")):
        visit = {"taken_at": f"{day}T10:00:00Z", "phase": "baseline" if which == "before" else "follow_up"}
        made = asked(page, "POST", f"/v1/subjects/{subject}/visits", data=visit).json()["id"]
        photo = (SAMPLES / f"jawline_{which}.jpg").read_bytes()
        file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo}
        photos.append(asked(page, "POST", f"/v1/visits/{made}/photos", multipart={"file": file}).json()["id"])
    pair = {"before_photo_id": photos[0], "after_photo_id": photos[1]}
    return asked(page, "POST", "/v1/comparisons?wait=60", data=pair, timeout=120_000).json()


def test_an_export_is_chosen_seen_made_and_ended_in_a_browser(page):
    pair = compared(page)
    page.goto(f"/app/exports/new?comparison_id={pair['id']}")
    page.get_by_text("Nothing in light, pose, expression or zoom flatters the after photo.").wait_for()
    make = page.get_by_role("button", name="Make the export")
    assert make.is_disabled()
    page.get_by_label("Website").check()
    page.get_by_text("No consent to the purpose 'website' is recorded").wait_for()
    assert make.is_disabled()
    asked(page, "PUT", f"/v1/subjects/{pair['subject_id']}/consents/website", data=CONSENT)
    page.reload()
    page.get_by_label("Website").check()
    page.get_by_text("This is what the export will look like").wait_for()
    assert (overflowing(page), nameless(page), heading_levels(page)) == ([], [], [1, 2, 2])
    page.get_by_label("Shape of each photo").select_option("9:16")
    page.get_by_label("Part of the face").select_option("eyes")
    page.get_by_text("Choose another shape, or 'original'").wait_for()
    page.get_by_label("Shape of each photo").select_option("16:9")
    page.get_by_text("This is what the export will look like").wait_for()
    make.click()
    page.wait_for_url("**/app/exports")
    page.set_viewport_size({"width": 360, "height": 740})
    assert (overflowing(page), nameless(page), too_small_for_fingers(page)) == ([], [], [])
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    signed = Path(download.value.path()).read_bytes()
    assert c2pa.Reader("image/jpeg", io.BytesIO(signed)).get_validation_state() == "Valid"
    page.get_by_text("Note where it was published").click()
    page.get_by_label("Where", exact=True).fill("our page")
    page.get_by_role("button", name="Note it").click()
    page.get_by_text("our page").wait_for()
    asked(page, "DELETE", f"/v1/subjects/{pair['subject_id']}/consents/website")
    page.reload()
    page.get_by_text("has to be taken down by you").wait_for()
    assert page.get_by_role("link", name="Download").count() == 0
