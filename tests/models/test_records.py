"""What records promise: they are valid from birth, and say so themselves."""

import math
import string

import pytest

from models.anatomy import Side
from models.comparison import ErrorTerm, MeasuredChange, Verdict
from models.errors import InvalidRecordError
from models.measurand import MEASURANDS, MeasurandCode
from models.measurement import Estimate, Measurement
from models.quality import FLAGS, Flag, FlagCode, Quality, Weight
from models.scale import HVID_MM, Scale


def change_of(change: float, *errors: float) -> MeasuredChange:
    return MeasuredChange(3.0, change, tuple(ErrorTerm("test", error) for error in errors), coverage_factor=1.96)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_figure_that_is_not_finite_is_refused_at_birth(value: float):
    with pytest.raises(InvalidRecordError):
        Estimate(value, 0.1)


def test_a_negative_uncertainty_is_refused_at_birth():
    with pytest.raises(InvalidRecordError):
        Estimate(1.0, -0.1)


def test_a_scale_of_zero_is_refused_at_birth():
    with pytest.raises(InvalidRecordError):
        Scale(0.0, 0.01, "iris")


def test_a_sided_measurand_without_a_side_is_refused_at_birth():
    with pytest.raises(InvalidRecordError):
        Measurement(MeasurandCode.MRD1, None, Estimate(3.0, 0.1))
    with pytest.raises(InvalidRecordError):
        Measurement(MeasurandCode.LOWER_FACE_WIDTH, Side.LEFT, Estimate(100.0, 1.0))


def test_error_terms_add_as_squares():
    assert change_of(0.0, 0.03, 0.04).standard_uncertainty == pytest.approx(0.05)


def test_after_is_before_plus_change():
    assert change_of(0.51, 0.06).after == pytest.approx(3.51)


@pytest.mark.parametrize(
    "change, verdict",
    [
        (0.20, Verdict.DETECTABLE_INCREASE),
        (-0.20, Verdict.DETECTABLE_DECREASE),
        (0.19, Verdict.WITHIN_MEASUREMENT_ERROR),
        (0.0, Verdict.WITHIN_MEASUREMENT_ERROR),
    ],
)
def test_a_change_is_detectable_from_its_mdc_on(change: float, verdict: Verdict):
    measured = change_of(change, 0.1)  # MDC95 = 0.196
    assert measured.mdc95 == pytest.approx(0.196)
    assert measured.verdict is verdict


def test_a_change_without_any_uncertainty_left_is_still_no_change_at_zero():
    assert change_of(0.0).verdict is Verdict.WITHIN_MEASUREMENT_ERROR


def test_every_measurand_code_is_in_the_catalogue_and_none_is_said_to_improve():
    assert set(MEASURANDS) == set(MeasurandCode)
    for entry in MEASURANDS.values():
        text = f"{entry.name} {entry.what} {entry.definition} {entry.increase_means} {entry.decrease_means}".lower()
        assert not {"improve", "better", "worse", "score", "significant"} & set(
            text.translate(str.maketrans("", "", string.punctuation)).split()
        )


def test_every_flag_code_is_in_the_catalogue_with_a_sentence_and_a_remedy():
    assert set(FLAGS) == set(FlagCode)
    for code in FlagCode:
        says = Flag.of(code, 1.0, 2.0).says
        assert says.endswith(".")
        assert FLAGS[code].remedy in says
        assert "{" not in says


def test_a_photo_is_usable_with_advice_and_not_with_a_reason_to_retake():
    assert Quality((Flag.of(FlagCode.UNEVEN_LIGHT),)).usable
    assert not Quality((Flag.of(FlagCode.BLURRED, 2.0, 1.35),)).usable


def test_a_flag_stops_what_the_catalogue_says():
    quality = Quality((Flag.of(FlagCode.EYES_CLOSED),))
    assert quality.stopping(MeasurandCode.MRD1) is not None
    assert quality.stopping(MeasurandCode.JAWLINE_CONTOUR) is None


def test_every_refusing_flag_stops_everything():
    for entry in FLAGS.values():
        if entry.weight is Weight.REFUSES:
            assert entry.stops == frozenset(MeasurandCode)


def test_a_scale_in_a_coarser_frame_has_more_millimetres_a_pixel():
    fine = Scale(0.1, 0.004, "iris")
    assert fine.per_pixel_of(0.5).mm_per_px == pytest.approx(0.05)
    assert fine.px_per_mm == pytest.approx(10)
    assert pytest.approx(11.71) == HVID_MM
