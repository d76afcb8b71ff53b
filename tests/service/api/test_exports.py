"""Exports as a clinic's marketing meets them: made with consent alone, signed, shut when consent ends."""

import io
import threading
import time
import zipfile

import c2pa
import pytest

from service.tenancy.keys import find_actor
from tests.service.api.conftest import FACELESS

CONSENT = {"given_on": "2026-03-02", "recorded_by": "Dr. A.", "paper": "form of 2 March"}


@pytest.fixture
def pair(clinic) -> dict:
    found = clinic.get(f"/v1/comparisons/{clinic.pair()}").json()
    return {"comparison_id": found["id"], "subject_id": found["subject_id"]}


def agree(clinic, pair, purpose="website", **more):
    answer = clinic.put(f"/v1/subjects/{pair['subject_id']}/consents/{purpose}", {**CONSENT, **more})
    assert answer.is_success, answer.text


def export(clinic, pair, purpose="website", **more):
    wanted = {"comparison_id": pair["comparison_id"], "purpose": purpose, "format": "side_by_side", **more}
    return clinic.post("/v1/exports", wanted)


def tenant_of(clinic, service) -> str:
    with service.database.reading_across() as session:
        return find_actor(session, clinic.headers["Authorization"].removeprefix("Bearer ")).tenant


def doors(pair, made) -> list[str]:
    """Every address at which a picture for publishing leaves."""
    return [
        f"/v1/exports/{made}/file",
        f"/v1/exports/{made}/thumbnail",
        f"/v1/exports.zip?ids={made}",
    ]


def test_without_consent_to_purpose_and_region_no_door_gives_a_picture(clinic, pair):
    preview = f"/v1/comparisons/{pair['comparison_id']}/export-preview?format=pair&purpose="
    assert export(clinic, pair).status_code == 403
    assert export(clinic, pair).json()["code"] == "consent_missing"
    assert clinic.get(f"{preview}website").json()["code"] == "consent_missing"
    agree(clinic, pair, regions=["eyes"])
    assert export(clinic, pair).json()["code"] == "consent_missing"
    assert export(clinic, pair, "print", region="eyes").json()["code"] == "consent_missing"
    assert export(clinic, pair, region="eyes").status_code == 201
    assert clinic.get(f"{preview}website&region=eyes").status_code == 200
    assert clinic.get(f"{preview}website&region=jawline").json()["code"] == "consent_missing"
    assert clinic.get(f"/v1/comparisons/{pair['comparison_id']}/honest-pair").json()["score"] == 88


def test_withdrawal_shuts_every_door_at_the_next_request_and_lists_what_is_out_there(clinic, pair):
    agree(clinic, pair)
    made = export(clinic, pair).json()
    assert (made["status"], made["ended"]) == ("made", False)
    noted = {"where": "our page", "url": "https://clinic.example/results", "published_on": "2026-06-01"}
    told = clinic.post(f"/v1/exports/{made['id']}/publications", noted).json()
    assert [clinic.get(door).status_code for door in doors(pair, made["id"])] == [200, 200, 200]
    ended = clinic.delete(f"/v1/subjects/{pair['subject_id']}/consents/website").json()
    assert ended["exports_ended"] == [made["id"]]
    assert [(one["where"], one["export_id"]) for one in ended["published"]] == [("our page", made["id"])]
    for door in doors(pair, made["id"]):
        answer = clinic.get(door)
        assert (answer.status_code, answer.json()["code"]) == (410, "export_ended")
        assert clinic.client.head(door, headers=clinic.headers).status_code == 405
    assert clinic.get(f"/v1/exports/{made['id']}").json()["ended"] is True
    assert [one["ended"] for one in clinic.get("/v1/exports").json()["items"]] == [True]
    agree(clinic, pair)  # a new consent does not open what the withdrawal shut
    assert clinic.get(doors(pair, made["id"])[0]).status_code == 410
    taken = f"/v1/exports/{made['id']}/publications/{told['publications'][0]['id']}"
    assert clinic.patch(taken, {"taken_down_on": "2026-05-01"}).status_code == 422
    down = clinic.patch(taken, {"taken_down_on": "2026-07-01"}).json()
    assert down["publications"][0]["taken_down_on"] == "2026-07-01"


def test_an_expired_consent_shuts_the_export_and_a_longer_one_in_its_place_opens_it(clinic, pair, service):
    agree(clinic, pair, expires_on="2199-01-01")
    made = export(clinic, pair).json()
    agree(clinic, pair, expires_on="2026-03-03")
    assert clinic.get(doors(pair, made["id"])[0]).status_code == 410
    agree(clinic, pair, expires_on="2199-06-01")
    assert clinic.get(doors(pair, made["id"])[0]).status_code == 200


def test_a_withdrawal_while_the_picture_waits_to_be_drawn_leaves_no_picture(clinic, pair, analyst, service):
    agree(clinic, pair)
    analyst.go_on.clear()
    busy = [threading.Thread(target=clinic.photo, args=(f"photo {n}".encode(),)) for n in range(2)]
    for thread in busy:
        thread.start()
    while len(analyst.measured) < 4:  # both workers hold a photo
        time.sleep(0.02)
    wanted = {"comparison_id": pair["comparison_id"], "purpose": "website", "format": "pair"}
    made = clinic.post("/v1/exports?wait=0", wanted).json()
    assert made["status"] == "queued"
    clinic.delete(f"/v1/subjects/{pair['subject_id']}/consents/website")
    analyst.go_on.set()
    for thread in busy:
        thread.join()
    assert clinic.ended(f"/v1/exports/{made['id']}")["status"] == "failed"
    assert analyst.published == []


@pytest.mark.parametrize("layout,media_type", [("stacked", "image/png"), ("gif", "image/gif"), ("webp", "image/webp")])
def test_an_export_is_a_signed_file_with_a_name_of_its_own(clinic, pair, layout, media_type):
    agree(clinic, pair)
    made = export(clinic, pair, format=layout, image_type="png").json()
    file = clinic.get(f"/v1/exports/{made['id']}/file")
    assert (made["media_type"], file.headers["content-type"]) == (media_type, media_type)
    assert f'filename="{layout}-face-{made["id"]}' in file.headers["content-disposition"]
    assert len(file.content) == made["size_bytes"]
    assert c2pa.Reader(media_type, io.BytesIO(file.content)).get_validation_state() == "Valid"


def test_pairs_and_sliders_hold_two_pictures_each_with_its_own_credentials(clinic, pair):
    agree(clinic, pair)
    of_pair, of_slider = (export(clinic, pair, format=one).json()["id"] for one in ("pair", "slider"))
    bundle = zipfile.ZipFile(io.BytesIO(clinic.get(f"/v1/exports.zip?ids={of_pair},{of_slider}").content))
    names = sorted(name.replace(of_pair, "1").replace(of_slider, "2") for name in bundle.namelist())
    assert names == [f"pair-face-1/{name}" for name in ("after.jpg", "before.jpg", "caption.txt")] + [
        "slider-face-2.html"
    ]
    for name in bundle.namelist():
        if name.endswith(".jpg"):
            told = c2pa.Reader("image/jpeg", io.BytesIO(bundle.read(name)))
            assert told.get_validation_state() == "Valid"
            assert [one["relationship"] for one in told.get_active_manifest()["ingredients"]] == ["parentOf"]
    page = bundle.read(f"slider-face-{of_slider}.html").decode()
    assert page.count("data:image/jpeg;base64,") == 2
    assert not any(address in page for address in ("http://", "https://", "//cdn"))


def test_what_cannot_be_made_says_so_with_the_way_out(clinic, pair):
    agree(clinic, pair)
    mp4 = export(clinic, pair, format="mp4")
    assert (mp4.status_code, mp4.json()["code"]) == (422, "format_missing")
    assert "gif" in mp4.json()["detail"]
    assert export(clinic, pair, region="eyes", eye_bar=True).status_code == 422
    faceless = clinic.pair(FACELESS)
    told = clinic.get(f"/v1/comparisons/{faceless}").json()
    agree(clinic, told)
    assert (
        clinic.post("/v1/exports", {"comparison_id": faceless, "purpose": "website", "format": "gif"}).status_code
        == 409
    )


def test_the_same_request_makes_one_export_and_erasing_takes_its_files(clinic, pair, service):
    agree(clinic, pair)
    wanted = {"comparison_id": pair["comparison_id"], "purpose": "website", "format": "stacked"}
    once, again = (clinic.post("/v1/exports", wanted, {"Idempotency-Key": "a"}).json() for _ in range(2))
    assert once == again
    store, tenant = service.vaults.store, tenant_of(clinic, service)
    assert any("/exports/" in name for name in store.names_under(tenant))
    photo = clinic.get(f"/v1/comparisons/{pair['comparison_id']}").json()["before_photo_id"]
    assert clinic.delete(f"/v1/photos/{photo}").status_code == 204
    assert not any("/exports/" in name for name in store.names_under(tenant))
    assert clinic.get(f"/v1/exports/{once['id']}").status_code == 404
