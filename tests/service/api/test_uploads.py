"""From a clinic's photo to an answer that can be trusted."""

import hashlib
import threading

import pytest

PHOTO = b"photo of a face"
FACELESS = b"photo of a wall"
POISON = b"photo that kills"
TEXT = b"a text named .jpg"


def count_blobs(service) -> int:
    root = service.settings.data / "blobs"
    return sum(path.is_file() for path in root.rglob("*"))


def test_an_analysed_photo_is_in_the_answer_when_the_client_waits(clinic):
    answer = clinic.upload(clinic.visit())
    assert answer.status_code == 201
    photo = answer.json()
    assert photo["status"] == "analysed"
    assert photo["sha256"] == hashlib.sha256(PHOTO).hexdigest()
    assert photo["quality"]["verdict"] == "usable"
    assert photo["measurements"]


def test_a_waiting_client_is_answered_as_soon_as_the_analysis_ends(clinic):
    assert clinic.upload(clinic.visit(), wait=60).elapsed.total_seconds() < 5


def test_an_upload_is_answered_before_its_analysis_where_nobody_waits(clinic, analyst):
    analyst.go_on.clear()
    answer = clinic.upload(clinic.visit(), wait=0)
    assert (answer.status_code, answer.json()["status"]) == (201, "queued")
    analyst.go_on.set()


def test_a_photo_comes_back_byte_for_byte(clinic):
    content = b"photo \x00\xff\r\n--liftmark-boundary\r\n" + bytes(range(256)) * 300
    got = clinic.get(f"/v1/photos/{clinic.photo(content)}/file")
    assert got.content == content
    assert got.headers["content-disposition"].startswith("attachment")


def test_a_photo_without_a_face_is_kept_and_refused_with_its_reason(clinic):
    answer = clinic.upload(clinic.visit(), FACELESS)
    assert answer.status_code == 201
    assert answer.json()["status"] == "refused"
    assert answer.json()["refused"]["code"] == "no_face"


@pytest.mark.parametrize(
    "content,status,code",
    [(b"", 422, "empty_file"), (TEXT, 415, "not_an_image"), (b"photo" * 50_000, 413, "too_large")],
)
def test_a_file_that_is_no_acceptable_photo_is_a_problem_and_leaves_nothing(clinic, service, content, status, code):
    answer = clinic.upload(clinic.visit(), content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
    assert count_blobs(service) == 0


def test_a_photo_that_crashes_the_analysis_each_time_fails_alone(clinic, analyst):
    visit = clinic.visit()
    poisoned = clinic.upload(visit, POISON, wait=20).json()
    assert poisoned["status"] == "failed"
    assert "3 attempts" in poisoned["failure"]
    assert analyst.measured.count(POISON) == 3
    assert clinic.upload(visit).json()["status"] == "analysed"


def test_the_same_request_sent_twice_makes_one_photo(clinic, service):
    visit = clinic.visit()
    first, second = clinic.upload(visit, key="k"), clinic.upload(visit, key="k")
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert len(clinic.get(f"/v1/visits/{visit}/photos").json()["items"]) == 1
    assert count_blobs(service) == 3  # the upload, its overlay and its small picture


def test_the_same_request_sent_at_once_by_many_makes_one_photo(clinic, service):
    visit = clinic.visit()
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.append(clinic.upload(visit, key="k").json()["id"])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8
    assert len(set(ids)) == 1
    assert count_blobs(service) == 3


def test_an_idempotency_key_names_one_request_alone(clinic):
    visit = clinic.visit()
    clinic.upload(visit, key="k")
    answer = clinic.upload(visit, b"photo of somebody else", key="k")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")


def test_an_idempotency_key_of_one_clinic_means_nothing_to_another(clinic, other_clinic):
    assert clinic.upload(clinic.visit(), key="k").status_code == 201
    assert other_clinic.upload(other_clinic.visit(), b"photo of another", key="k").status_code == 201


def test_a_view_that_does_not_exist_is_a_problem(clinic):
    answer = clinic.upload(clinic.visit(), view="from above")
    assert answer.status_code == 422
    assert "frontal" in answer.json()["detail"]


@pytest.mark.parametrize(
    "request_body",
    [
        {"content": b"no form", "headers": {"Content-Type": "image/jpeg"}},
        {"content": b"no form", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"files": {"photo": b"photo in the wrong field"}},
        {"files": [("file", b"photo"), ("file", b"photo")]},
    ],
)
def test_a_body_that_is_not_the_form_is_a_problem(clinic, request_body):
    headers = clinic.headers | request_body.pop("headers", {})
    answer = clinic.client.post(f"/v1/visits/{clinic.visit()}/photos", headers=headers, **request_body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_form")


def test_an_overlay_is_served_once_there_is_one(clinic, analyst):
    assert clinic.get(f"/v1/photos/{clinic.photo()}/overlay").headers["content-type"] == "image/jpeg"
    refused = clinic.get(f"/v1/photos/{clinic.photo(FACELESS)}/overlay")
    assert (refused.status_code, refused.json()["code"]) == (404, "picture_not_found")
    analyst.go_on.clear()
    queued = clinic.upload(clinic.visit(), wait=0).json()["id"]
    assert clinic.get(f"/v1/photos/{queued}/overlay").json()["code"] == "not_ready"


def test_blobs_on_disk_do_not_show_the_photo(clinic, service):
    secret = b"photo with a secret mark " * 20
    clinic.photo(secret)
    blobs = [path.read_bytes() for path in (service.settings.data / "blobs").rglob("*") if path.is_file()]
    assert blobs
    assert not any(b"secret mark" in blob for blob in blobs)


def test_each_reading_of_a_photo_is_in_the_audit(clinic, service):
    photo = clinic.photo()
    for part in ("", "/file", "/overlay"):
        clinic.get(f"/v1/photos/{photo}{part}")
    with service.database.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT action FROM audit WHERE target = '{photo}' ORDER BY id")
        assert [row.action for row in rows] == ["photo_uploaded", "photo_read", "file_read", "overlay_read"]
