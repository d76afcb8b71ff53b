"""The cohort over HTTP: what the clinic's own courses changed, naming nobody."""

import csv
from datetime import UTC, datetime

import numpy as np
import pytest

from models.anatomy import Side
from models.comparison import Verdict
from models.measurand import MeasurandCode
from service.database.tables import AuditRow, SubjectSeries
from service.tenancy.keys import find_actor
from service.tenancy.scope import Scope
from tests.service.reports.series_documents import a_series

MEDIAN = -0.4


def tenant_of(clinic, service) -> str:
    with service.database.reading_across() as session:
        return find_actor(session, clinic.headers["Authorization"].removeprefix("Bearer ")).tenant


def treated(clinic, service, count: int = 6, kind: str = "microcurrent", name: str = "P") -> list[str]:
    """So many subjects, each with a stored series whose jaw changed."""
    subjects = [clinic.subject(f"{name}-{number}") for number in range(count)]
    tenant = tenant_of(clinic, service)
    with service.database.writing_across() as session:
        for subject, size in zip(subjects, np.linspace(MEDIAN - 0.3, MEDIAN + 0.3, count), strict=True):
            told = {"document": stored(float(size), kind), "kind": kind, "fingerprint": "f", "pairs": ""}
            row = SubjectSeries(tenant_id=tenant, subject_id=subject, course_id=None, made_at=datetime.now(UTC), **told)
            session.add(row)
    return subjects


def stored(size: float, kind: str) -> str:
    """An invented series with this change of the left jaw."""
    document = a_series()
    jaw = next(one for one in document.measurands if one.cumulative is not None)
    moved = {"change": size, "ci95": (size - 0.1, size + 0.1), "own_verdict": Verdict.DETECTABLE_DECREASE}
    cumulative = jaw.cumulative.model_copy(update=moved | {"standard_uncertainty": 0.05})
    changed = jaw.model_copy(
        update={"measurand": MeasurandCode.JAWLINE_CONTOUR, "side": Side.LEFT, "cumulative": cumulative}
    )
    protocol = document.protocol.model_copy(update={"kind": kind})
    return document.model_copy(update={"measurands": (changed,), "protocol": protocol}).model_dump_json()


def test_the_cohort_tells_what_the_clinics_courses_changed(clinic, service):
    treated(clinic, service)
    found = clinic.get("/v1/cohort").json()
    (jaw,) = found["whole"]["measurands"]
    assert (jaw["measurand"], jaw["side"], jaw["n"], jaw["median"]) == ("jawline_contour", "left", 6, MEDIAN)
    assert (jaw["decreased"]["count"], jaw["increased"]["count"]) == (6, 0)
    assert jaw["expected_by_chance"] == {"either": 0.3, "each_way": 0.15}
    assert [group["kind"] for group in found["kinds"]] == ["microcurrent"]


def test_nobody_is_named_in_any_form_of_it(clinic, service):
    subjects = treated(clinic, service)
    for path in ("/v1/cohort", "/v1/cohort.csv", "/v1/cohort/report"):
        answer = clinic.get(path)
        assert answer.status_code == 200
        assert not any(subject in answer.text for subject in subjects)
        assert "P-0" not in answer.text


def test_a_clinic_without_courses_is_told_how_many_are_missing(clinic):
    found = clinic.get("/v1/cohort").json()
    assert (found["whole"]["subjects"], found["whole"]["missing"], found["kinds"]) == (0, 5, [])
    assert "5 more are needed" in clinic.get("/v1/cohort/report").text


def test_subjects_of_another_clinic_are_in_no_cohort_but_its_own(clinic, other_clinic, service):
    treated(other_clinic, service)
    treated(clinic, service, 4)
    assert clinic.get("/v1/cohort").json()["whole"] == {
        "kind": None,
        "subjects": 4,
        "missing": 1,
        "measurands": [],
        "too_few": [],
    }


def test_filters_choose_and_the_choice_is_told(clinic, service):
    treated(clinic, service, 6)
    treated(clinic, service, 5, "radio frequency", "R")
    chosen = clinic.get("/v1/cohort", params={"kind": "radio frequency", "from": "2020-01-01"}).json()
    assert (chosen["whole"]["subjects"], chosen["filters"]["since"]) == (5, "2020-01-01")
    assert clinic.get("/v1/cohort", params={"until": "2020-01-01"}).json()["whole"]["subjects"] == 0
    page = clinic.get("/v1/cohort/report", params={"kind": "microcurrent", "claim_percent": "50"}).text
    assert '<option value="microcurrent" selected>' in page
    assert '<option value="radio frequency">' in page
    assert "the claim of 50 %" in page


@pytest.mark.parametrize(
    "params",
    [{"claim_percent": "eighty"}, {"claim_percent": "120"}, {"phase": "later"}, {"from": "soon"},
     {"from": "2026-02-01", "until": "2026-01-01"}],
)  # fmt: skip
def test_a_choice_that_is_none_is_told(clinic, params):
    answer = clinic.get("/v1/cohort/report", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_the_table_is_a_file(clinic, service):
    treated(clinic, service)
    answer = clinic.get("/v1/cohort.csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert [(row["protocol"], row["n"]) for row in rows] == [("all", "6"), ("microcurrent", "6")]


def test_a_link_opens_the_page_and_nothing_else(clinic, client, service):
    treated(clinic, service)
    url = clinic.post("/v1/cohort/link", {"hours": 1}).json()["url"]
    first = client.get(f"{url}&claim_percent=50")
    assert first.status_code == 303
    assert "token" not in first.headers["location"]
    page = client.get(first.headers["location"])
    assert page.status_code == 200
    assert "the claim of 50 %" in page.text
    assert client.get("/v1/cohort").status_code == 401
    assert client.get("/v1/subjects").status_code == 401
    comparison = clinic.pair()
    assert client.get(f"/v1/comparisons/{comparison}/report?token={url.partition('token=')[2]}").status_code == 401


def test_a_link_shows_its_own_choice_of_subjects_and_no_other(clinic, client, service):
    treated(clinic, service)
    asked = {"kind": "microcurrent", "from": "2020-01-01", "claim_percent": "20"}
    url = clinic.post("/v1/cohort/link", asked).json()["url"]
    where = client.get(url).headers["location"]
    page = client.get(where)
    assert page.status_code == 200
    assert "the claim of 20 %" in page.text
    assert '<input type="hidden" name="kind" value="microcurrent">' in page.text
    assert "<select" not in page.text
    assert client.get(where.replace("claim_percent=20", "claim_percent=30")).status_code == 200
    for other in ("/v1/cohort/report", where.replace("2020", "2021"), f"{where}&until=2026-01-01"):
        assert client.get(other).json()["code"] == "link_ended"


def test_a_link_of_another_kind_does_not_open_the_cohort(clinic, client):
    url = clinic.post(f"/v1/comparisons/{clinic.pair()}/link").json()["url"]
    assert client.get(f"/v1/cohort/report?token={url.partition('token=')[2]}").status_code == 401


def test_reading_needs_a_key_that_reads_and_a_link_one_that_exports(new_clinic, clinic):
    for scope, status in ((Scope.INGEST, 403), (Scope.READ, 200)):
        assert new_clinic("Aurora", scope).get("/v1/cohort").status_code == status
    assert new_clinic("Aurora", Scope.READ).post("/v1/cohort/link").status_code == 403
    assert new_clinic("Aurora", Scope.EXPORT).post("/v1/cohort/link").status_code == 403
    assert new_clinic("Aurora", Scope.EXPORT, Scope.READ).post("/v1/cohort/link").status_code == 201


def test_reading_is_audited(clinic, service):
    clinic.get("/v1/cohort")
    with service.database.reading_across() as session:
        told = [(row.action, row.target) for row in session.query(AuditRow)]
    assert told == [("cohort_read", "cohort")]


def test_erasing_a_subject_takes_them_out(clinic, service):
    subjects = treated(clinic, service)
    clinic.delete(f"/v1/subjects/{subjects[0]}")
    assert clinic.get("/v1/cohort").json()["whole"]["subjects"] == 5


def test_a_study_that_comes_later_makes_a_stored_series_anew(clinic, service):
    from service.series.state import the_series

    subject, tenant = clinic.subject(), tenant_of(clinic, service)
    clinic.photo(visit=clinic.visit(subject))
    with service.database.reading_across() as session:
        before = the_series(session, tenant, subject, None).fingerprint([])
    from service.database.tables import RepeatabilityStudy

    told = {"name": "Room 1", "fingerprint": "f", "method_version": "1", "status": "studied", "made_by": "key"}
    with service.database.writing_across() as session:
        session.add(RepeatabilityStudy(tenant_id=tenant, floors='{"mrd1": 0.2}', **told))
    with service.database.reading_across() as session:
        state = the_series(session, tenant, subject, None)
    assert state.floors == {"mrd1": 0.2}
    assert state.fingerprint([]) != before
