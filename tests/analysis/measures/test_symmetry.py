"""Left less right: values, changes, and which errors cancel between the sides."""

import math
from types import SimpleNamespace
from typing import cast

import pytest

from analysis.measures.symmetry import DIFFERENCES, asymmetries, asymmetry_changes
from analysis.registered_pair import RegisteredPair
from models.anatomy import Side
from models.comparison import Change, ChangeRefused, ErrorTerm, MeasuredChange
from models.measurand import MEASURANDS, MeasurandCode, with_asymmetry
from models.measurement import Estimate, Measurement, NotAssessable
from models.quality import EVERYTHING, FLAGS
from models.scale import Scale
from tests.analysis.conftest import Studio

SCALE = Scale(0.1, 0.04, "iris")


def values(left: float, right: float) -> list[Measurement]:
    return [
        Measurement(base, side, Estimate(value, math.hypot(0.3, value * SCALE.relative_uncertainty)))
        for base in DIFFERENCES.values()
        for side, value in ((Side.LEFT, left), (Side.RIGHT, right))
    ]


def changes(left: float, right: float) -> list[Change]:
    def measured(change: float) -> MeasuredChange:
        terms = (ErrorTerm("edge", 0.03), ErrorTerm("head pose", 0.5), ErrorTerm("scale", 0.5))
        return MeasuredChange(4.0, change, terms, 1.96)

    return [
        Change(base, side, measured(change))
        for base in DIFFERENCES.values()
        for side, change in ((Side.LEFT, left), (Side.RIGHT, right))
    ]


def a_pair(pitch_deg: float, yaw_deg: float) -> RegisteredPair:
    before = SimpleNamespace(scale=SCALE)
    return cast(
        RegisteredPair,
        SimpleNamespace(pitch_difference_deg=pitch_deg, yaw_difference_deg=yaw_deg, before=before),
    )


def test_a_value_is_left_less_right_and_the_scale_both_share_enters_once():
    for one in asymmetries(values(4.0, 3.5), SCALE):
        assert isinstance(one.result, Estimate)
        assert one.result.value == pytest.approx(0.5)
        assert one.result.standard_uncertainty == pytest.approx(math.hypot(0.3, 0.3, 0.5 * 0.04))


def test_a_change_is_lefts_less_rights_and_the_scale_both_share_cancels():
    for one in asymmetry_changes(a_pair(0, 0), changes(0.7, 0.5)):
        assert isinstance(one.result, MeasuredChange)
        assert one.result.change == pytest.approx(0.2)
        assert one.result.before == pytest.approx(0.0)
        assert one.result.standard_uncertainty == pytest.approx(math.hypot(0.03, 0.03, 0.2 * 0.04))


def test_yaw_costs_more_than_as_much_pitch():
    def cost(pair: RegisteredPair) -> list[float | None]:
        return [
            one.result.pose_equivalent
            for one in asymmetry_changes(pair, changes(0.0, 0.0))
            if isinstance(one.result, MeasuredChange)
        ]

    for of_yaw, of_pitch in zip(cost(a_pair(0, 1)), cost(a_pair(1, 0)), strict=True):
        assert of_yaw is not None
        assert of_pitch is not None
        assert of_yaw > of_pitch > 0


def test_a_refused_side_refuses_the_difference_and_names_itself():
    refused = ChangeRefused("It is covered.", 4.0)
    one_sided = [
        Change(change.measurand, change.side, refused if change.side is Side.RIGHT else change.result)
        for change in changes(0.1, 0.1)
    ]
    for one in asymmetry_changes(a_pair(0, 0), one_sided):
        assert one.result == ChangeRefused("On the right: It is covered.", 0.0)
    for one in asymmetries(
        [Measurement(one.measurand, one.side, NotAssessable("It is covered.")) for one in one_sided], SCALE
    ):
        assert one.result == NotAssessable("On the left: It is covered.")


def test_a_reason_that_stops_both_sides_is_told_of_neither():
    refused = [Change(change.measurand, change.side, ChangeRefused("Another light.")) for change in changes(0, 0)]
    for one in asymmetry_changes(a_pair(0, 0), refused):
        assert one.result == ChangeRefused("Another light.", None)


def test_what_stops_a_side_stops_its_difference():
    for flag in FLAGS.values():
        assert with_asymmetry(flag.stops) == flag.stops, flag.code
    assert with_asymmetry({MeasurandCode.MRD2}) == {MeasurandCode.MRD2}
    assert with_asymmetry(EVERYTHING) == EVERYTHING


@pytest.mark.parametrize("name", ["eyelids", "jawline"])
def test_a_true_change_of_asymmetry_lies_within_its_interval(studio: Studio, samples, name):
    pair = samples[name]
    comparison = studio.pair(pair["before"], pair["after"])
    found = {change.measurand: change.result for change in comparison.changes if change.side is None}
    for code, base in DIFFERENCES.items():
        result = found[code]
        truth = {side: pair["truth"][side].get(base) for side in ("left", "right")}
        if not isinstance(result, MeasuredChange) or None in truth.values():
            continue
        # Two standard intervals, as for the sides themselves.
        assert abs(result.change - (truth["left"] - truth["right"])) <= 2 * result.mdc95, code
    assert set(DIFFERENCES) <= set(found)
    assert all(not MEASURANDS[code].sided for code in DIFFERENCES)
