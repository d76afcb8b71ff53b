"""What is under a master key that this process lacks is out of service for now, and nobody's photo is to blame."""

import time

import pytest

from service.blobs.master_key import MasterKey
from service.subjects.repository import Subjects
from service.tenancy.keys import find_actor


@pytest.fixture
def wrap(clinic, service):
    """Wrap a subject's key by another process's master key, or again by this one's."""
    stranger = MasterKey.new()
    with service.database.reading_across() as session:
        tenant = find_actor(session, clinic.headers["Authorization"].removeprefix("Bearer ")).tenant

    def wrap(subject_id: str, *, known: bool) -> None:
        mine = service.vaults.ring.present
        new, former = (mine, stranger) if known else (stranger, mine)
        with service.database.writing_across() as session:
            subject = Subjects(session, tenant).get(subject_id)
            key = former.open(subject.wrapped_key, subject_id)
            subject.wrapped_key, subject.wrapped_by = new.seal(key, subject_id), new.id

    return wrap


def until(look) -> None:
    deadline = time.monotonic() + 60
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_upload_is_to_be_sent_again_later(clinic, wrap):
    subject = clinic.subject()
    visit = clinic.visit(subject)
    wrap(subject, known=False)
    answer = clinic.upload(visit)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    wrap(subject, known=True)
    assert clinic.upload(visit).status_code == 201


def test_a_job_is_put_off_and_no_attempt_is_counted(clinic, service, analyst, wrap, caplog):
    subject = clinic.subject()
    visit, busy = clinic.visit(subject), clinic.visit(clinic.subject("P-2"))
    analyst.go_on.clear()
    for _ in range(service.settings.workers):
        clinic.upload(busy, wait=0)
    until(lambda: len(analyst.measured) == service.settings.workers)
    photo = clinic.upload(visit, wait=0).json()["id"]
    wrap(subject, known=False)
    analyst.go_on.set()
    until(lambda: "could not be done yet" in caplog.text)
    assert clinic.get(f"/v1/photos/{photo}").json()["status"] == "queued"
    wrap(subject, known=True)
    assert clinic.ended(f"/v1/photos/{photo}")["status"] == "analysed"
