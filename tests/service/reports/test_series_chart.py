"""Where a series' chart draws its figures, and what it draws them as."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from models.anatomy import Side
from models.course import Phase
from models.measurand import MeasurandCode
from service.documents.series import SeriesDocument
from service.reports.series.calendar import LEFT, RIGHT, calendar
from service.reports.series.sparkline import sparklines
from service.reports.series.timeline import Drawing, timelines
from service.reports.series.values import BOTTOM, TOP, value_axis, zone
from tests.service.reports import series_documents as series

LID = (MeasurandCode.MRD1, Side.RIGHT)
JAW = (MeasurandCode.JAWLINE_CONTOUR, Side.LEFT)
SERIES = {
    "everything": series.a_series(),
    "filler": series.with_filler(),
    "two visits": series.two_visits(),
    "a hundred visits": series.a_hundred_visits(),
    "hostile": series.hostile_series("<b>&\"'"),
}
every_series = pytest.mark.parametrize("document", SERIES.values(), ids=SERIES)


def drawn(document: SeriesDocument, which=LID) -> ET.Element:
    return ET.fromstring(f"<svg>{timelines(document)[which].inside}</svg>")


def of_class(drawing: ET.Element, name: str) -> list[ET.Element]:
    return [one for one in drawing.iter() if name in (one.get("class") or "").split()]


def numbers(drawing: Drawing) -> list[float]:
    places = " ".join(re.findall(r' (?:d|x|y|cx|cy|width|height)="([^"]+)"', drawing.inside))
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", places)]


@every_series
def test_every_drawing_is_well_formed_and_stays_in_its_frame(document):
    for drawing in timelines(document).values():
        ET.fromstring(f"<svg>{drawing.inside}</svg>")
        assert max(numbers(drawing)) < 481


@every_series
def test_every_photo_has_a_place_and_none_lies_outside_the_plot(document):
    places = calendar(document).places
    assert set(places) == {visit.photo for visit in document.visits}
    assert all(LEFT - 8 <= x <= RIGHT + 8 for x in places.values())


def test_photos_stand_in_their_order_and_those_of_one_day_beside_each_other():
    places = calendar(series.a_series()).places
    assert list(places.values()) == sorted(places.values())
    assert len(set(places.values())) == len(places)


def test_equal_times_are_equally_far_apart():
    ticks = [x for x, _ in calendar(series.a_series()).ticks]
    steps = [after - before for before, after in pairwise(ticks)]
    assert steps == pytest.approx([steps[0]] * len(steps), abs=0.11)  # places are told to a tenth


def test_a_course_is_not_drawn_on_to_a_follow_up_months_later():
    drawn_up = calendar(series.a_series())
    after = next(band for band in drawn_up.phases if band.name.words == "After the course")
    first_later = min(x for x in drawn_up.places.values() if x > after.start)
    assert after.start - max(drawn_up.sessions) < (first_later - max(drawn_up.sessions)) / 2


def test_names_of_phases_never_lie_on_each_other():
    for document in SERIES.values():
        for row in (0, 1):
            names = [band.name for band in calendar(document).phases if band.name.row == row]
            edges = [(one.x - 3.3 * len(one.words), one.x + 3.3 * len(one.words)) for one in names]
            assert all(before[1] <= after[0] + 0.2 for before, after in pairwise(edges))


def test_what_counts_is_joined_and_full_and_what_does_not_is_hollow():
    document = series.with_filler()
    drawing = drawn(document, JAW)
    jaw = next(one for one in document.measurands if (one.measurand, one.side) == JAW)
    known = [point for point in jaw.points if point.change_from_baseline is not None]
    counting = [point for point in known if point.counts]
    passing = [point for point in known if point.phase is Phase.IMMEDIATELY_AFTER]
    (line,) = of_class(drawing, "timeline__line")
    assert line.get("d").count("L") == len(counting) - 1
    assert len(of_class(drawing, "timeline__passing")) == len(passing) == 2
    assert len(of_class(drawing, "timeline__point--off")) == len(known) - len(counting) - len(passing)


def test_a_photo_minutes_after_a_session_is_a_triangle_even_where_it_would_count():
    drawing = drawn(series.a_series())
    for passing in of_class(drawing, "timeline__passing"):
        assert "minutes after session" in passing.find("title").text


def test_a_photo_without_a_figure_is_a_cross_that_says_why():
    (cross,) = of_class(drawn(series.a_series()), "timeline__missing")
    assert "The eyes are half closed" in cross.find("title").text


def test_a_filler_is_hatched_on_the_measures_that_it_acts_on_alone():
    document = series.with_filler()
    assert len(of_class(drawn(document, JAW), "timeline__hatch")) == 1
    assert of_class(drawn(document, LID), "timeline__hatch") == []


def test_zero_lies_in_the_middle_of_the_zone_and_the_zone_is_as_high_as_its_figure():
    sides = [one for one in series.a_series().measurands if one.measurand is MeasurandCode.MRD1]
    axis, limit = value_axis(sides), zone(sides[0])
    (rect,) = of_class(drawn(series.a_series()), "timeline__zone")
    top, high = float(rect.get("y")), float(rect.get("height"))
    assert top + high / 2 == pytest.approx(axis.y(0.0), abs=0.2)
    assert high == pytest.approx(axis.y(-limit) - axis.y(limit), abs=0.2)


@every_series
def test_no_value_and_no_lasting_change_is_cut(document):
    for one in document.measurands:
        axis = value_axis([side for side in document.measurands if side.measurand is one.measurand])
        changes = [p.change_from_baseline for p in one.points if p.change_from_baseline is not None]
        changes += list(one.cumulative.ci95) if one.cumulative else []
        assert all(axis.low <= change <= axis.high for change in changes)


def test_one_photo_with_a_wide_interval_leaves_the_others_legible():
    one = series.a_series().measurands[0]
    wide = one.points[3].model_copy(update={"ci95": (-40.0, 40.0)})
    axis = value_axis([one.model_copy(update={"points": (*one.points[:3], wide, *one.points[4:])})])
    assert axis.high - axis.low < 2.5


def test_figures_of_the_upright_axis_are_round_and_signed():
    axis = value_axis([one for one in series.a_series().measurands if one.measurand is MeasurandCode.MRD1])
    labels = [label for _, label in axis.ticks()]
    assert "0" in labels
    assert all(label == "0" or label[0] in "+\N{MINUS SIGN}" for label in labels)
    assert all(TOP <= y <= BOTTOM for y, _ in axis.ticks())


def test_a_measure_without_any_figure_has_no_chart():
    assert (MeasurandCode.JOWL_PROMINENCE, Side.LEFT) not in timelines(series.a_series())
    assert timelines(series.everything_excluded()) == {}


def test_a_chart_is_told_in_words_with_its_lasting_change():
    words = timelines(series.a_series())[LID].words
    assert words.startswith(
        "Upper lid to pupil (MRD1), right: change from the baseline on 15 photos, of which 13 count"
    )
    assert "Lasting change +0.50" in words
    assert "detectable increase" in words


@every_series
def test_the_overview_draws_every_measure(document):
    small = sparklines(document)
    assert set(small) == {(one.measurand, one.side) for one in document.measurands}
    for drawing in small.values():
        ET.fromstring(f"<svg>{drawing}</svg>")
