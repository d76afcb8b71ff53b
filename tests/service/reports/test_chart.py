"""Where intervals are drawn."""

import pytest

from models.anatomy import Side
from models.measurand import MeasurandCode, Unit
from service.reports.chart import WIDTH, Axis, axes, interval_bar
from tests.service.reports.documents import CHANGES, a_change, a_refused_change

MM = Unit.MILLIMETRE


def a_lid(change: float, uncertainty: float = 0.06):
    return a_change(MeasurandCode.MRD1, Side.LEFT, 3.9, change, uncertainty)


def test_zero_stands_in_the_middle_and_equal_steps_are_equally_wide():
    axis = Axis(MM, 1.0)
    assert axis.x(0.0) == WIDTH / 2
    assert axis.x(0.5) - axis.x(0.0) == pytest.approx(axis.x(0.0) - axis.x(-0.5))


def test_one_axis_serves_all_changes_of_a_unit():
    found = axes([a_change(*change) for change in CHANGES])
    assert set(found) == {Unit.MILLIMETRE, Unit.PERCENT}


def test_changes_without_figures_have_no_axis_and_no_drawing():
    refused = a_refused_change(MeasurandCode.MRD1, Side.LEFT, "The eye is covered.")
    assert axes([refused]) == {}
    assert interval_bar(refused, Axis(MM, 1.0)) is None


@pytest.mark.parametrize("change", [0.2, -0.7, 3.4, 0.013])
def test_a_detectable_change_is_always_drawn_whole(change):
    others = [a_lid(0.01), a_lid(0.02), a_lid(-0.02)]
    found = a_lid(change, abs(change) / 4)
    bar = interval_bar(found, axes([*others, found])[MM])
    assert not bar.cut_low
    assert not bar.cut_high
    assert bar.low < bar.middle < bar.high


def test_a_wide_interval_around_zero_is_cut_so_that_the_others_stay_legible():
    narrow, wide = a_lid(0.4), a_lid(0.1, uncertainty=5.0)
    axis = axes([narrow, narrow, wide])[MM]
    bar = interval_bar(wide, axis)
    assert axis.limit <= 2
    assert bar.cut_low
    assert bar.cut_high
    assert 0 < bar.low < bar.middle < bar.high < WIDTH


@pytest.mark.parametrize("change,detectable", [(0.2, True), (-0.2, True), (0.05, False)])
def test_the_point_lies_outside_the_zone_exactly_when_the_change_is_detectable(change, detectable):
    drawn = a_lid(change)
    bar = interval_bar(drawn, axes([drawn])[MM])
    inside = bar.zone_start <= bar.middle <= bar.zone_start + bar.zone_width
    assert inside is not detectable
    assert (bar.low > bar.zero or bar.high < bar.zero) is detectable


def test_the_axis_of_a_change_without_any_spread_is_still_an_axis():
    assert axes([a_lid(0.0, uncertainty=0.0)])[MM].limit == 1.0
