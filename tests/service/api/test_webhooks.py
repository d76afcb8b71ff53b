"""A clinic's systems hear of its events, of all of them and of nobody else's; the messages hold ids alone."""

import json
import logging
import time
from datetime import timedelta

import pytest
from sqlalchemy import update

import service.webhooks.job as delivering
from service.database.base import now
from service.database.tables import JobRow, Webhook, WebhookDelivery
from service.jobs import JobKind
from service.webhooks.courier import Courier
from service.webhooks.events import Event
from service.webhooks.repository import KEPT_DELIVERIES
from tests.service.api.conftest import FACELESS, POISON
from tests.service.webhooks.receiving import free_port, receiving

HEADERS = {"webhook-id", "webhook-timestamp", "webhook-signature"}


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def settings(settings, receiver, monkeypatch):
    monkeypatch.setattr(delivering, "DELAYS_S", (0.05,) * 7)
    hosts = f"private:{receiver.origin} private:http://127.0.0.1:{free_port()} http://hooks.example:80"
    return settings.model_copy(update={"webhook_hosts": hosts})


def hook(clinic, receiver, *events: str, path: str = "/hook") -> dict:
    asked = {"url": f"{receiver.origin}{path}"} | ({"events": list(events)} if events else {})
    answer = clinic.post("/v1/webhooks", asked)
    assert answer.status_code == 201, answer.text
    return answer.json()


def deliveries(clinic, webhook: dict) -> list[dict]:
    return clinic.get(f"/v1/webhooks/{webhook['id']}/deliveries").json()["items"]


def wait_until(what, seconds: float = 20):
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def all_ended(clinic, webhook: dict) -> list[dict]:
    def ended():
        found = deliveries(clinic, webhook)
        return found if found and all(one["status"] != "waiting" for one in found) else None

    return wait_until(ended)


def test_everything_that_ends_is_told_with_its_ids_and_a_signature_that_others_verify(clinic, receiver):
    webhook = hook(clinic, receiver)
    subject = clinic.subject()
    visit = clinic.visit(subject)
    good, faceless, poison = (clinic.photo(what, visit) for what in (b"photo 1", FACELESS, POISON))
    asked = {"before_photo_id": good, "after_photo_id": clinic.photo(b"photo 2", visit)}
    pair = clinic.post("/v1/comparisons", asked).json()["id"]
    refused = clinic.post("/v1/comparisons", asked | {"after_photo_id": faceless}).json()["id"]
    clinic.get(f"/v1/subjects/{subject}/series?wait=20")
    told = wait_until(lambda: _told_of(receiver, webhook, "series.changed"))
    of = {(message["type"], *sorted(message["data"].items())) for message in told}

    def expected(event: str, **ids):
        return event, *sorted({**ids, "subject_id": subject}.items())

    assert {
        expected("photo.analysed", photo_id=good, visit_id=visit),
        expected("photo.refused", photo_id=faceless, visit_id=visit),
        expected("photo.failed", photo_id=poison, visit_id=visit),
        expected("comparison.compared", comparison_id=pair),
        expected("comparison.refused", comparison_id=refused),
        expected("series.changed", course_id=None),
    } <= of
    assert clinic.delete(f"/v1/subjects/{subject}").status_code == 204
    assert wait_until(lambda: _told_of(receiver, webhook, "subject.erased"))[-1]["data"] == {"subject_id": subject}


def _told_of(receiver, webhook: dict, event: str) -> list[dict]:
    told = receiver.messages(webhook["secret"])
    return told if event in {message["type"] for message in told} else []


def test_a_message_holds_ids_and_nothing_else_of_a_person(clinic, receiver):
    webhook = hook(clinic, receiver, "photo.analysed")
    subject = clinic.subject("Canary-4711")
    visit = clinic.post(
        f"/v1/subjects/{subject}/visits", {"taken_at": "2026-03-02T10:00:00Z", "phase": "baseline", "notes": "Canary"}
    ).json()["id"]
    clinic.photo(visit=visit)
    receiver.wait_for(1)
    told = receiver.messages(webhook["secret"])[0]
    assert set(told) == {"id", "type", "timestamp", "data"}
    assert set(told["data"]) == {"photo_id", "visit_id", "subject_id"}
    headers, body = receiver.received[0]
    assert b"canary" not in (body + json.dumps(headers).encode()).lower()
    assert {name.lower() for name in headers} >= HEADERS
    assert headers["webhook-id"] == told["id"]


def test_a_webhook_hears_of_the_events_that_it_asked_for(clinic, receiver):
    webhook = hook(clinic, receiver, "photo.refused")
    visit = clinic.visit()
    clinic.photo(visit=visit)
    clinic.photo(FACELESS, visit)
    all_ended(clinic, webhook)
    assert [message["type"] for message in receiver.messages(webhook["secret"])] == ["photo.refused"]


def test_a_clinic_hears_of_its_own_events_alone(clinic, other_clinic, receiver):
    mine, theirs = hook(clinic, receiver, path="/mine"), hook(other_clinic, receiver, path="/theirs")
    photos = {mine["id"]: clinic.photo(), theirs["id"]: other_clinic.photo()}
    for whose, webhook in ((clinic, mine), (other_clinic, theirs)):
        told = [one["id"] for one in all_ended(whose, webhook)]
        ids = {
            json.loads(body)["data"].get("photo_id", photos[webhook["id"]])
            for headers, body in receiver.received
            if headers["webhook-id"] in told
        }
        assert ids == {photos[webhook["id"]]}
    assert mine["secret"] != theirs["secret"]


@pytest.mark.parametrize("trouble", [500, 302, "noise", "hang"])
def test_what_was_not_accepted_is_sent_again_under_the_same_id(clinic, receiver, service, monkeypatch, trouble):
    genuine = Courier.post
    monkeypatch.setattr(Courier, "post", lambda self, *of: genuine(Courier(self._origins, attempt_s=0.5), *of))
    webhook = hook(clinic, receiver, "photo.analysed")
    receiver.answers = [trouble, trouble]
    clinic.photo()
    (delivery,) = all_ended(clinic, webhook)
    assert (delivery["status"], delivery["attempts"], delivery["last_failure"]) == ("delivered", 3, None)
    told = receiver.messages(webhook["secret"])
    assert [message["id"] for message in told] == [delivery["id"]] * 3
    assert len({body for _, body in receiver.received}) == 1


def test_what_is_never_accepted_is_given_up_after_all_its_attempts(clinic, receiver):
    webhook = hook(clinic, receiver, "photo.analysed")
    receiver.always = 503
    clinic.photo()
    (delivery,) = all_ended(clinic, webhook)
    assert (delivery["status"], delivery["attempts"]) == ("given_up", 8)
    assert (delivery["last_status"], delivery["last_failure"]) == (503, "status")
    assert clinic.get(f"/v1/webhooks/{webhook['id']}").json()["failing_since"] is not None


def test_the_attempts_reach_over_a_day(monkeypatch):
    monkeypatch.undo()
    assert 24 * 3600 < sum(delivering.DELAYS_S) < 30 * 3600


def test_a_receiver_that_fails_is_left_to_rest_and_no_message_is_lost(clinic, receiver, service, monkeypatch):
    monkeypatch.setattr(delivering, "DELAYS_S", (600,) * 7)
    webhook = hook(clinic, receiver, "photo.analysed")
    receiver.answers = [500]
    visit = clinic.visit()
    clinic.photo(b"photo 0", visit)
    wait_until(lambda: clinic.get(f"/v1/webhooks/{webhook['id']}").json()["rests_until"])
    for number in range(1, 6):
        clinic.photo(b"photo %d" % number, visit)
    wait_until(lambda: all(one["next_attempt_at"] for one in deliveries(clinic, webhook)))
    assert len(receiver.received) == 1
    with service.database.writing_across() as session:  # ten minutes later
        session.get(Webhook, webhook["id"]).rests_until = now()
        session.execute(update(JobRow).values(leased_until=now()))
    ended = all_ended(clinic, webhook)
    assert [one["status"] for one in ended] == ["delivered"] * 6
    assert sorted(one["attempts"] for one in ended) == [1] * 5 + [2]
    assert clinic.get(f"/v1/webhooks/{webhook['id']}").json()["rests_until"] is None


def test_a_receiver_that_is_gone_is_told_nothing_more_until_a_test_succeeds(clinic, receiver):
    webhook = hook(clinic, receiver, "photo.analysed")
    receiver.answers = [410]
    visit = clinic.visit()
    clinic.photo(b"photo 0", visit)
    (delivery,) = all_ended(clinic, webhook)
    assert (delivery["status"], delivery["last_status"]) == ("given_up", 410)
    seen = clinic.get(f"/v1/webhooks/{webhook['id']}").json()
    assert seen["disabled_at"] is not None
    assert "410" in seen["disabled_because"]
    clinic.photo(b"photo 1", visit)
    assert len(deliveries(clinic, webhook)) == 1
    (row,) = clinic.get("/v1/audit?action=webhook_disabled").json()["items"]
    assert (row["actor"], row["target"]) == ("system:webhooks", webhook["id"])
    assert clinic.post(f"/v1/webhooks/{webhook['id']}/test?wait=20").json()["status"] == "delivered"
    assert clinic.get(f"/v1/webhooks/{webhook['id']}").json()["disabled_at"] is None
    clinic.photo(b"photo 2", visit)
    receiver.wait_for(3)


def test_a_days_failures_disable_a_webhook(clinic, receiver, service):
    webhook = hook(clinic, receiver, "photo.analysed")
    with service.database.writing_across() as session:
        session.get(Webhook, webhook["id"]).failing_since = now() - timedelta(hours=24.1)
    receiver.always = 500
    clinic.photo()
    (delivery,) = all_ended(clinic, webhook)
    assert (delivery["status"], delivery["attempts"]) == ("given_up", 1)
    assert "for a day" in clinic.get(f"/v1/webhooks/{webhook['id']}").json()["disabled_because"]


def test_a_secret_that_no_longer_opens_counts_as_failed_attempts_and_holds_nobody_up(clinic, receiver, service):
    broken, sound = (hook(clinic, receiver, "photo.analysed", path=path) for path in ("/broken", "/sound"))
    with service.database.writing_across() as session:
        session.get(Webhook, broken["id"]).sealed_secret = b"sealed by another key"
    clinic.photo()
    assert [one["status"] for one in all_ended(clinic, sound)] == ["delivered"]
    (delivery,) = all_ended(clinic, broken)
    assert (delivery["status"], delivery["attempts"]) == ("given_up", 8)
    assert delivery["last_failure"] == "interrupted"


def test_a_test_is_tried_once_and_says_what_came_of_it(clinic, receiver):
    webhook = hook(clinic, receiver)
    receiver.answers = [404]
    failed, accepted = (clinic.post(f"/v1/webhooks/{webhook['id']}/test?wait=20").json() for _ in range(2))
    assert (failed["status"], failed["last_status"], failed["attempts"]) == ("given_up", 404, 1)
    assert accepted["status"] == "delivered"
    assert [message["type"] for message in receiver.messages(webhook["secret"])] == ["webhook.test"] * 2


def test_a_removed_webhook_hears_of_nothing_that_still_waited(clinic, receiver, service):
    webhook = hook(clinic, receiver, "photo.analysed")
    receiver.always = 500
    delivering.DELAYS_S = (60,) * 7
    clinic.photo()
    receiver.wait_for(1)
    wait_until(lambda: deliveries(clinic, webhook)[0]["attempts"])
    assert clinic.delete(f"/v1/webhooks/{webhook['id']}").status_code == 204
    assert clinic.get(f"/v1/webhooks/{webhook['id']}").status_code == 404
    assert JobKind.DELIVER_WEBHOOK not in {queue.kind for queue in service.jobs.queues()}


def test_messages_about_a_subject_go_with_it(clinic, receiver, service):
    webhook = hook(clinic, receiver)
    receiver.always = 500
    delivering.DELAYS_S = (60,) * 7
    subject = clinic.subject()
    clinic.photo(visit=clinic.visit(subject))
    receiver.wait_for(1)
    wait_until(lambda: deliveries(clinic, webhook)[0]["attempts"])
    assert clinic.delete(f"/v1/subjects/{subject}").status_code == 204
    assert [one["event"] for one in deliveries(clinic, webhook)] == ["subject.erased"]
    proof = clinic.get(f"/v1/erasures/{subject}").json()
    assert proof["complete"]
    assert proof["rows_erased"]["webhook_deliveries"] >= 1


def test_the_last_hundred_messages_are_kept(clinic, receiver, service):
    webhook = hook(clinic, receiver)
    with service.database.reading_across() as session:
        tenant = session.get(Webhook, webhook["id"]).tenant_id
    about = {"tenant_id": tenant, "webhook_id": webhook["id"], "event": "webhook.test", "ids": "{}"}
    with service.database.writing_across() as session:
        old = [WebhookDelivery(**about, status="delivered", attempts=1) for _ in range(KEPT_DELIVERIES + 5)]
        session.add_all(old)
    assert clinic.post(f"/v1/webhooks/{webhook['id']}/test?wait=20").json()["status"] == "delivered"
    kept = clinic.get(f"/v1/webhooks/{webhook['id']}/deliveries?limit=200").json()["items"]
    assert len(kept) == KEPT_DELIVERIES


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "http://hooks.example:81/", "http://127.0.0.1:1/", "http://169.254.169.254/", "x"]
)
def test_an_address_that_the_operator_did_not_name_is_refused_with_advice(clinic, url):
    answer = clinic.post("/v1/webhooks", {"url": url})
    assert (answer.status_code, answer.json()["code"]) == (403, "webhook_not_allowed")
    assert "LIFTMARK_WEBHOOK_HOSTS" in answer.json()["detail"]


@pytest.mark.parametrize(
    "asked", [{}, {"url": ""}, {"url": "http://a/", "events": []}, {"url": "http://a/", "events": ["x"]}]
)
def test_a_request_that_says_something_else_is_refused(clinic, asked):
    assert clinic.post("/v1/webhooks", asked).status_code == 422


def test_an_address_has_one_webhook_and_a_clinic_ten(clinic, other_clinic, receiver):
    for number in range(10):
        hook(clinic, receiver, path=f"/{number}")
    again = clinic.post("/v1/webhooks", {"url": f"{receiver.origin}/3"})
    assert (again.status_code, again.json()["code"]) == (409, "webhook_exists")
    eleventh = clinic.post("/v1/webhooks", {"url": f"{receiver.origin}/10"})
    assert (eleventh.status_code, eleventh.json()["code"]) == (409, "too_many_webhooks")
    hook(other_clinic, receiver, path="/3")


def test_a_secret_is_told_once_and_is_neither_in_the_database_nor_in_the_log(clinic, receiver, service, caplog):
    caplog.set_level(logging.DEBUG)
    webhook = hook(clinic, receiver)
    receiver.answers = [500]
    clinic.photo()
    all_ended(clinic, webhook)
    secret = webhook["secret"].removeprefix("whsec_")
    seen = [clinic.get("/v1/webhooks").text, clinic.get(f"/v1/webhooks/{webhook['id']}").text]
    seen += [clinic.get(f"/v1/webhooks/{webhook['id']}/deliveries").text, caplog.text]
    assert not any(secret in text for text in seen)
    files = [path.read_bytes() for path in service.settings.data.glob("liftmark.db*")]
    assert files
    assert not any(secret.encode() in file for file in files)


def test_a_clinic_without_webhooks_queues_nothing(clinic, service):
    clinic.photo()
    with service.database.reading_across() as session:
        assert session.query(WebhookDelivery).count() == 0


def test_photos_are_analysed_while_every_courier_waits_for_a_receiver(clinic, receiver):
    webhook = hook(clinic, receiver, "photo.analysed")
    receiver.always = "hang"
    visit = clinic.visit()
    answers = [clinic.upload(visit, b"photo %d" % number, wait=20).json()["status"] for number in range(6)]
    assert answers == ["analysed"] * 6
    assert any(one["status"] == "waiting" for one in deliveries(clinic, webhook))
    receiver.free.set()


def test_the_catalogue_of_events_is_told_in_the_docs(repository):
    told = (repository / "docs/webhooks.md").read_text()
    assert all(f"`{event}`" in told for event in Event)
