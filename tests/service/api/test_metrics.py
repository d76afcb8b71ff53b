"""What Prometheus is told, who may read it, and that nobody can be found in it."""

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from service.app import create_app
from service.blobs import BlobsUnavailableError
from service.observing.routes import _may_read
from service.settings import Settings
from service.tenancy.keys import find_actor
from tests.service.api.conftest import FACELESS, PHOTO, POISON, TEXT

TOKEN = "a-token-of-the-operator"


@pytest.fixture
def figures(client):
    """The figures now; those of one process are shared by all tests in it, so tests look at differences."""

    def read() -> dict[tuple, float]:
        answer = client.get("/metrics")
        assert answer.status_code == 200
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }

    return read


@pytest.fixture
def grown(figures):
    """By how much a figure grew since the test began."""
    before = figures()

    def by(name: str, **labels) -> float:
        key = (name, *sorted(labels.items()))
        return figures()[key] - before.get(key, 0)

    return by


def test_requests_are_counted_and_timed_by_the_routes_template(clinic, grown):
    photo = clinic.photo()
    for _ in range(3):
        clinic.get(f"/v1/photos/{photo}")
    clinic.get("/v1/photos/nobody")
    of_photo = {"method": "GET", "route": "/v1/photos/{photo_id}"}
    assert grown("liftmark_http_requests_total", **of_photo, status="200") == 3
    assert grown("liftmark_http_requests_total", **of_photo, status="404") == 1
    assert grown("liftmark_http_request_seconds_count", **of_photo) == 4
    assert grown("liftmark_http_request_seconds_bucket", **of_photo, le="+Inf") == 4


def test_whoever_is_turned_away_before_the_route_is_counted_there(client, grown):
    client.get("/v1/photos/nobody")
    assert grown("liftmark_http_requests_total", method="GET", route="/v1/photos/{photo_id}", status="401") == 1


def test_strange_addresses_and_methods_make_no_series_of_their_own(client, clinic, figures):
    def strange(number: int) -> None:
        clinic.get(f"/v1/who/{number}")
        client.get(f"/static/{number}.css")
        client.request(f"SHOUT{number}", f"/{number}")

    strange(0)
    series = set(figures())
    for number in range(1, 4):
        strange(number)
    assert set(figures()) == series


def test_uploads_are_counted_by_what_became_of_them(clinic, client, grown):
    visit = clinic.visit()
    clinic.upload(visit)
    clinic.upload(visit, FACELESS)
    clinic.upload(visit, TEXT)
    clinic.upload(visit, b"photo" * 100_000)
    client.post(f"/v1/visits/{visit}/photos", files={"file": PHOTO})
    assert grown("liftmark_uploads_accepted_total") == 2
    assert grown("liftmark_uploads_refused_total", reason="not_an_image") == 1
    assert grown("liftmark_uploads_refused_total", reason="too_large") == 1
    assert grown("liftmark_uploads_refused_total", reason="unauthenticated") == 1


def test_jobs_analyses_and_crashes_are_counted(clinic, grown):
    visit = clinic.visit()
    clinic.upload(visit)
    assert clinic.upload(visit, POISON).json()["status"] == "failed"
    assert grown("liftmark_jobs_finished_total", kind="analyse_photo") == 1
    assert grown("liftmark_jobs_failed_total", kind="analyse_photo") == 1
    assert grown("liftmark_job_attempts_failed_total", kind="analyse_photo", reason="crashed") == 3
    assert grown("liftmark_sandbox_crashes_total", kind="memory") == 3
    assert grown("liftmark_analysis_seconds_count", what="measure") == 4


def test_the_queue_is_told_as_it_is(clinic, analyst, figures):
    analyst.go_on.clear()
    visit = clinic.visit()
    for number in range(5):
        clinic.upload(visit, PHOTO + b"%d" % number, wait=0)
    of_photos = ("kind", "analyse_photo")
    for _ in range(200):
        found = figures()
        if found["liftmark_jobs_leased", of_photos] == 2:
            break
    assert (found["liftmark_jobs_queued", of_photos], found["liftmark_jobs_leased", of_photos]) == (3, 2)
    assert 0 < found["liftmark_jobs_oldest_waiting_seconds", of_photos] < 60
    assert found["liftmark_jobs_queued", ("kind", "erase_blobs")] == 0
    analyst.go_on.set()


def test_errors_of_database_and_blob_store_are_counted(clinic, service, grown, monkeypatch):
    photo = clinic.photo()

    def broken(*_):
        raise BlobsUnavailableError("The disk is gone.")

    monkeypatch.setattr("service.blobs.local.LocalFolder.get", broken)
    assert clinic.get(f"/v1/photos/{photo}/file").status_code == 503
    assert grown("liftmark_blob_store_errors_total", operation="get") == 1
    with pytest.raises(OperationalError), service.database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM no_such_table")
    assert grown("liftmark_database_errors_total", error="OperationalError") == 1


def test_no_label_holds_what_a_client_sent(clinic, client, service, figures):
    canary = "Canary-Jane-Doe"
    subject = clinic.subject(canary)
    visit = clinic.visit(subject)
    photo = clinic.upload(visit, key=canary).json()["id"]
    for path in (f"/v1/photos/{canary}", f"/{canary}", f"/static/{canary}", f"/v1/subjects?after={canary}"):
        clinic.get(path)
    client.request(canary, "/v1/photos")
    text = client.get("/metrics").text
    with service.database.reading_across() as session:
        tenant = find_actor(session, clinic.headers["Authorization"].removeprefix("Bearer ")).tenant
    for sent in (canary, canary.lower(), subject, visit, photo, tenant, clinic.headers["Authorization"][7:]):
        assert sent not in text
    names = {label for key in figures() for label, _ in key[1:]}
    assert names <= {"method", "route", "status", "reason", "kind", "what", "error", "operation", "le"}


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_a_proxy_on_this_machine_opens_the_figures_to_nobody(client, header):
    answer = client.get("/metrics", headers={header: "127.0.0.1"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert "LIFTMARK_METRICS_TOKEN" in answer.json()["detail"]


class Asking:
    """As much of a request as tells who asks."""

    def __init__(self, host: str | None, **headers: str) -> None:
        self.client = None if host is None else httpx.URL(f"http://{host}")
        self.headers = headers


@pytest.mark.parametrize(
    "host,may", [("127.0.0.1", True), ("[::1]", True), ("192.0.2.7", False), ("10.0.0.1", False), (None, False)]
)
def test_without_a_token_only_this_machine_may_read(host, may):
    assert _may_read(Asking(host), Settings()) is may


@pytest.mark.parametrize(
    "sent,may",
    [(f"Bearer {TOKEN}", True), (f"bearer {TOKEN}", True), ("Bearer other", False), (TOKEN, False), ("", False)],
)
@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.7"])
def test_with_a_token_only_the_token_opens(host, sent, may):
    settings = Settings(metrics_token=SecretStr(TOKEN))
    assert _may_read(Asking(host, authorization=sent), settings) is may


def test_a_clinics_key_is_not_the_operators_token(tmp_path, clinic):
    settings = Settings(metrics_token=SecretStr(TOKEN))
    assert not _may_read(Asking("127.0.0.1", authorization=clinic.headers["Authorization"]), settings)


def test_a_token_that_could_be_guessed_is_refused():
    with pytest.raises(ValueError, match="at least 16"):
        create_app(Settings(metrics_token=SecretStr("short")))
