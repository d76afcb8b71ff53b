"""One clinic takes its share, and another one does not notice; who guesses at keys is soon answered no more."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.limiting.costs import COSTS
from service.settings import Settings
from service.tenancy.scope import Scope
from tests.service.api.test_audit_completeness import routes


@pytest.fixture
def limited(settings) -> dict:
    """What the settings say beyond the usual."""
    return {"requests_per_minute": 10, "key_requests_per_minute": 8, "heavy_per_minute": 4, "failed_keys_per_minute": 5}


@pytest.fixture
def app(settings, limited, analyst):
    from service.app import create_app

    return create_app(Settings(**settings.model_dump() | limited), analyst)


def codes(answers) -> list[int]:
    return [answer.status_code for answer in answers]


def test_a_key_is_let_through_so_often_and_another_key_of_the_clinic_still_some(clinic, new_clinic, other_clinic):
    assert codes(clinic.get("/v1/subjects") for _ in range(10)) == [200] * 8 + [429] * 2
    assert codes(new_clinic("Aurora", Scope.READ).get("/v1/subjects") for _ in range(4)) == [200] * 2 + [429] * 2
    assert other_clinic.get("/v1/subjects").status_code == 200


def test_a_refusal_says_when_to_come_again_and_nothing_was_done(clinic, new_clinic):
    for number in range(8):
        clinic.post("/v1/subjects", {"reference": str(number)})
    refused = clinic.post("/v1/subjects", {"reference": "one too many"})
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "Retry-After" in refused.json()["detail"]
    listed = new_clinic("Aurora").get("/v1/subjects").json()["items"]
    assert [one["reference"] for one in listed] == [str(number) for number in range(8)]


def test_heavy_calls_are_counted_by_their_cost_and_light_ones_go_on(clinic):
    subject = clinic.subject()
    cost = COSTS["GET", "/v1/subjects/{subject_id}/series"]
    answers = [clinic.get(f"/v1/subjects/{subject}/series").status_code for _ in range(4 // cost + 1)]
    assert answers == [200] * (4 // cost) + [429]
    assert clinic.get("/v1/subjects").status_code == 200


def test_a_call_that_costs_more_than_the_limit_passes_alone(service, clinic):
    actor = service.limits
    from service.tenancy.tenant import Actor, TenantId

    someone = Actor(TenantId("0"), "key", frozenset())
    assert actor.refused_for_s(someone, 100) is None
    assert actor.refused_for_s(someone, 1) is not None


def test_every_cost_is_of_a_call_that_there_is_and_every_pdf_has_one(app):
    there = set(routes(app))
    assert {f"{method} {path}" for method, path in COSTS} <= there
    assert {route for route in there if route.endswith(".pdf")} <= {f"{method} {path}" for method, path in COSTS}


def test_who_guesses_at_keys_is_soon_answered_no_more(client, clinic, new_clinic):
    assert clinic.get("/v1/subjects").status_code == 200
    wrong = [client.get("/v1/subjects", headers={"Authorization": f"Bearer lm_{n}"}) for n in range(7)]
    assert codes(wrong) == [401] * 5 + [429] * 2
    assert wrong[-1].headers["Retry-After"]
    unseen = new_clinic("Aurora")
    assert unseen.get("/v1/subjects").status_code == 429, "it would tell the guesser that this one is right"
    assert clinic.get("/v1/subjects").status_code == 200, "a key that was right is not locked out by who guesses"
    assert client.get("/v1/comparisons/00/report").status_code == 429
    assert client.get("/healthz").status_code == 200


def test_an_address_that_the_client_claims_for_itself_is_not_believed(client):
    wrong = {"Authorization": "Bearer lm_wrong"}
    claims = [client.get("/v1/subjects", headers=wrong | {"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(7)]
    assert codes(claims) == [401] * 5 + [429] * 2


class TestBehindANamedProxy:
    @pytest.fixture
    def limited(self) -> dict:
        return {"failed_keys_per_minute": 2, "trusted_proxies": "127.0.0.1"}

    def test_clients_are_told_apart_by_what_the_proxy_says(self, client):
        def guess(address: str) -> int:
            headers = {"Authorization": "Bearer lm_wrong", "X-Forwarded-For": address}
            return client.get("/v1/subjects", headers=headers).status_code

        assert [guess("192.0.2.1") for _ in range(3)] == [401, 401, 429]
        assert guess("192.0.2.2") == 401
        assert guess("192.0.2.3, 192.0.2.1") == 429, "the proxy's own word is the last one"

    def test_a_network_of_ipv6_is_one_client(self, client):
        def guess(address: str) -> int:
            headers = {"Authorization": "Bearer lm_wrong", "X-Forwarded-For": address}
            return client.get("/v1/subjects", headers=headers).status_code

        assert [guess(f"2001:db8::{n}") for n in range(1, 4)] == [401, 401, 429]
        assert guess("2001:db8:0:1::1") == 401


class TestAtOnce:
    @pytest.fixture
    def limited(self) -> dict:
        return {"requests_at_once": 2}

    def test_one_clinics_waiting_takes_no_place_of_anothers(self, clinic, other_clinic, analyst):
        visit = clinic.visit()
        analyst.go_on.clear()
        with ThreadPoolExecutor(12) as threads:
            waiting = [
                threads.submit(clinic.upload, visit, b"photo %d" % n, wait=30 if n < 2 else 0) for n in range(12)
            ]
            begun = time.monotonic()
            while not any(one.done() for one in waiting):  # the one too many is refused at once
                assert time.monotonic() < begun + 20
                time.sleep(0.02)
            theirs = threading.Thread(target=analyst.go_on.set)
            assert other_clinic.get("/v1/subjects").status_code == 200
            theirs.start()
            answers = codes(one.result() for one in waiting)
        assert set(answers) == {201, 429}
        assert answers.count(429) >= 2
        assert clinic.get("/v1/subjects").status_code == 200
