"""The shipped series, measured from its pixels: what was put in is found, and nothing else.

The interval that the series tells is the tolerance; none is chosen here.
"""

import json
from pathlib import Path

import pytest

from models.comparison import Verdict
from models.course import MICROCURRENT
from models.series import DETECTABLE, NoteCode
from service.archive import read_subject
from service.documents import GivenSubject
from service.folder_series import FolderSeries, make_series

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[3] / "sample_images"
(SAMPLE,) = json.loads((FOLDER / "manifest.json").read_text())["series"]
TRUTH = SAMPLE["truth"]
LAST, FOLLOW_UP = TRUTH["visit08.jpg"], TRUTH["followup_week20.jpg"]
ACUTE = TRUTH["visit01_immediately_after.jpg"]
CHANGED = ("mrd1", "palpebral_fissure_height", "jawline_contour", "nasolabial_fold_depth", "periorbital_lines")
UNCHANGED = (
    *((code, side) for code in ("mrd2", "brow_height") for side in ("left", "right")),
    ("brow_asymmetry", None),
    ("lower_face_width", None),
)
SIDES = ("left", "right")


@pytest.fixture(scope="module")
def series() -> FolderSeries:
    archive = read_subject(FOLDER / SAMPLE["folder"], lambda _: None)
    return make_series(archive, MICROCURRENT, GivenSubject(), lambda _what, _total: lambda: None)


def told(series: FolderSeries, code: str, side: str | None):
    return next(one for one in series.document.measurands if one.measurand == code and one.side == side)


def lies_in(truth: float, effect) -> bool:
    low, high = effect.ci95
    return low <= truth <= high


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("code", CHANGED)
def test_the_lasting_effect_is_what_the_last_visit_truly_shows(series, code, side):
    effect, truth = told(series, code, side).cumulative, LAST[side][code]
    assert effect.verdict is (Verdict.DETECTABLE_INCREASE if truth > 0 else Verdict.DETECTABLE_DECREASE)
    assert lies_in(truth, effect)


@pytest.mark.parametrize("side", SIDES)
def test_the_lids_rise_minutes_after_a_session_is_told_apart(series, side):
    effect = told(series, "mrd1", side).acute
    assert effect.verdict is Verdict.DETECTABLE_INCREASE
    assert lies_in(ACUTE[side]["mrd1"], effect)
    assert not any(point.counts for point in told(series, "mrd1", side).points if point.phase == "immediately_after")


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("code", ["jawline_contour", "nasolabial_fold_depth", "periorbital_lines"])
def test_the_passing_effect_on_the_lower_face_lies_in_its_interval(series, code, side):
    assert lies_in(ACUTE[side][code], told(series, code, side).acute)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("code", ["mrd1", "jawline_contour", "nasolabial_fold_depth", "periorbital_lines"])
def test_half_of_it_is_lost_at_the_follow_up(series, code, side):
    effect = told(series, code, side).after_course
    assert lies_in(FOLLOW_UP[side][code] - LAST[side][code], effect)
    assert effect.change * LAST[side][code] < 0


@pytest.mark.parametrize("code, side", UNCHANGED)
def test_what_did_not_change_is_not_detectable(series, code, side):
    one = told(series, code, side)
    effects = (one.cumulative, one.acute, one.after_course)
    assert not {effect.verdict for effect in effects if effect} & DETECTABLE
    assert all(lies_in(0.0, effect) for effect in effects if effect)


def test_nothing_else_is_detectable(series):
    found = {one.measurand for one in series.document.measurands if one.cumulative.verdict in DETECTABLE}
    # A jowl that is drawn in is less prominent, and lids that rise by 0.2 mm more on the left are less alike.
    assert found <= {*CHANGED, "jowl_prominence", "mrd1_asymmetry", "fissure_asymmetry"}
    assert set(CHANGED) <= found


def test_the_bad_photo_is_left_out_and_says_why(series):
    excluded = {visit.photo: visit.reason for visit in series.document.visits if visit.verdict == "excluded"}
    assert list(excluded) == ["visit07_bad.jpg"]
    assert excluded["visit07_bad.jpg"]
    assert NoteCode.VISITS_EXCLUDED in {note.code for note in series.document.notes}


def test_every_visit_has_its_picture_in_one_frame(series):
    assert {visit.photo for visit in series.document.visits} >= set(series.pictures)
    assert len(series.pictures) >= len(series.document.visits) - 1
    assert all(picture.startswith(b"\xff\xd8\xff") for picture in series.pictures.values())


def test_the_baseline_rests_on_both_photos(series):
    assert set(series.document.baseline) == {"visit00_baseline_a.jpg", "visit00_baseline_b.jpg"}
    assert series.document.due is not None
