"""A cohort from stored series to document, table and page."""

import csv
import json
from datetime import date, datetime, timedelta
from itertools import count

import numpy as np
import pytest

from analysis.cohort import summarise
from models.course import Phase
from service.cohort.claim import MAKERS, read_claim
from service.cohort.members import StoredCourse, latest_of_each
from service.cohort.page import render_cohort_page
from service.cohort.table import cohort_csv
from service.documents.cohort import CohortDocument, CohortFilters, cohort_document
from tests.service.reports.series_documents import a_series as series_document_of_a_course

START = datetime.fromisoformat("2026-01-12T10:00:00+00:00")


def a_series(
    change: float, kind="microcurrent", weeks=10, phase="treatment", version="2026.11.1", code="jawline_contour"
):
    """A stored series with one lasting change; parts that a cohort does not read are whatever they are."""
    at = (START + timedelta(weeks=weeks)).isoformat()
    verdict = (
        "detectable_increase"
        if change > 0.2
        else "detectable_decrease"
        if change < -0.2
        else "within_measurement_error"
    )
    effect = {"change": change, "standard_uncertainty": 0.1, "own_verdict": verdict, "at": at, "unread": 1}
    points = [{"taken_at": START.isoformat(), "phase": "baseline"}, {"taken_at": at, "phase": phase}]
    return StoredCourse.read(
        json.dumps(
            {
                "method_version": version,
                "protocol": {"kind": kind, "planned_sessions": 10},
                "visits": [{"taken_at": point["taken_at"], "photo": "a-photo-id"} for point in points],
                "measurands": [
                    {"measurand": code, "side": "left", "points": points, "cumulative": effect},
                    {"measurand": code, "side": "right", "points": points, "cumulative": None},
                ],
            }
        )
    )


def cohort(*series, filters: CohortFilters | None = None) -> CohortDocument:
    filters = filters or CohortFilters()
    subjects = (f"subject-{number}" for number in count())
    found = latest_of_each(zip(subjects, series, strict=False), filters)
    return cohort_document(summarise(found.members), filters, sorted(found.method_versions))


def many(size=-0.5, number=6, **more):
    return [a_series(float(one), **more) for one in np.linspace(size - 0.4, size + 0.4, number)]


def test_a_part_without_a_figure_takes_no_part():
    (found,) = cohort(*many()).whole.measurands
    assert (found.measurand, found.side, found.n) == ("jawline_contour", "left", 6)
    assert found.median == pytest.approx(-0.5)
    assert (found.increased.count, found.decreased.count) == (0, 5)
    assert found.expected_by_chance.either == pytest.approx(0.3)


def test_of_a_subjects_series_the_one_with_the_newest_photo_counts():
    older, newer = a_series(0.9, weeks=10), a_series(0.1, weeks=30)
    found = latest_of_each([("a", newer), ("a", older)], CohortFilters())
    assert [member.changes[0].change for member in found.members] == [0.1]


@pytest.mark.parametrize(
    "filters,subjects",
    [
        (CohortFilters(kind="MICROCURRENT"), 6),
        (CohortFilters(phase=Phase.FOLLOW_UP), 5),
        (CohortFilters(since=date(2026, 5, 1)), 5),
        (CohortFilters(until=date(2026, 5, 1)), 6),
        (CohortFilters(kind="microcurrent", phase=Phase.FOLLOW_UP), 0),
    ],
)
def test_the_filters_look_at_the_end_of_the_course(filters, subjects):
    series = [*many(), *many(number=5, kind="radio frequency", weeks=20, phase="follow_up")]
    assert cohort(*series, filters=filters).whole.subjects == subjects


def test_neither_document_table_nor_page_names_a_subject_or_a_photo():
    document = cohort(*many())
    page = render_cohort_page(document, read_claim(MAKERS))
    for text in (document.model_dump_json(), cohort_csv(document), page):
        assert "subject-" not in text
        assert "a-photo-id" not in text


def test_too_few_subjects_are_told_with_how_many_are_missing():
    document = cohort(*many(number=3))
    assert (document.whole.subjects, document.whole.missing) == (3, 2)
    page = render_cohort_page(document, read_claim(MAKERS))
    assert "2 more are needed" in page
    assert "<circle" not in page
    assert list(csv.reader(cohort_csv(document).splitlines()))[1] == ["all", "3", "2 more subjects are needed"]


def test_the_table_tells_what_the_document_does():
    document = cohort(*many(), *many(0.5, kind="=radio frequency"))
    rows = list(csv.DictReader(cohort_csv(document).splitlines()))
    assert [row["protocol"] for row in rows] == ["all", "microcurrent", "'=radio frequency"]
    assert float(rows[1]["median"]) == pytest.approx(-0.5)
    assert float(rows[1]["detectable_share"]) == pytest.approx(5 / 6, abs=1e-4)


def test_the_page_holds_the_own_share_beside_the_makers_claim_and_says_that_it_is_perception():
    page = render_cohort_page(cohort(*many()), read_claim(MAKERS), kinds=["microcurrent"])
    assert "Makers report that 70\N{EN DASH}80 % of users see an improved contour after 60 days" in page
    assert "a claim of perception, not of measurement" in page
    assert "5 of 6: 83 % (44 to 97 %)" in page
    assert "inside the interval" in page


def test_another_claim_is_not_put_into_the_makers_mouth():
    page = render_cohort_page(cohort(*many()), read_claim("20"))
    assert "Makers report" not in page
    assert "20 %" in page
    assert "below the whole interval" in page


def test_every_drawing_has_its_figures_in_words():
    page = render_cohort_page(cohort(*many()), read_claim(MAKERS))
    assert page.count('role="img"') == page.count('role="img" aria-label="')
    assert "6 changes from" in page


def test_a_hostile_kind_is_shown_as_text():
    hostile = "<script>alert(1)</script>"
    document = cohort(*many(kind=hostile), *many(kind="x"))
    assert hostile not in render_cohort_page(document, read_claim(MAKERS), kinds=[hostile])


def test_pages_carry_no_inline_style_or_script():
    page = render_cohort_page(cohort(*many()), read_claim(MAKERS))
    assert " style=" not in page
    assert "<style" not in page
    assert "<script>" not in page
    assert " onclick" not in page


def test_several_methods_are_told():
    document = cohort(*many(), *many(version="2027.1.0"))
    assert "several versions of the method: 2026.11.1, 2027.1.0" in render_cohort_page(document, read_claim(MAKERS))


def test_left_out_subjects_are_counted():
    document = cohort(*many(), *many(number=2, kind="rare"))
    assert document.left_out == 2
    assert "2 subjects are left out" in render_cohort_page(document, read_claim(MAKERS))


@pytest.mark.parametrize(
    "text,low,high", [("75", 75, 75), ("70-80", 70, 80), (" 0-100 ", 0, 100), ("12.5-13", 12.5, 13)]
)
def test_a_claim_is_a_share_or_two(text, low, high):
    claim = read_claim(text)
    assert (claim.low, claim.high) == (low, high)


@pytest.mark.parametrize("text", ["", "80-70", "101", "-5", "70-", "seventy", "70-80-90", "1e2"])
def test_what_is_no_claim_is_told(text):
    with pytest.raises(ValueError, match="per cent"):
        read_claim(text)


@pytest.mark.parametrize(
    "claim,where",
    [("70-80", "above the whole interval"), ("5", "below the whole interval"), ("30-35", "inside the interval"),
     ("10-30", "partly inside the interval")],
)  # fmt: skip
def test_where_a_claim_lies_is_told(claim, where):
    assert read_claim(claim).beside(0.2, 0.4) == where


def test_what_is_kept_of_a_series_for_cohorts_makes_the_same_member_as_its_document():
    document = series_document_of_a_course().model_dump_json()
    whole, kept = StoredCourse.read(document), StoredCourse.read(StoredCourse.kept(document))
    assert len(StoredCourse.kept(document)) < len(document) / 5
    for filters in (CohortFilters(), *(CohortFilters(phase=phase) for phase in Phase)):
        assert kept.member(filters) == whole.member(filters)
    assert (kept.ended_at, kept.method_version) == (whole.ended_at, whole.method_version)
