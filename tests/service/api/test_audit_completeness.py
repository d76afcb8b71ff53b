"""Every call that serves or changes a clinic's data leaves its row in the audit; a new route without one fails here."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from tests.service.api.conftest import PHOTO
from tests.service.api.courses import CourseAnalyst

COURSE = {"started_on": "2026-03-02"}
CONFOUNDER = {"kind": "weight", "date": "2026-03-02"}
VISIT = {"taken_at": "2026-03-02T10:00:00Z", "phase": "baseline"}
IRIS = {"mm": 11.9, "measured_by": "Dr. A."}
IRIS_CIRCLE = {"centre": [201, 150], "radius": 58, "corrected_by": "Dr. A."}
IRIS_OF = "/v1/photos/{photo_id}/corrections/{side}/{contour}"
SUBJECT, VISITS, PHOTOS = "/v1/subjects/{subject_id}", "/v1/visits/{visit_id}", "/v1/photos/{photo_id}"
PAIRS, STUDIES = "/v1/comparisons/{comparison_id}", "/v1/repeatability-studies"
CONSENTS = "/v1/subjects/{subject_id}/consents"
CONSENT = {"given_on": "2026-03-02", "recorded_by": "Dr. A.", "paper": "form of 2026-03-02, folder 12"}
WEBHOOKS, HOOK = "/v1/webhooks/{webhook_id}", {"url": "http://127.0.0.1:9/hook"}
EXPORTS, EXPORT = "/v1/exports/{export_id}", {"comparison_id": "comparison_id", "purpose": "print", "format": "stacked"}
PUBLISHED = {"where": "our page", "published_on": "2026-06-01"}

Photos = ("photo 0.0", "photo 0.4", "photo 0.8")


@dataclass(frozen=True)
class Call:
    """A route, and the rows that a call of it leaves: each an action and the name of an id, or the target itself.

    ``json`` may name ids; ``files`` is an upload, ``content`` a body of bytes.
    """

    route: str
    leaves: tuple[tuple[str, str], ...]
    json: dict | None = None
    files: dict | None = None
    content: bytes | None = None
    query: str = ""
    ids: dict = field(default_factory=dict)


def call(route: str, action: str, target: str, json=None, **more) -> Call:
    return Call(route, ((action, target),), json, **more)


NEW = "the id in the answer"
CALLS = [
    call("POST /v1/subjects", "subject_made", NEW, {"reference": "new"}),
    call("POST /v1/subjects", "subject_read", "subject_id", {"reference": "P-1"}),
    call("GET /v1/subjects", "subjects_listed", "subjects"),
    call(f"GET {SUBJECT}", "subject_read", "subject_id"),
    call(f"PUT {SUBJECT}/iris-diameter", "iris_diameter_set", NEW, IRIS),
    call(f"PUT {SUBJECT}/iris-diameter", "iris_diameter_read", NEW, IRIS),
    call(f"GET {SUBJECT}/iris-diameter", "iris_diameter_read", NEW),
    call(f"DELETE {SUBJECT}/iris-diameter", "iris_diameter_withdrawn", "*"),
    call(f"PUT {CONSENTS}/{{purpose}}", "consent_recorded", NEW, CONSENT),
    call(f"PUT {CONSENTS}/{{purpose}}", "consents_read", NEW, CONSENT),
    call(f"GET {CONSENTS}", "consents_read", "subject_id"),
    call(f"DELETE {CONSENTS}/{{purpose}}", "consent_withdrawn", "*", {"why": "by telephone"}),
    call(f"DELETE {CONSENTS}/{{purpose}}", "consents_read", "*"),
    call(f"POST {SUBJECT}/courses", "course_made", NEW, COURSE),
    call(f"GET {SUBJECT}/courses", "courses_read", "subject_id"),
    call("GET /v1/courses/{course_id}", "courses_read", "course_id"),
    call("PATCH /v1/courses/{course_id}", "course_changed", "course_id", {"notes": "x"}),
    call("PATCH /v1/courses/{course_id}", "courses_read", "course_id", {}),
    call(f"POST {SUBJECT}/confounders", "confounder_made", NEW, CONFOUNDER),
    call(f"GET {SUBJECT}/confounders", "confounders_read", "subject_id"),
    call("GET /v1/confounders/{confounder_id}", "confounders_read", "confounder_id"),
    call("PATCH /v1/confounders/{confounder_id}", "confounder_changed", "confounder_id", {"notes": "x"}),
    call("PATCH /v1/confounders/{confounder_id}", "confounders_read", "confounder_id", {}),
    call(f"POST {SUBJECT}/visits", "visit_made", NEW, VISIT),
    call(f"GET {SUBJECT}/visits", "visits_read", "subject_id"),
    call(f"GET {VISITS}", "visits_read", "visit_id"),
    call(f"PATCH {VISITS}", "visit_changed", "visit_id", {"notes": "x"}),
    call(f"PATCH {VISITS}", "visits_read", "visit_id", {}),
    call(f"POST {VISITS}/photos", "photo_uploaded", NEW, files={"file": ("a.jpg", b"photo 1.2", "image/jpeg")}),
    call(f"GET {VISITS}/photos", "photos_listed", "visit_id"),
    call(f"GET {SUBJECT}/photos", "photos_listed", "subject_id"),
    call("GET /v1/photos", "photos_listed", "photos"),
    call(f"GET {PHOTOS}", "photo_read", "photo_id"),
    call(f"GET {PHOTOS}/file", "file_read", "photo_id"),
    call(f"GET {PHOTOS}/overlay", "overlay_read", "photo_id"),
    call(f"GET {PHOTOS}/thumbnail", "thumbnail_read", "photo_id"),
    call(f"POST {SUBJECT}/pose-hints", "pose_hints_read", "subject_id", content=b"what the camera sees"),
    call(f"GET {PHOTOS}/picture", "picture_read", "photo_id"),
    call(f"GET {PHOTOS}/correct", "corrections_read", "photo_id"),
    call(f"GET {PHOTOS}/corrections", "corrections_read", "photo_id"),
    call(f"GET {PHOTOS}/dicom", "photo_dicom_read", "photo_id"),
    call(f"GET {PHOTOS}/fhir", "photo_fhir_read", "photo_id"),
    call(f"GET {PAIRS}/fhir", "comparison_fhir_read", "comparison_id"),
    call(f"POST {PHOTOS}/correction-link", "link_made", "photo_id"),
    call(f"PUT {IRIS_OF}", "correction_placed", "*", IRIS_CIRCLE, query="?wait=10"),
    call(f"PUT {IRIS_OF}", "corrections_read", "photo_id", IRIS_CIRCLE, query="?wait=10"),
    call(f"DELETE {IRIS_OF}", "correction_withdrawn", "*", query="?wait=10"),
    call(
        "POST /v1/comparisons",
        "comparison_made",
        NEW,
        {"before_photo_id": "photo_id", "after_photo_id": "photo_id"},
    ),
    call(
        "POST /v1/comparisons",
        "comparison_read",
        "comparison_id",
        {"before_photo_id": "photo_id", "after_photo_id": "after_photo_id"},
    ),
    call("GET /v1/comparisons", "comparisons_listed", "comparisons"),
    call(f"GET {SUBJECT}/comparisons", "comparisons_listed", "subject_id"),
    call(f"GET {PAIRS}", "comparison_read", "comparison_id"),
    call(f"GET {PAIRS}/report", "report_read", "comparison_id"),
    call(f"GET {PAIRS}/report.pdf", "report_pdf_read", "comparison_id"),
    call(f"GET {PAIRS}/aligned/{{which}}", "aligned_read", "comparison_id"),
    call(f"POST {PAIRS}/link", "link_made", "comparison_id"),
    call("POST /v1/exports", "export_made", NEW, EXPORT),
    call("GET /v1/exports", "exports_listed", "exports"),
    call("GET /v1/exports.zip", "export_file_read", "export_id", query="?ids={export_id}"),
    call(f"GET {EXPORTS}", "export_read", "export_id"),
    call(f"GET {EXPORTS}/file", "export_file_read", "export_id"),
    call(f"GET {EXPORTS}/thumbnail", "export_previewed", "export_id"),
    call(f"POST {EXPORTS}/publications", "publication_noted", "export_id", PUBLISHED),
    call(
        f"PATCH {EXPORTS}/publications/{{publication_id}}",
        "publication_changed",
        "export_id",
        {"taken_down_on": "2026-06-02"},
    ),
    call(f"GET {PAIRS}/export-preview", "export_previewed", "comparison_id", query="?purpose=print&format=stacked"),
    call(f"GET {PAIRS}/honest-pair", "honest_pair_read", "comparison_id"),
    call(f"GET {SUBJECT}/series", "series_read", "subject_id"),
    call(f"GET {SUBJECT}/series.csv", "series_csv_read", "subject_id"),
    call(f"GET {SUBJECT}/series/report", "series_report_read", "subject_id"),
    call(f"GET {SUBJECT}/series/report.pdf", "series_pdf_read", "subject_id"),
    call(f"GET {SUBJECT}/series/pictures/{{comparison_id}}/{{which}}", "aligned_read", "comparison_id"),
    call(f"GET {SUBJECT}/series/compare/{{comparison_id}}", "report_read", "comparison_id"),
    call(f"POST {SUBJECT}/series/link", "link_made", "subject_id"),
    call("GET /v1/links", "links_read", "links"),
    call("DELETE /v1/links/{link_id}", "link_revoked", "link_id"),
    call("DELETE /v1/links/{link_id}", "links_read", "link_id"),
    call("GET /v1/due", "due_read", "due"),
    call("GET /v1/cohort", "cohort_read", "cohort"),
    call("GET /v1/cohort.csv", "cohort_read", "cohort"),
    call("GET /v1/cohort/report", "cohort_read", "cohort"),
    call("POST /v1/cohort/link", "link_made", "cohort"),
    call(f"POST {STUDIES}", "repeatability_study_made", NEW, {"name": "B", "photo_ids": [list(Photos)]}),
    call(f"POST {STUDIES}", "repeatability_study_read", "study_id", {"name": "A", "photo_ids": [list(Photos)]}),
    call(f"GET {STUDIES}", "repeatability_studies_listed", "repeatability_studies"),
    call(f"GET {STUDIES}/{{study_id}}", "repeatability_study_read", "study_id"),
    call(f"GET {STUDIES}/{{study_id}}/report", "repeatability_study_read", "study_id"),
    call(f"DELETE {STUDIES}/{{study_id}}", "repeatability_study_withdrawn", "study_id"),
    call("POST /v1/webhooks", "webhook_made", NEW, {"url": "http://127.0.0.1:9/new"}),
    call("GET /v1/webhooks", "webhooks_listed", "webhooks"),
    call(f"GET {WEBHOOKS}", "webhook_read", "webhook_id"),
    call(f"POST {WEBHOOKS}/test", "webhook_tested", "webhook_id"),
    call(f"GET {WEBHOOKS}/deliveries", "webhook_deliveries_read", "webhook_id"),
    call(f"DELETE {WEBHOOKS}", "webhook_removed", "webhook_id"),
    call("GET /v1/audit", "audit_read", "audit"),
    call("GET /v1/audit/verification", "audit_verified", "audit"),
    call("DELETE /v1/confounders/{confounder_id}", "confounder_deleted", "confounder_id"),
    call("DELETE /v1/courses/{course_id}", "course_deleted", "course_id"),
    call(f"DELETE {PHOTOS}", "photo_deleted", "photo_id"),
    Call(f"DELETE {VISITS}", (("photo_deleted", "*"), ("visit_deleted", "visit_id"))),
    call(f"DELETE {SUBJECT}", "subject_erased", "subject_id"),
    call("GET /v1/erasures/{subject_id}", "erasure_read", "subject_id"),
]
"""In the order in which they are made, what destroys last. ``*``: an id that the answer does not tell."""

WITHOUT_CLINICS_DATA = {
    "GET /v1/confounder-kinds": "a catalogue that is the same for everybody",
    "GET /v1/usage": "how much the clinic stores and sends, and nothing of any record",
}


@pytest.fixture
def analyst():
    return CourseAnalyst()


@pytest.fixture
def ids(clinic) -> dict[str, str]:
    return one_of_each(clinic)


def one_of_each(clinic) -> dict[str, str]:
    """Ids of records that are made for the clinic, one of each kind."""
    subject = clinic.subject()
    visit = clinic.visit(subject)
    photos = {name: clinic.photo(name.encode(), visit) for name in Photos}
    asked = {"before_photo_id": photos[Photos[0]], "after_photo_id": photos[Photos[1]]}
    study = {"name": "A", "photo_ids": [list(photos.values())]}
    quiet = {"url": f"{HOOK['url']}/{subject}", "events": ["comparison.failed"]}  # nothing is sent while a test looks
    pair = clinic.post("/v1/comparisons", asked).json()["id"]
    clinic.put(f"/v1/subjects/{subject}/consents/print", CONSENT)
    export = clinic.post("/v1/exports", {**EXPORT, "comparison_id": pair}).json()["id"]
    publications = clinic.post(f"/v1/exports/{export}/publications", PUBLISHED).json()["publications"]
    return {
        **photos,
        "export_id": export,
        "publication_id": publications[0]["id"],
        "subject_id": subject,
        "visit_id": visit,
        "photo_id": photos[Photos[0]],
        "after_photo_id": photos[Photos[1]],
        "comparison_id": pair,
        "link_id": clinic.post(f"/v1/comparisons/{pair}/link").json()["id"],
        "course_id": clinic.post(f"/v1/subjects/{subject}/courses", COURSE).json()["id"],
        "confounder_id": clinic.post(f"/v1/subjects/{subject}/confounders", CONFOUNDER).json()["id"],
        "webhook_id": clinic.post("/v1/webhooks", quiet).json()["id"],
        "study_id": clinic.post(f"{STUDIES}?wait=30", study).json()["id"],
        "purpose": "website",
        "side": "left",
        "contour": "iris",
        "which": "before",
    }


def routes(app) -> Iterator[str]:
    """Every method and path of the app under /v1. Elsewhere nobody is asked for a key, so no clinic's data is there."""
    for route in app.routes:
        if route.path.startswith("/v1"):
            yield from (f"{method} {route.path}" for method in route.methods)


def test_every_route_is_in_a_table(app):
    there, told = set(routes(app)), {one.route for one in CALLS}
    assert len(there) > 60
    assert there - told == set(WITHOUT_CLINICS_DATA)
    assert told <= there
    documented = {f"{method.upper()} {path}" for path, item in app.openapi()["paths"].items() for method in item}
    assert {one for one in documented if " /v1" in one} == there


def filled(told, ids):
    """``told`` with ids in place of their names."""
    if isinstance(told, dict):
        return {name: filled(value, ids) for name, value in told.items()}
    if isinstance(told, list):
        return [filled(value, ids) for value in told]
    return ids.get(told, told) if isinstance(told, str) else told


def made(clinic, one: Call, ids) -> httpx.Response:
    method, path = one.route.split(" ")
    address = path.format(**ids) + one.query.format(**ids)
    json = None if one.json is None else filled(one.json, ids)
    body = {"json": json, "files": one.files, "content": one.content}
    return clinic.client.request(method, address, headers=clinic.headers, **body)


def rows_after(clinic, number: int) -> list[dict]:
    """What this clinic's own key did after the row ``number``, the reading of the audit aside."""
    told = clinic.get(f"/v1/audit?limit=1000&after={number}").json()["items"]
    return [row for row in told if not row["actor"].startswith("system:")]


def last_number(clinic) -> int:
    """The row that this very reading leaves."""
    return clinic.get("/v1/audit/verification").json()["head"]["count"]


def test_every_call_leaves_exactly_the_rows_that_tell_of_it(clinic, ids):
    wrong = []
    for one in CALLS:
        before = last_number(clinic)
        answer = made(clinic, one, ids)
        assert answer.is_success, (one.route, answer.status_code, answer.text)
        left = [(row["action"], row["target"]) for row in rows_after(clinic, before)]
        wanted = [(action, expected(target, answer, ids)) for action, target in one.leaves]
        if not matches(left, wanted):
            wrong.append((one.route, left, wanted))
    assert wrong == []


def expected(target: str, answer: httpx.Response, ids) -> str:
    return answer.json()["id"] if target == NEW else ids.get(target, target)


def matches(left: list[tuple[str, str]], wanted: list[tuple[str, str]]) -> bool:
    """Whether each wanted row is there and no other; several of one that is wanted with ``*`` may be."""
    open_ended = {action for action, target in wanted if target == "*"}
    closed = [row for row in left if row[0] not in open_ended]
    return closed == [row for row in wanted if row[1] != "*"] and open_ended <= {action for action, _ in left}


def test_the_same_request_again_leaves_the_row_of_a_reading(clinic, ids):
    subject, visit = ids["subject_id"], ids["visit_id"]
    requests = [
        ("visits_read", f"/v1/subjects/{subject}/visits", VISIT),
        ("courses_read", f"/v1/subjects/{subject}/courses", COURSE),
        ("confounders_read", f"/v1/subjects/{subject}/confounders", CONFOUNDER),
    ]
    for number, (action, path, json) in enumerate(requests):
        once, again = (clinic.post(path, json, {"Idempotency-Key": f"key-{number}"}).json() for _ in range(2))
        assert once == again
        (told,) = clinic.get(f"/v1/audit?action={action}&target={once['id']}").json()["items"]
        assert told["action"] == action
    once, again = (clinic.upload(visit, PHOTO.replace(b"of a face", b"2.0"), "key").json()["id"] for _ in range(2))
    assert once == again
    (told,) = clinic.get(f"/v1/audit?action=photo_read&target={once}").json()["items"]


LINKED = [
    (
        "/v1/comparisons/{comparison_id}/link",
        ["report_read", "aligned_read"],
        "/v1/comparisons/{comparison_id}/aligned/after",
    ),
    (
        "/v1/subjects/{subject_id}/series/link",
        ["series_report_read", "series_csv_read"],
        "/v1/subjects/{subject_id}/series.csv",
    ),
    ("/v1/photos/{photo_id}/correction-link", ["corrections_read", "picture_read"], "/v1/photos/{photo_id}/picture"),
    ("/v1/cohort/link", ["cohort_read"], None),
]


@pytest.mark.parametrize("link,actions,more", LINKED)
def test_what_is_opened_through_a_link_is_in_the_audit_under_the_link(clinic, address, ids, link, actions, more):
    url = clinic.post(link.format(**ids)).json()["url"]
    before = last_number(clinic)
    with httpx.Client(base_url=address, follow_redirects=True) as browser:
        page = browser.get(url)
        assert page.status_code == 200
        if more is not None:
            assert browser.get(more.format(**ids), params=page.url.params).status_code == 200
    through = [row for row in rows_after(clinic, before) if row["actor"].startswith("link:")]
    assert [row["action"] for row in through] == actions


def test_what_is_refused_leaves_no_row(clinic, other_clinic, ids):
    before = last_number(clinic)
    for path in (f"/v1/photos/{ids['photo_id']}/file", f"/v1/visits/{ids['visit_id']}"):
        assert other_clinic.get(path).status_code == 404
    assert rows_after(clinic, before) == []
    assert {row["action"] for row in rows_after(other_clinic, 0)} == set()
