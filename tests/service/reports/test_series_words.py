"""The first screen: did it work, how sure is that, and what else could it be."""

from models.comparison import Verdict
from models.measurand import MeasurandCode
from models.series import NoteCode
from service.documents.series import SeriesDocument
from service.reports.series.effects import effect_words, half_life, trend_words
from service.reports.series.first_screen import FirstScreen, first_screen, headline
from service.reports.series.measures import measure_rows
from service.reports.series.tables import tables
from tests.service.reports import series_documents as series
from tests.service.reports.series_maker import note

_M = MeasurandCode


def spoken(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def told_lasting(screen: FirstScreen) -> str:
    """All that the first screen says under what lasts."""
    return " ".join((screen.headline, screen.also, *(region.says for region in screen.regions)))


def with_effect(document: SeriesDocument, code: _M, **changed) -> SeriesDocument:
    """The series with the lasting effect of a measure changed on both sides."""
    measurands = tuple(
        one.model_copy(update={"cumulative": one.cumulative.model_copy(update=changed)})
        if one.measurand is code and one.cumulative
        else one
        for one in document.measurands
    )
    return document.model_copy(update={"measurands": measurands})


def test_the_headline_counts_what_holds_taken_together_and_nothing_else():
    document = series.a_series()
    held = [one for one in document.measurands if one.cumulative and one.cumulative.meaning and
            one.cumulative.verdict is not Verdict.WITHIN_MEASUREMENT_ERROR]  # fmt: skip
    told = [one for one in document.measurands if one.cumulative]
    assert headline(document) == f"{len(held)} of {len(told)} measures show a detectable lasting change."


def test_a_change_that_may_be_chance_is_no_part_of_the_headline():
    document = with_effect(series.a_series(), _M.MRD1, verdict=Verdict.WITHIN_MEASUREMENT_ERROR, meaning=None)
    screen = first_screen(document)
    assert headline(document).startswith("4 of ")
    assert "may be chance: Upper lid to pupil, right and left" in screen.also
    assert "upper lid sits higher" not in " ".join(region.says for region in screen.regions)


def test_without_effect_the_page_says_what_would_have_been_seen():
    screen = first_screen(series.without_effect())
    assert screen.headline == "No lasting change is detectable in 22 measures."
    assert screen.verdict.tone == "none"
    assert all(region.tone == "none" for region in screen.regions)
    lids = next(region for region in screen.regions if region.slug == "eyelids")
    assert "one of 0.14 to 0.35 mm or more, depending on the measure, would have been" in spoken(lids.says)


def test_what_passes_is_never_told_as_lasting():
    document = series.without_effect()
    measurands = tuple(
        one.model_copy(update={"acute": series.a_series().measurands[0].acute}) if one.acute else one
        for one in document.measurands
    )
    screen = first_screen(document.model_copy(update={"measurands": measurands}))
    assert screen.passing.found
    assert screen.headline == "No lasting change is detectable in 22 measures."
    assert "higher" not in told_lasting(screen)


def test_a_session_is_counted_by_its_number_and_not_by_its_photo():
    assert first_screen(series.two_visits()).course == "Microcurrent course, 4 of 10 sessions"


def test_a_course_that_goes_on_is_told_so_far():
    assert headline(series.two_visits()).endswith("so far.")
    assert not headline(series.a_series()).endswith("so far.")


def test_a_filler_is_said_in_the_badge_and_first_among_what_else_it_could_be():
    screen = first_screen(series.with_filler())
    assert screen.verdict.tone == "caution"
    assert "Filler recorded" in screen.verdict.says
    assert screen.elsewhere[0].serious
    assert screen.elsewhere[0].says.startswith("A filler was given")
    assert not any("No filler" in one.says for one in screen.elsewhere)


def test_where_nothing_is_recorded_the_page_says_that_this_is_not_all():
    assert any("What nobody recorded" in one.says for one in first_screen(series.a_series()).elsewhere)


def test_a_series_without_a_figure_says_why_and_claims_nothing():
    screen = first_screen(series.everything_excluded())
    assert screen.headline == "Nothing can be said yet about a lasting change."
    assert screen.verdict.tone == "stop"
    assert screen.basis == ""
    assert all("blurred" in region.says for region in screen.regions)


def test_comparisons_that_are_still_to_be_made_are_said():
    assert first_screen(series.without_measures()).pending == (
        "14 comparisons are still to be made; the figures are without them."
    )
    one = series.a_series().model_copy(update={"pending": 1})
    assert first_screen(one).pending == "1 comparison is still to be made; the figures are without it."


def test_every_note_stands_on_the_first_screen_once():
    codes = [NoteCode(code) for code in NoteCode]
    notes = tuple(note(code, f"Note {number}.") for number, code in enumerate(codes))
    screen = first_screen(series.two_visits().model_copy(update={"notes": notes}))
    told = [one.says for one in (*screen.elsewhere, *screen.missing)]
    told += [*screen.sure, screen.passing.says, screen.later.says]
    for one in notes:
        assert sum(one.says == says for says in told) == 1, one


def test_what_could_not_be_assessed_says_what_would_carry_it():
    row = next(row for row in measure_rows(series.a_series()) if row.code is _M.JOWL_PROMINENCE)
    assert row.lasting is None
    assert "Two more photos there would carry a change of 0.4 mm." in row.missing


def test_what_is_nearly_detectable_is_said_with_how_many_visits_would_show_it():
    reason = "If there is a change of this size, about 3 more visits like these would show it."
    document = with_effect(series.without_effect(), _M.CANTHAL_TILT, reason=reason)
    told = [one.says for one in first_screen(document).missing]
    assert told == [("Canthal tilt, right and left: if there is a change of this size, about 3 more visits like these "
                    "would show it.")]  # fmt: skip


def test_a_region_whose_figures_stop_at_a_filler_says_so_once():
    reason = "Told as of 16 February 2026. After a filler on 19 February 2026. By itself it may be chance."
    document = with_effect(series.a_series(), _M.MRD1, reason=reason)
    document = with_effect(document, _M.PALPEBRAL_FISSURE_HEIGHT, reason=reason.replace("By itself", "Alone"))
    for code in (_M.MRD2, _M.BROW_HEIGHT):
        document = with_effect(document, code, reason=reason)
    lids = next(region for region in first_screen(document).regions if region.slug == "eyelids")
    assert lids.says.endswith("on both sides. Told as of 16 February 2026.")


def test_where_nothing_lasts_nothing_is_said_to_have_been_lost():
    assert first_screen(series.without_effect()).later.says == "There is no lasting change that could have been lost."
    assert first_screen(series.a_series()).later.found


def test_the_three_tables_hold_every_measure_once():
    told = tables(series.a_series())
    assert [table.slug for table in told] == ["changed", "unchanged", "missing"]
    rows = [line.row.id for table in told for line in table.lines]
    assert sorted(rows) == sorted(row.id for row in measure_rows(series.a_series()))


def test_the_right_side_stands_first_as_in_the_picture():
    sides = [row.side_words for row in measure_rows(series.a_series()) if row.code is _M.MRD1]
    assert sides == ["Right", "Left"]


def test_a_half_life_is_told_with_its_interval_and_its_lack_with_nothing():
    decay = next(one.after_course for one in series.a_series().measurands if one.after_course.half_life_weeks)
    assert half_life(decay) == "half of it in 9 weeks (4 to 22)"
    assert half_life(decay.model_copy(update={"half_life_ci95": None})) == "half of it in 9 weeks"
    assert half_life(decay.model_copy(update={"half_life_weeks": None})) == ""


def test_a_trend_carries_a_digit_more_than_a_change():
    one = series.a_series().measurands[0]
    trend = one.trend.model_copy(update={"per_week": -0.0621, "ci95": (-0.0801, 0.0), "n": 9})
    assert spoken(trend_words(trend, one.unit)) == (
        "\N{MINUS SIGN}0.062 mm a week (\N{MINUS SIGN}0.080 to 0.000), 9 visits"
    )


def test_a_part_that_the_photos_do_not_carry_is_none_and_no_zero():
    one = series.two_visits().measurands[0]
    assert effect_words(one.acute, one.measurand, one.unit) is None
