"""A request that is sent again because its answer was lost, that arrives twice, or many times at once: one record."""

import threading

import httpx
import pytest

from tests.faults.lossy_line import lossy_line
from tests.service.api.conftest import PHOTO, Clinic

VISIT = {"taken_at": "2026-03-02T10:00:00Z", "phase": "baseline"}
COURSE = {"started_on": "2026-03-02"}
CONFOUNDER = {"kind": "weight", "date": "2026-03-02"}
IRIS = {"mm": 11.9, "measured_by": "Dr. A."}
LID = {"points": [[225, 148], [212, 139], [200, 136], [188, 140], [175, 149]], "corrected_by": "Dr. A."}


@pytest.fixture
def line(address):
    with lossy_line(int(address.rpartition(":")[2])) as line:
        yield line


@pytest.fixture
def careful(line, clinic):
    """A client behind the lossy line, which sends again what was not answered."""
    with httpx.Client(base_url=line.address, timeout=60, headers=clinic.headers) as client:

        def send(method: str, path: str, key: str | None = None, **content) -> httpx.Response:
            headers = {"Idempotency-Key": key} if key else {}
            for _ in range(3):
                try:
                    return client.request(method, path, headers=headers, **content).raise_for_status()
                except httpx.TransportError:
                    continue
            raise AssertionError(f"{method} {path} was never answered")

        yield send


def rows(service, table: str) -> int:
    with service.database.engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()


@pytest.fixture(params=["lost answers", "doubled requests", "both"])
def trouble(request, line):
    line.loses, line.doubles = request.param != "doubled requests", request.param != "lost answers"


@pytest.mark.usefixtures("trouble")
def test_each_record_is_made_once_however_the_line_fails(careful, service, line):
    subject = careful("POST", "/v1/subjects", json={"reference": "P-1"}).json()["id"]
    of_subject = f"/v1/subjects/{subject}"
    visit = careful("POST", f"{of_subject}/visits", "visit", json=VISIT).json()["id"]
    careful("POST", f"{of_subject}/courses", "course", json=COURSE)
    careful("POST", f"{of_subject}/confounders", "confounder", json=CONFOUNDER)
    careful("PUT", f"{of_subject}/iris-diameter", json=IRIS)
    photos = [
        careful("POST", f"/v1/visits/{visit}/photos?wait=10", f"p{n}", files={"file": PHOTO + b"%d" % n}).json()["id"]
        for n in range(3)
    ]
    careful("PUT", f"/v1/photos/{photos[0]}/corrections/left/upper_lid?wait=10", json=LID)
    careful("POST", "/v1/comparisons?wait=10", json={"before_photo_id": photos[0], "after_photo_id": photos[1]})
    careful("POST", "/v1/repeatability-studies", json={"name": "A", "photo_ids": [photos]})
    once = ("subjects", "visits", "courses", "confounders", "iris_diameters", "corrections", "repeatability_studies")
    assert {table: rows(service, table) for table in once} == dict.fromkeys(once, 1)
    assert rows(service, "photos") == 3
    with service.database.engine.connect() as connection:
        made = connection.exec_driver_sql(
            "SELECT action, target FROM audit WHERE action LIKE '%%made' OR action LIKE '%%uploaded'"
        ).all()
    assert len(made) == len(set(made))
    assert bool(line.lost) == line.loses


@pytest.mark.usefixtures("trouble")
def test_a_change_and_an_erasure_that_are_sent_again_end_the_same(careful, clinic):
    subject = clinic.subject()
    visit = clinic.visit(subject)
    assert careful("PATCH", f"/v1/visits/{visit}", json={"notes": "x"}).json()["notes"] == "x"
    with pytest.raises(httpx.HTTPStatusError, match="404"):  # an earlier arrival did it; the answer tells of no other
        careful("DELETE", f"/v1/subjects/{subject}")
    assert clinic.get(f"/v1/subjects/{subject}").status_code == 404


@pytest.mark.parametrize(
    "table,path,new",
    [
        ("subjects", "/v1/subjects", {"reference": "P-2"}),
        ("visits", "/v1/subjects/{subject}/visits", VISIT),
        ("courses", "/v1/subjects/{subject}/courses", COURSE),
        ("confounders", "/v1/subjects/{subject}/confounders", CONFOUNDER),
    ],
)
def test_the_same_request_sent_at_once_by_many_makes_one_record(clinic: Clinic, service, table, path, new):
    path = path.format(subject=clinic.subject())
    before, ids = rows(service, table), []

    def send() -> None:
        ids.append(clinic.post(path, new, headers={"Idempotency-Key": "k"}).json()["id"])

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8
    assert len(set(ids)) == 1
    assert rows(service, table) == before + 1


@pytest.mark.parametrize("what,new", [("courses", COURSE), ("confounders", CONFOUNDER)])
def test_a_key_is_forgotten_with_the_record_that_it_made(clinic, what, new):
    path, headers = f"/v1/subjects/{clinic.subject()}/{what}", {"Idempotency-Key": "k"}
    first = clinic.post(path, new, headers=headers).json()["id"]
    clinic.delete(f"/v1/{what}/{first}")
    assert clinic.post(path, new, headers=headers).status_code == 201
