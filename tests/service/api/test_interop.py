"""Other systems fetch figures in their own words, each fetching audited; what has none says why."""

import io
import subprocess
import sys

import httpx
import pydicom
import pytest
from fhir.resources.R4B.bundle import Bundle

from service.tenancy.scope import Scope
from tests.service.api.conftest import FACELESS, POISON, UNREADABLE


def test_a_comparison_and_a_photo_are_told_as_fhir(clinic):
    reference = "Canary-4711"
    visit = clinic.visit(clinic.subject(reference))
    photo = clinic.photo(visit=visit)
    asked = {"before_photo_id": photo, "after_photo_id": clinic.photo(b"photo 2", visit)}
    pair = clinic.post("/v1/comparisons", asked).json()["id"]
    for path in (f"/v1/comparisons/{pair}/fhir", f"/v1/photos/{photo}/fhir"):
        answer = clinic.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/fhir+json"
        assert answer.content == clinic.get(path).content
        assert reference not in answer.text
        bundle = Bundle.model_validate_json(answer.content)
        media = next(one.resource for one in bundle.entry if one.resource.get_resource_type() == "Media")
        assert clinic.client.get(media.content.url, headers=clinic.headers).status_code == 200


@pytest.mark.parametrize("content,says", [(FACELESS, "face"), (POISON, "attempts")])
def test_what_has_no_figures_says_why(clinic, content, says):
    visit = clinic.visit()
    photo = clinic.photo(content, visit)
    answer = clinic.get(f"/v1/photos/{photo}/fhir")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_figures")
    assert says in answer.json()["detail"]


def test_a_refused_comparison_says_why_it_has_no_figures(clinic):
    answer = clinic.get(f"/v1/comparisons/{clinic.pair(FACELESS)}/fhir")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_figures")


def test_what_is_not_analysed_yet_is_not_ready(clinic, analyst):
    analyst.go_on.clear()
    photo = clinic.upload(clinic.visit(), wait=0).json()["id"]
    for kind in ("fhir", "dicom"):
        answer = clinic.get(f"/v1/photos/{photo}/{kind}")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


def test_figures_are_read_with_the_scope_of_reading(clinic, new_clinic):
    photo = clinic.photo()
    assert new_clinic("Aurora", Scope.READ).get(f"/v1/photos/{photo}/fhir").status_code == 200
    assert new_clinic("Aurora", Scope.INGEST).get(f"/v1/photos/{photo}/fhir").status_code == 403


def test_a_photo_is_told_as_dicom_with_the_scope_of_exporting(clinic, new_clinic):
    photo = clinic.photo()
    answer = new_clinic("Aurora", Scope.EXPORT).get(f"/v1/photos/{photo}/dicom")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/dicom"
    told = clinic.get(f"/v1/photos/{photo}").json()
    read = pydicom.dcmread(io.BytesIO(answer.content))
    assert (read.PatientID, read.AcquisitionDate) == (told["subject_id"], "20260302")
    assert b"P-1" not in answer.content
    assert new_clinic("Aurora", Scope.READ).get(f"/v1/photos/{photo}/dicom").status_code == 403


def test_a_photo_without_figures_is_told_as_dicom_all_the_same(clinic):
    photo = clinic.photo(FACELESS)
    assert clinic.get(f"/v1/photos/{photo}/dicom").status_code == 200


@pytest.mark.parametrize("content", [POISON, UNREADABLE])
def test_a_photo_that_cannot_be_opened_has_no_dicom_file(clinic, content):
    answer = clinic.get(f"/v1/photos/{clinic.photo(content)}/dicom")
    assert (answer.status_code, answer.json()["code"]) == (404, "picture_not_found")


def test_no_link_opens_it(clinic, address):
    pair = clinic.pair()
    url = httpx.URL(clinic.post(f"/v1/comparisons/{pair}/link").json()["url"])
    with httpx.Client(base_url=address) as browser:
        assert browser.get(f"/v1/comparisons/{pair}/fhir", params=url.params).status_code == 401


def test_the_service_starts_without_the_extras_libraries():
    program = (
        "import sys; import service.app; assert not {'fhir', 'pydicom'} & {name.split('.')[0] for name in sys.modules}"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=120).returncode == 0
