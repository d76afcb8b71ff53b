"""A clinic keeps as much as it may, exactly, however many uploads come at once; and sees how much that is."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.app import create_app
from service.settings import Settings
from service.tenancy.clinics import OwnLimits, clinics_by_name, set_own_limits
from tests.service.api.conftest import PHOTO


@pytest.fixture
def limited() -> dict:
    return {"photos_limit": 3}


@pytest.fixture
def app(settings, limited, analyst):
    return create_app(Settings(**settings.model_dump() | limited), analyst)


def several(number: int) -> bytes:
    return b"photo %06d" % number


def test_no_photo_comes_in_beyond_the_limit_and_another_clinic_does_not_notice(clinic, other_clinic):
    visit = clinic.visit()
    answers = [clinic.upload(visit, several(number), wait=0) for number in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 403]
    assert answers[-1].json()["code"] == "quota_exceeded"
    assert other_clinic.upload(other_clinic.visit()).status_code == 201


def test_uploads_at_once_never_keep_more_than_one_after_the_other(clinic, service):
    visit = clinic.visit()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: clinic.upload(visit, several(number), wait=0), range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [403] * 9
    kept = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert {one["id"] for one in clinic.get("/v1/photos").json()["items"]} == kept
    with service.database.reading_across() as session:
        tenant = clinics_by_name(session)["Aurora"]
    blobs = [name for name in service.vaults.store.names_under(tenant) if name.endswith("/upload")]
    assert len(blobs) == 3, "what was refused leaves nothing behind"


def test_a_request_that_was_answered_is_answered_again_though_the_storage_is_full(clinic):
    visit = clinic.visit()
    first = [clinic.upload(visit, several(number), key=str(number), wait=0).json()["id"] for number in range(3)]
    again = [clinic.upload(visit, several(number), key=str(number), wait=0) for number in range(3)]
    assert [(answer.status_code, answer.json()["id"]) for answer in again] == [(201, one) for one in first]


def test_an_erased_photo_makes_room(clinic):
    visit = clinic.visit()
    photos = [clinic.upload(visit, several(number), wait=0).json()["id"] for number in range(3)]
    assert clinic.upload(visit, PHOTO).status_code == 403
    assert clinic.delete(f"/v1/photos/{photos[0]}").status_code == 204
    assert clinic.upload(visit, PHOTO).status_code == 201


class TestBytes:
    @pytest.fixture
    def limited(self) -> dict:
        return {"storage_limit_gb": 30e-6}

    def test_the_last_byte_fits_and_the_next_does_not(self, clinic):
        visit = clinic.visit()
        assert clinic.upload(visit, b"photo" + b"." * 19_995, wait=0).status_code == 201
        assert clinic.upload(visit, b"photo" + b"." * 9_996, wait=0).status_code == 403
        assert clinic.upload(visit, b"photo" + b"." * 9_995, wait=0).status_code == 201
        assert clinic.get("/v1/usage").json()["stored_bytes"] == {"used": 30_000, "limit": 30_000}

    def test_a_photo_that_cannot_fit_is_refused_before_it_travels(self, clinic, address):
        import socket
        from urllib.parse import urlsplit

        where, visit = urlsplit(address), clinic.visit()
        head = (
            f"POST /v1/visits/{visit}/photos HTTP/1.1\r\nHost: x\r\nContent-Length: 150000\r\n"
            f"Content-Type: multipart/form-data; boundary=b\r\nAuthorization: {clinic.headers['Authorization']}\r\n\r\n"
        )
        with socket.create_connection((where.hostname, where.port), timeout=20) as wire:
            wire.sendall(head.encode())
            assert wire.recv(100).startswith(b"HTTP/1.1 403")


def test_a_clinic_sees_what_it_uses_and_may(clinic, other_clinic, service):
    with service.database.writing_across() as session:
        tenant = clinics_by_name(session)["Aurora"]
        set_own_limits(session, tenant, OwnLimits(requests=500, stored_bytes=10**6))
    clinic.upload(clinic.visit(), wait=0)
    told = clinic.get("/v1/usage").json()
    assert told["photos"] == {"used": 1, "limit": 3}
    assert told["stored_bytes"] == {"used": len(PHOTO), "limit": 10**6}
    assert told["requests_per_minute"] == {"limit": 500, "left": 500 - 4}
    assert told["heavy_per_minute"]["left"] == told["heavy_per_minute"]["limit"] - 1
    theirs = other_clinic.get("/v1/usage").json()
    assert theirs["photos"] == {"used": 0, "limit": 3}
    assert theirs["stored_bytes"] == {"used": 0, "limit": None}
