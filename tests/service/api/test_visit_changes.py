"""Visits and photos: changed, and erased one by one."""

import pytest
from sqlalchemy import select

from service.database.tables import AuditRow, Comparison, JobRow
from service.sandbox import CompareOutcome
from tests.service.api.conftest import COMPARED


@pytest.fixture
def visit(clinic) -> str:
    return clinic.visit()


def kept_files(service) -> list:
    return [path for path in (service.settings.data / "blobs").rglob("*") if path.is_file()]


def test_what_is_sent_of_a_visit_is_changed_and_the_rest_stays(clinic, visit):
    before = clinic.get(f"/v1/visits/{visit}").json()
    changed = clinic.patch(f"/v1/visits/{visit}", {"phase": "treatment", "treatment_number": 2}).json()
    assert changed == before | {"phase": "treatment", "treatment_number": 2}
    moved = clinic.patch(f"/v1/visits/{visit}", {"taken_at": "2026-03-09T10:00:00+01:00", "notes": "x"}).json()
    assert moved == changed | {"taken_at": "2026-03-09T09:00:00Z", "notes": "x"}
    assert clinic.patch(f"/v1/visits/{visit}", {"notes": None}).json()["notes"] is None
    assert clinic.patch(f"/v1/visits/{visit}", {}).json() == moved | {"notes": None}


def test_a_corrected_time_shows_in_comparisons_where_the_camera_wrote_none(clinic, analyst, visit, monkeypatch):
    undated = COMPARED.model_copy(update={"after": COMPARED.after.model_copy(update={"taken_at": None})})
    monkeypatch.setattr(analyst, "compare_shots", lambda *_, **__: CompareOutcome(undated, b"before", b"after"))
    other = clinic.visit(clinic.get(f"/v1/visits/{visit}").json()["subject_id"])
    pair = {"before_photo_id": clinic.photo(visit=visit), "after_photo_id": clinic.photo(b"photo 2", other)}
    made = clinic.post("/v1/comparisons", pair).json()
    by_camera, by_visit = "2026-03-02T10:00:00Z", "2026-03-02T09:00:00Z"
    assert (made["before"]["taken_at"], made["after"]["taken_at"]) == (by_camera, by_visit)
    for one in (visit, other):
        clinic.patch(f"/v1/visits/{one}", {"taken_at": "2026-05-04T08:00:00Z"})
    told = clinic.get(f"/v1/comparisons/{made['id']}").json()
    assert (told["before"]["taken_at"], told["after"]["taken_at"]) == (by_camera, "2026-05-04T08:00:00Z")


@pytest.mark.parametrize(
    "wrong", [{"phase": None}, {"phase": "later"}, {"taken_at": None}, {"taken_at": "2026-03-02"}, {"subject_id": "x"}]
)
def test_a_visit_cannot_be_changed_to_what_it_cannot_be(clinic, visit, wrong):
    answer = clinic.patch(f"/v1/visits/{visit}", wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert next(iter(wrong)) in answer.json()["detail"]


def test_a_change_is_audited_and_no_change_is_not(clinic, service, visit):
    clinic.patch(f"/v1/visits/{visit}", {"notes": "x"})
    clinic.patch(f"/v1/visits/{visit}", {})
    with service.database.reading_across() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "visit_changed")).all()
    assert [row.target for row in rows] == [visit]


def test_an_erased_photo_takes_its_pictures_and_comparisons_along_and_leaves_the_others(clinic, service, visit):
    other = clinic.visit(clinic.get(f"/v1/visits/{visit}").json()["subject_id"])
    photos = [clinic.photo(content, visit) for content in (b"photo 1", b"photo 2")]
    last = clinic.photo(b"photo 3", other)
    burst = {"before_photo_ids": photos, "after_photo_ids": [last]}
    gone = clinic.post("/v1/comparisons", burst).json()["id"]
    stays = clinic.post("/v1/comparisons", {"before_photo_id": photos[1], "after_photo_id": last}).json()["id"]

    assert clinic.delete(f"/v1/photos/{photos[0]}").status_code == 204

    assert clinic.get(f"/v1/photos/{photos[0]}").status_code == 404
    assert clinic.get(f"/v1/comparisons/{gone}").status_code == 404
    assert clinic.get(f"/v1/comparisons/{stays}").json()["status"] == "compared"
    assert clinic.get(f"/v1/photos/{photos[1]}/file").content == b"photo 2"
    assert not any(photos[0] in str(path) or gone in str(path) for path in kept_files(service))
    assert clinic.delete(f"/v1/photos/{photos[0]}").status_code == 404


def test_an_erased_visit_takes_its_photos_along(clinic, service, visit):
    photo = clinic.photo(visit=visit)
    assert clinic.delete(f"/v1/visits/{visit}").status_code == 204
    for path in (f"visits/{visit}", f"photos/{photo}"):
        assert clinic.get(f"/v1/{path}").status_code == 404
    assert kept_files(service) == []


def test_erasing_a_photo_during_its_analysis_is_not_undone_by_its_result(clinic, service, analyst, visit):
    analyst.go_on.clear()
    photo = clinic.upload(visit, wait=0).json()["id"]
    while not analyst.measured:
        pass
    assert clinic.delete(f"/v1/photos/{photo}").status_code == 204
    analyst.go_on.set()
    clinic.photo(visit=clinic.visit(clinic.subject("P-2")))  # a later job has ended, so the earlier one has too
    assert not any(photo in str(path) for path in kept_files(service))
    with service.database.reading_across() as session:
        assert session.scalars(select(JobRow).where(JobRow.target == photo)).all() == []
        assert session.scalars(select(Comparison)).all() == []


def test_an_erased_photo_may_be_sent_again_under_its_old_key(clinic, visit):
    first = clinic.upload(visit, key="k").json()["id"]
    clinic.delete(f"/v1/photos/{first}")
    second = clinic.upload(visit, key="k")
    assert second.status_code == 201
    assert second.json()["id"] != first
