"""The pages for people who are signed in: who sees which, what they ask of the database and leave in the audit."""

import re
import threading
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import event

from service.bench.pages_rows import Multiplier
from service.blobs.vault import blob_prefix
from service.cohort.gathering import CohortViewer
from service.documents.cohort import CohortFilters
from service.people.cookies import COOKIE
from service.people.joining import Newcomer, join, new_person
from service.people.roles import Role
from service.pose_hints.pages import seat_of
from service.screens.days import Clock
from service.subjects.history import HistoryDesk
from service.subjects.listing import SubjectLister
from service.tenancy.clinics import clinics_by_name
from service.tenancy.scope import Scope
from service.tenancy.tenant import Actor
from service.worklist.gathering import WorklistDesk
from tests.service.api.conftest import (
    FACELESS,
    PHOTO,
    address,
    analyst,
    app,
    client,
    clinic,
    new_clinic,
    new_home,
    settings,
)
from tests.service.api.conftest import service as running_service

__all__ = ["address", "analyst", "app", "client", "clinic", "new_clinic", "new_home", "running_service", "settings"]

service = running_service
SUBJECTS, PHOTOS = 200, 5000


@pytest.fixture
def sign_in(address, service, clinic):
    """Open a browser of somebody with a role."""
    opened = []

    def signed_in(role: Role = Role.OWNER) -> httpx.Client:
        newcomer = Newcomer(f"The {role}", f"{role}@aurora.example", "walnut lantern harbour")
        with service.database.writing_across() as session:
            token = join(session, clinics_by_name(session)["Aurora"], new_person(newcomer, role, "Aurora"))
        opened.append(httpx.Client(base_url=address, cookies={COOKIE: token}, timeout=60))
        return opened[-1]

    yield signed_in
    for browser in opened:
        browser.close()


def a_history(clinic) -> str:
    """A subject with a baseline, a visit of today with a refused photo, a comparison and a series."""
    subject = clinic.subject("P")
    clinic.post(f"/v1/subjects/{subject}/courses", {"started_on": "2026-03-02"})
    clinic.post(f"/v1/subjects/{subject}/confounders", {"kind": "filler", "date": "2026-04-01"})
    before = clinic.photo(PHOTO, clinic.visit(subject))
    new = {"taken_at": datetime.now(UTC).isoformat(), "phase": "treatment", "treatment_number": 4}
    today = clinic.post(f"/v1/subjects/{subject}/visits", new).json()["id"]
    after = clinic.photo(PHOTO, today)
    clinic.photo(FACELESS, today)
    clinic.post("/v1/comparisons", {"before_photo_id": before, "after_photo_id": after})
    assert clinic.get(f"/v1/subjects/{subject}/series?wait=20").json()["pending"] == 0
    return subject


def names_of(service, subject: str) -> list[str]:
    """The subject's blobs."""
    with service.database.reading_across() as session:
        tenant = clinics_by_name(session)["Aurora"]
    return sorted(service.vaults.store.names_under(blob_prefix(tenant, subject)))


def statements(service, act) -> int:
    """How many statements the database is asked by what this very thread does."""
    asked, mine = [], threading.get_ident()

    def note(_connection, _cursor, statement, *_):
        if threading.get_ident() == mine:
            asked.append(statement)

    event.listen(service.database.engine, "before_cursor_execute", note)
    act()
    event.remove(service.database.engine, "before_cursor_execute", note)
    return len(asked)


def test_no_page_asks_more_of_the_database_the_more_subjects_and_photos_there_are(clinic, service, sign_in):
    subject = a_history(clinic)
    database, clock = service.database, Clock(UTC, "UTC")
    with database.reading_across() as session:
        tenant = clinics_by_name(session)["Aurora"]
    ada = Actor(tenant, "person:ada", frozenset(Scope))
    pages = {
        "worklist": lambda: WorklistDesk(database).see(ada, clock.today(), clock),
        "worklist's state": lambda: WorklistDesk(database).state(ada, clock.today(), clock),
        "subjects": lambda: SubjectLister(database).page(ada, None, None, clock),
        "subject": lambda: HistoryDesk(database).see(ada, subject, clock),
        "camera": lambda: seat_of(database, ada, subject, clock),
        "cohort": lambda: CohortViewer(database).see(ada, CohortFilters()),
    }
    first = {name: statements(service, act) for name, act in pages.items()}
    with database.writing(tenant) as session:
        multiplier = Multiplier(session, tenant, subject)
        for number in range(1, SUBJECTS):
            multiplier.add(number, PHOTOS // SUBJECTS)
    many = {name: statements(service, act) for name, act in pages.items()}
    assert many.pop("cohort") == first.pop("cohort") + SUBJECTS // 100 - 1  # a hundred are read at once
    assert many == first
    assert max(first.values()) <= 20, first

    browser = sign_in()
    listed = browser.get("/app/subjects").text
    assert f'<span class="count">{SUBJECTS}</span>' in listed
    second = re.search(r'href="(/app/subjects\?after=[0-9a-f]+)"', listed).group(1)
    names = [re.findall(r"<span>(P[0-9-]*)</span>", browser.get(path).text) for path in ("/app/subjects", second)]
    assert [len(page) for page in names] == [50, 50]
    assert (in_order := [*names[0], *names[1]]) == sorted(in_order)
    assert len(re.findall(r"<span>P-019[0-9]</span>", browser.get("/app/subjects?q=P-019").text)) == 10


def test_each_role_sees_its_pages_and_no_others(clinic, sign_in):
    subject = a_history(clinic)
    for role, refused in (
        (Role.MARKETING, {"/app/upload", f"/app/camera/{subject}", "/app/studies/new", "/app/audit"}),
        (Role.PRACTITIONER, {"/app/audit"}),
        (Role.OWNER, set()),
    ):
        browser = sign_in(role)
        pages = ("/app", "/app/subjects", f"/app/subjects/{subject}", "/app/studies", *sorted(refused))
        assert {path for path in pages if browser.get(path).status_code == 403} == refused
        led_to = set(re.findall(r'class="places__link" href="([^"]+)"', browser.get("/app").text))
        assert not led_to & refused
        page = browser.get(f"/app/subjects/{subject}").text
        assert ("Erase this subject" in page, "Add a visit" in page) == (role is Role.OWNER, role is not Role.MARKETING)


def test_only_the_camera_page_may_use_the_camera(clinic, sign_in):
    browser, subject = sign_in(), a_history(clinic)
    asked = (f"/app/camera/{subject}", f"/app/subjects/{subject}", "/app/cameras", "/app")
    said = [browser.get(path).headers["Permissions-Policy"].split(",")[0] for path in asked]
    assert said == ["camera=(self)", *["camera=()"] * 3]


def test_a_page_leaves_in_the_audit_what_the_calls_for_the_same_would_leave(clinic, sign_in):
    browser, subject = sign_in(), a_history(clinic)
    before = clinic.get("/v1/audit/verification").json()["head"]["count"]
    browser.get(f"/app/subjects/{subject}")
    browser.get("/app")
    browser.get("/app/worklist/state?day=2026-03-02")
    rows = [row for row in clinic.get(f"/v1/audit?after={before}").json()["items"] if row["actor"][:7] == "person:"]
    of_subject = {"subject_read", "visits_read", "confounders_read", "courses_read", "series_read"}
    both = ["comparisons_listed", "photos_listed"]
    assert sorted(row["action"] for row in rows) == sorted([*of_subject, *both, *both, "due_read"])
    assert {row["target"] for row in rows} == {subject, "photos", "comparisons", "due"}


def test_a_comparison_is_opened_from_within_with_a_way_back_and_its_contours_can_be_corrected(clinic, sign_in):
    browser, subject = sign_in(), a_history(clinic)
    pair = clinic.get(f"/v1/subjects/{subject}/comparisons?status=compared").json()["items"][0]
    led = browser.get(f"/app/comparisons/{pair['id']}")
    assert led.headers["Location"] == f"/v1/comparisons/{pair['id']}/report"
    report = browser.get(led.headers["Location"]).text
    assert f'href="/app/subjects/{subject}"' in report
    assert f"/v1/photos/{pair['before_photo_id']}/correct" in report
    place = f"/v1/photos/{pair['before_photo_id']}"
    page = browser.get(f"{place}/correct").text
    token = re.search(r'name="csrf" content="([^"]+)"', page).group(1)
    circle = {"centre": [201, 150], "radius": 58, "corrected_by": "Dr. A."}
    assert browser.put(f"{place}/corrections/left/iris", json=circle).status_code == 403
    proof = {"X-Liftmark-CSRF": token}
    assert browser.put(f"{place}/corrections/left/iris", json=circle, headers=proof).is_success
    assert 'href="/app/' not in clinic.get(f"/v1/comparisons/{pair['id']}/report").text


def test_a_small_picture_is_kept_of_each_photo_and_goes_with_it(clinic, service):
    subject = clinic.subject()
    visit = clinic.visit(subject)
    usable, refused = clinic.photo(PHOTO, visit), clinic.photo(FACELESS, visit)
    for photo in (usable, refused):
        assert clinic.get(f"/v1/photos/{photo}/thumbnail").content == b"\xff\xd8 small"
    assert clinic.delete(f"/v1/photos/{usable}").status_code == 204
    assert not [name for name in names_of(service, subject) if usable in name]
    assert [name for name in names_of(service, subject) if f"{refused}/thumbnail" in name]


def test_what_a_camera_sees_is_answered_and_kept_nowhere(clinic, service):
    subject = a_history(clinic)
    photo = clinic.get(f"/v1/subjects/{subject}/photos").json()["items"][0]["id"]
    before = names_of(service, subject)
    address = f"/v1/subjects/{subject}/pose-hints"
    assert clinic.post(address, content=b"seen").json()["hints"][0]["says"] == "Bring the whole face into the picture."
    assert clinic.post(f"{address}?baseline_photo_id={photo}", content=b"seen").json()["hints"] == []
    assert clinic.post(address, content=b"photo cut in half").json()["code"] == "unreadable_photo"
    assert clinic.post(address, content=bytes(200_001)).json()["code"] == "too_large"
    other = clinic.subject("another")
    assert clinic.post(f"/v1/subjects/{other}/pose-hints?baseline_photo_id={photo}", content=b"x").status_code == 404
    assert names_of(service, subject) == before
