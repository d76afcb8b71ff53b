"""The first screen says what the verdicts say, and no more."""

from datetime import date, timedelta

import pytest

from models.anatomy import Side
from models.comparison import Comparable, Verdict
from models.measurand import MeasurandCode
from service.documents.records import ClinicRepeatabilityDocument
from service.reports.summary import headline, summary
from tests.service.reports.documents import (
    AFTER_TAKEN,
    BEFORE_TAKEN,
    a_change,
    a_comparison,
    a_photo,
    a_refused_change,
    not_comparable,
    with_changes,
)

UP = a_change(MeasurandCode.MRD1, Side.LEFT, 3.9, 0.5, 0.06)
STILL = a_change(MeasurandCode.MRD2, Side.LEFT, 5.3, 0.02, 0.06)
MISSING = a_refused_change(MeasurandCode.LOWER_FACE_WIDTH, None, "The jaw is covered.")


@pytest.mark.parametrize(
    "changes,told",
    [
        ((UP, STILL, MISSING), ("1 of 3 measures changed detectably; 1 lies within measurement error; 1 could not be "
                               "assessed.")),
        ((UP, UP, STILL, STILL), "2 of 4 measures changed detectably; 2 lie within measurement error."),
        ((STILL, STILL), "None of 2 measures changed detectably; 2 lie within measurement error."),
        ((MISSING,), "None of 1 measure changed detectably; 1 could not be assessed."),
    ],
)  # fmt: skip
def test_the_headline_counts_the_verdicts(changes, told):
    assert headline(with_changes(*changes)) == told


def test_a_pair_that_cannot_be_compared_has_no_findings():
    told = summary(not_comparable())
    assert told.headline == "These two photos cannot be compared, so no change is stated."
    assert told.findings == ()
    assert told.badge.tone == "stop"
    assert told.explained_title == "Why they cannot be compared"


def test_both_sides_of_a_measure_are_one_finding_with_the_subjects_right_first():
    both = [a_change(MeasurandCode.MRD1, side, 3.9, 0.5, 0.06) for side in (Side.LEFT, Side.RIGHT)]
    (finding,) = summary(with_changes(*both)).findings
    assert [side.side for side in finding.sides] == ["Right", "Left"]


def test_opposite_changes_of_one_measure_are_two_findings():
    opposite = (
        a_change(MeasurandCode.MRD1, Side.LEFT, 3.9, 0.5, 0.06),
        a_change(MeasurandCode.MRD1, Side.RIGHT, 3.9, -0.5, 0.06),
    )
    assert len(summary(with_changes(*opposite)).findings) == 2


def test_small_differences_are_mentioned_beside_comparable():
    document = a_comparison()
    comparable = document.comparability.model_copy(update={"verdict": Comparable.COMPARABLE})
    assert "listed below" in summary(document.model_copy(update={"comparability": comparable})).badge.says


@pytest.mark.parametrize(
    "after,told",
    [
        (None, "A date is missing"),
        (BEFORE_TAKEN + timedelta(minutes=20), "of the same day"),
        (BEFORE_TAKEN - timedelta(days=3), "check which is which"),
    ],
)
def test_doubtful_dates_are_named(after, told):
    document = a_comparison().model_copy(update={"after": a_photo(after)})
    assert any(told in remark for remark in summary(document).remarks)


def test_the_time_between_is_told_in_days_and_weeks():
    assert (AFTER_TAKEN - BEFORE_TAKEN).days == 83
    assert summary(a_comparison()).apart == "84 days (12 weeks) apart"  # by the calendar


def test_a_control_that_moved_is_a_warning():
    document = a_comparison()
    moved = document.negative_controls[0].model_copy(update={"change": 0.4, "ci95": (0.3, 0.5)})
    remarks = summary(document.model_copy(update={"negative_controls": (moved,)})).remarks
    assert any("seems to have moved" in remark for remark in remarks)


def test_how_many_chance_alone_would_bring_is_said():
    remarks = summary(a_comparison()).remarks
    assert any("15 measures were assessed here, so expect about 0.8" in remark for remark in remarks)


def test_a_flag_says_what_to_do_and_whom_it_flatters():
    flag, _ = summary(a_comparison()).flags
    assert flag.says == "The chin is 3.1° higher or lower than in the other photo; at most 1.5°."
    assert flag.remedy == "Use the first photo as a guide for the head's position."
    assert flag.flatters == "Flatters the after photo"
    assert flag.stops == "Jowl prominence"


def test_a_flag_that_stops_everything_says_so_shortly():
    (flag,) = summary(not_comparable()).flags
    assert flag.stops == "all measures"


ALONE, TOGETHER = Verdict.WITHIN_MEASUREMENT_ERROR, Verdict.DETECTABLE_INCREASE


@pytest.mark.parametrize(
    "family,told",
    [
        ((TOGETHER, TOGETHER), "2 of 2 measures changed detectably, also when all are taken together."),
        ((TOGETHER, ALONE), "2 of 2 measures changed detectably, 1 of them also when all are taken together."),
        ((ALONE, ALONE), "2 of 2 measures changed detectably, none of them when all are taken together."),
    ],
)
def test_the_headline_says_how_many_changes_hold_over_the_whole_report(family, told):
    changes = [UP.model_copy(update={"family_verdict": verdict}) for verdict in family]
    assert headline(with_changes(*changes)) == told


def test_a_change_that_holds_only_alone_is_marked_and_the_others_are_not():
    changes = [UP.model_copy(update={"family_verdict": verdict}) for verdict in (TOGETHER, ALONE)]
    (finding,) = summary(with_changes(*changes)).findings
    assert [side.doubt for side in finding.sides] == ["", "may be chance"]


def test_the_clinics_own_study_is_named_with_what_it_widened():
    used = {"study_id": "01ab", "name": "Room 1", "made_on": date(2026, 3, 2), "measurands": (MeasurandCode.MRD1,)}
    document = with_changes(UP)
    widened, not_widened = (
        document.model_copy(update={"clinic_repeatability": (ClinicRepeatabilityDocument(**used, widened=codes),)})
        for codes in ((MeasurandCode.MRD1,), ())
    )
    (told,) = (remark for remark in summary(widened).remarks if "repeatability" in remark)
    assert "“Room 1” of 2 March 2026 (id 01ab)" in told
    assert "Upper lid to pupil (MRD1)" in told
    assert any("Nowhere do photos" in remark for remark in summary(not_widened).remarks)
    assert not any("repeatability" in remark for remark in summary(document).remarks)
