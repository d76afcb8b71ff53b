"""Erasing a subject leaves nothing of it, and everything of the others."""


def everything_kept(service) -> bytes:
    return b"".join(path.read_bytes() for path in service.settings.data.rglob("*") if path.is_file())


def test_erasure_leaves_nothing_of_the_subject(clinic, service):
    subject = clinic.subject("canary-reference")
    visit = {"taken_at": "2026-03-02T10:00:00Z", "phase": "baseline", "notes": "canary-notes"}
    visit_id = clinic.post(f"/v1/subjects/{subject}/visits", visit).json()["id"]
    photo = clinic.photo(visit=visit_id)
    pair = clinic.post("/v1/comparisons", {"before_photo_id": photo, "after_photo_id": photo}).json()["id"]
    course = clinic.post(
        f"/v1/subjects/{subject}/courses", {"started_on": "2026-03-02", "notes": "canary-words"}
    ).json()["id"]
    told = {"kind": "other", "date": "2026-03-02", "notes": "canary-words"}
    confounder = clinic.post(f"/v1/subjects/{subject}/confounders", told).json()["id"]
    signed = {"given_on": "2026-03-02", "recorded_by": "canary-words", "paper": "canary-words"}
    assert clinic.put(f"/v1/subjects/{subject}/consents/print", signed).is_success
    link = clinic.post(f"/v1/subjects/{subject}/series/link").json()["id"]
    assert b"canary" in everything_kept(service)

    assert clinic.delete(f"/v1/subjects/{subject}").status_code == 204

    records = {"subjects": subject, "visits": visit_id, "photos": photo, "comparisons": pair}
    for kind, gone in (records | {"courses": course, "confounders": confounder}).items():
        path = f"{kind}/{gone}"
        assert clinic.get(f"/v1/{path}").status_code == 404
    assert not any(path.is_file() for path in (service.settings.data / "blobs").rglob("*"))
    assert b"canary" not in everything_kept(service)
    counts = clinic.get(f"/v1/erasures/{subject}").json()["rows_erased"]
    assert (counts["consents"], counts["share_links"]) == (1, 1)
    assert clinic.delete(f"/v1/links/{link}").json()["code"] == "link_not_found"


def test_erasure_leaves_other_subjects_untouched(clinic, service):
    kept = clinic.photo(visit=clinic.visit(clinic.subject("P-2")))
    before = clinic.get(f"/v1/photos/{kept}").json()
    erased = clinic.subject("P-1")
    clinic.photo(visit=clinic.visit(erased))
    clinic.delete(f"/v1/subjects/{erased}")
    assert clinic.get(f"/v1/photos/{kept}").json() == before
    assert clinic.get(f"/v1/photos/{kept}/file").status_code == 200


def test_erasure_during_an_analysis_is_not_undone_by_its_result(clinic, service, analyst):
    analyst.go_on.clear()
    subject = clinic.subject()
    clinic.upload(clinic.visit(subject), wait=0)
    while not analyst.measured:
        pass
    clinic.delete(f"/v1/subjects/{subject}")
    analyst.go_on.set()
    clinic.photo(visit=clinic.visit(clinic.subject("P-2")))  # a later job has ended, so the earlier one has too
    left = [path for path in (service.settings.data / "blobs").rglob("*") if path.is_file() and subject in str(path)]
    assert not left


def test_erasing_twice_finds_nothing_the_second_time(clinic):
    subject = clinic.subject()
    assert clinic.delete(f"/v1/subjects/{subject}").status_code == 204
    assert clinic.delete(f"/v1/subjects/{subject}").status_code == 404
