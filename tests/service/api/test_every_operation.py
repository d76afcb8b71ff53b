"""Data that the API's own description allows and forbids, sent to every operation: no 5xx, nothing undescribed.

Each operation gets a few dozen requests. `make fuzz` sends hundreds, each time others (LIFTMARK_EXAMPLES=100).
"""

import os
import socket

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from service.app import create_app
from service.serving import serving
from service.settings import Settings
from service.tenancy.keys import create_key
from tests.service.api.conftest import PHOTO, Clinic
from tests.service.api.courses import CourseAnalyst
from tests.service.api.test_audit_completeness import CONFOUNDER, COURSE, IRIS, STUDIES, Photos

AT_LENGTH = os.environ.get("LIFTMARK_EXAMPLES")
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
    checks.allow_header_conformance,
    *([checks.ignored_auth] if AT_LENGTH else []),  # test_tenancy_matrix knocks at every door without a key
]
"""Not among them: that all is accepted which the description allows. It cannot say that a day lies within two
centuries, that a course ends after it began, or that two photos are of one subject; such requests get 422.
"""
ERASING = {"/v1/subjects/{subject_id}", "/v1/visits/{visit_id}", "/v1/photos/{photo_id}"}


def without_tuples(told):
    """The same description with an array of n equal parts in the place of a tuple of them.

    In an ``anyOf`` schemathesis turns a tuple into what its own validator refuses.
    """
    if isinstance(told, list):
        return [without_tuples(one) for one in told]
    if not isinstance(told, dict):
        return told
    told = {name: without_tuples(value) for name, value in told.items()}
    parts = told.get("prefixItems")
    if parts and parts.count(parts[0]) == len(parts) == told["minItems"] == told["maxItems"]:
        told["items"] = told.pop("prefixItems")[0]
    return told


schema = schemathesis.openapi.from_dict(without_tuples(create_app(Settings()).openapi()))


@pytest.fixture(scope="module")
def connection():
    """Kept open from request to request."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    """A served app's address, a clinic, and its ids: one record of each kind."""
    rates = ("requests_per_minute", "key_requests_per_minute", "heavy_per_minute", "failed_keys_per_minute")
    data = tmp_path_factory.mktemp("data")
    app = create_app(Settings(data=data, workers=2, **dict.fromkeys(rates, 10**6)), CourseAnalyst())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        with serving(app, listener) as address, httpx.Client(base_url=address, timeout=60) as client:
            with app.state.service.database.writing_across() as session:
                clinic = Clinic(client, create_key(session, "Aurora"))
            yield address, clinic, records_of(clinic)


def records_of(clinic) -> dict[str, str]:
    subject = clinic.subject()
    visit = clinic.visit(subject)
    photos = [clinic.photo(name.encode(), visit) for name in Photos]
    clinic.put(f"/v1/subjects/{subject}/iris-diameter", IRIS)
    course = clinic.post(f"/v1/subjects/{subject}/courses", COURSE).json()["id"]
    pair = {"before_photo_id": photos[0], "after_photo_id": photos[1]}
    return {
        **pair,
        "subject_id": subject,
        "visit_id": visit,
        "photo_id": photos[0],
        "comparison_id": clinic.post("/v1/comparisons?wait=30", pair).json()["id"],
        "course_id": course,
        "confounder_id": clinic.post(f"/v1/subjects/{subject}/confounders", CONFOUNDER).json()["id"],
        "study_id": clinic.post(f"{STUDIES}?wait=30", {"name": "A", "photo_ids": [photos]}).json()["id"],
        "file": PHOTO,
    }


def with_records(case, ids) -> None:
    """Put ids of records that there are, and a photo, in the place of those that were made up."""
    if case.method == "DELETE" and case.path in ERASING:
        return
    for told in (case.path_parameters, case.body):
        if isinstance(told, dict):
            told |= {name: ids[name] for name in told.keys() & ids.keys()}


# The service runs in threads of this process, where whatever shuffles or waits a random while looks to hypothesis like
# an example that draws from elsewhere.
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")
@schema.parametrize()
@settings(
    max_examples=int(AT_LENGTH or 6),
    derandomize=not AT_LENGTH,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_an_operation_answers_as_its_description_says(case, fuzzed, connection):
    address, clinic, ids = fuzzed
    if case.meta.generation.mode.is_positive:
        with_records(case, ids)
    case.call_and_validate(base_url=address, headers=clinic.headers, checks=CHECKS, session=connection)


def test_the_description_tells_of_every_call(app):
    from tests.service.api.test_audit_completeness import routes

    told = {f"{one.ok().method.upper()} {one.ok().path}" for one in schema.get_all_operations()}
    assert set(routes(app)) <= told
