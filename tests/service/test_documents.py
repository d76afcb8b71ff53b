"""The documents: the contract's names, rounded figures, nulls with reasons, nothing lost on the way through JSON."""

import json
import math

import numpy as np
import pytest
from pydantic import ValidationError

from models.analysis import ProfileAnalysis
from models.anatomy import Side, View
from models.comparison import Verdict
from models.measurand import MeasurandCode
from models.measurement import Estimate, Measurement
from models.quality import Flag, FlagCode, Quality, Refused
from service.documents import (
    ComparisonDocument,
    MeasurementDocument,
    RefusedDocument,
    comparison_document,
    measurement_document,
    profile_document,
    refused_document,
)
from tests.service.examples import a_change, a_comparison, a_face, an_analysis


def comparison(change_mm: float = 0.51, uncertainty: float = 0.06) -> ComparisonDocument:
    """Return the document of a pair whose left upper lid moved."""
    both = an_analysis(), an_analysis("cd" * 32)
    return comparison_document(*both, a_comparison(a_change(change_mm, uncertainty)))


def whole_comparison() -> ComparisonDocument:
    """Return the document of a pair with a change of each kind."""
    return comparison_document(an_analysis(), an_analysis("cd" * 32), a_comparison())


def test_a_measurement_survives_json() -> None:
    document = measurement_document(an_analysis())
    assert MeasurementDocument.model_validate_json(document.model_dump_json()) == document


def test_a_comparison_survives_json() -> None:
    document = whole_comparison()
    assert ComparisonDocument.model_validate_json(document.model_dump_json()) == document


def test_the_measurement_has_the_contracts_names() -> None:
    told = json.loads(measurement_document(an_analysis()).model_dump_json())
    assert told.keys() == {
        "method_version",
        "sha256",
        "taken_at",
        "size_px",
        "quality",
        "pose_deg",
        "expression",
        "scale",
        "measurements",
        "contours_px",
        "corrections",
        "view",
        "profile_px",
    }
    assert told["taken_at"] == "2026-03-09T10:00:00Z"
    assert told["quality"]["verdict"] == "usable"
    assert told["quality"]["flags"][0]["code"] == "small"
    assert told["scale"] == {
        "mm_per_px": 0.101,
        "relative_uncertainty": 0.004,
        "method": "iris",
        "iris_mm": 11.71,
        "iris_uncertainty_mm": 0.42,
    }
    assert told["pose_deg"] == {"yaw": 0.4, "pitch": -1.2, "roll": 0.1}
    assert told["contours_px"].keys() == {"left", "right"}


def test_a_photo_in_profile_has_neither_pose_nor_scale() -> None:
    angle = Measurement(MeasurandCode.CERVICOMENTAL_ANGLE, None, Estimate(110.234, 1.5))
    line = np.array([[10.0, 80.0], [50.0, 85.0], [60.0, 110.0]])
    profile = ProfileAnalysis(an_analysis().photo, View.PROFILE_LEFT, Quality(()), line, (angle,))
    document = profile_document(profile)
    assert MeasurementDocument.model_validate_json(document.model_dump_json()) == document
    assert (document.pose_deg, document.scale, document.view) == (None, None, "profile_left")
    assert (document.measurements[0].value, document.measurements[0].unit) == (110.234, "°")
    assert document.profile_px == ((10.0, 80.0), (50.0, 85.0), (60.0, 110.0))


def test_the_pose_difference_and_what_it_may_be_worth_are_told() -> None:
    told = json.loads(whole_comparison().model_dump_json())
    assert told["pose_difference_deg"] == {"yaw": 0.2, "pitch": -0.1, "roll": 0.3}
    assert all("pose_equivalent" in change for change in told["changes"])


def test_the_comparison_has_the_contracts_names() -> None:
    told = json.loads(whole_comparison().model_dump_json())
    assert {
        "method_version",
        "before",
        "after",
        "comparability",
        "alignment",
        "changes",
        "negative_controls",
    } <= told.keys()
    assert told["before"].keys() == {"sha256", "taken_at", "quality", "pose_deg", "scale", "view", "corrections"}
    assert told["alignment"].keys() == {"residual_mm", "before_to_aligned", "after_to_aligned"}
    assert told["comparability"]["flags"][0]["favours"] == "after"
    assert told["negative_controls"] == [
        {"region": "nasal_bridge", "unit": "mm", "change": 0.02, "ci95": [-0.049, 0.089]}
    ]
    assert told["aligned_size_px"] == [1200, 1500]


def test_a_change_is_told_with_its_interval_and_meaning() -> None:
    (change,) = comparison().changes
    assert (change.before, change.after, change.change) == (3.91, 4.42, 0.51)
    assert change.standard_uncertainty == 0.06
    assert change.ci95 == (0.392, 0.628)
    assert change.mdc95 == 0.118
    assert change.verdict is Verdict.DETECTABLE_INCREASE
    assert change.meaning == "the upper lid sits higher"
    assert [term.source for term in change.error_terms] == ["registration", "gaze"]


def test_a_change_within_measurement_error_means_nothing() -> None:
    (change,) = comparison(0.05).changes
    assert change.verdict is Verdict.WITHIN_MEASUREMENT_ERROR
    assert change.meaning is None


def test_a_ratio_starts_at_a_hundred_and_carries_its_logs() -> None:
    change = whole_comparison().changes[1]
    assert (change.unit, change.before, change.after) == ("%", 100, 90)
    assert (change.before_log, change.after_log) == (0.2, 0.18)


def test_what_could_not_be_had_is_null_with_a_reason() -> None:
    refused = whole_comparison().changes[2]
    assert (refused.change, refused.ci95, refused.mdc95, refused.after) == (None, None, None, None)
    assert refused.reason == "The jaw is covered."
    covered = measurement_document(an_analysis()).measurements[1]
    assert (covered.value, covered.standard_uncertainty, covered.reason) == (None, None, "The eye is covered.")
    contours = measurement_document(an_analysis()).contours_px[Side.LEFT]
    assert contours.nasolabial_fold is None
    assert contours.reasons == {"nasolabial_fold": "The fold is too faint."}


def test_contours_are_in_the_pixels_of_the_photo_as_uploaded() -> None:
    contours = measurement_document(an_analysis()).contours_px[Side.RIGHT]
    assert contours.upper_lid is not None
    np.testing.assert_allclose(
        contours.upper_lid, a_face().to_pixel(np.array([[0, 1], [2, 3], [4, 5.123456]])), atol=0.005
    )
    assert contours.iris is not None
    assert contours.iris.centre == (121.0, 225.0)
    assert contours.iris.radius == 12.0


def test_a_rounded_nothing_has_no_sign() -> None:
    (change,) = comparison(-0.0001).changes
    assert change.change is not None
    assert math.copysign(1, change.change) == 1


def test_a_figure_that_is_not_finite_is_never_told() -> None:
    told = whole_comparison().model_dump()
    told["changes"][0]["change"] = float("nan")
    with pytest.raises(ValidationError):
        ComparisonDocument.model_validate(told)


def test_a_refusal_says_which_photo_and_why() -> None:
    document = refused_document(Refused(Flag.of(FlagCode.TOO_MANY_PIXELS, 100.0, 60)), "after")
    assert document.refused.photo == "after"
    assert document.refused.code is FlagCode.TOO_MANY_PIXELS
    assert "100 megapixels" in document.refused.says
    assert RefusedDocument.model_validate_json(document.model_dump_json()) == document
