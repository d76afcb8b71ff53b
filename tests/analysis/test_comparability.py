"""Gates: what a difference between two photos is told to cost, and what it stops."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from analysis.comparability import Gate, _weightiest, verdict_of
from analysis.pipeline import compare_photos
from analysis.registered_pair import RegisteredPair
from models.analysis import PhotoAnalysis
from models.anatomy import Midline
from models.comparison import Comparable, MeasuredChange
from models.measurand import MeasurandCode
from models.quality import EVERYTHING, Favours, Flag, FlagCode
from tests.analysis.test_pipeline import as_jpeg

JAW = frozenset({MeasurandCode.JAWLINE_CONTOUR})
GATE = Gate(FlagCode.PITCH_DIFFERS, tells=1.5, stops=2.5, stopped=JAW)


def test_a_small_difference_is_not_told():
    assert list(GATE.flag(1.4)) == []


def test_a_middling_difference_is_told_and_stops_nothing():
    (flag,) = GATE.flag(-2.0, Favours.AFTER)
    assert (flag.value, flag.limit, flag.stops, flag.favours) == (2.0, 1.5, frozenset(), Favours.AFTER)
    assert verdict_of([flag]) is Comparable.COMPARABLE


def test_a_large_difference_stops_the_gates_measures():
    (flag,) = GATE.flag(2.6)
    assert (flag.limit, flag.stops) == (2.5, JAW)
    assert verdict_of([flag]) is Comparable.CAUTION


def test_a_pair_of_which_nothing_is_left_is_not_comparable():
    lids = Flag(FlagCode.GAZE_DIFFERS, stops=EVERYTHING - JAW)
    jaw = Flag(FlagCode.PITCH_DIFFERS, stops=JAW)
    assert verdict_of([lids]) is Comparable.CAUTION
    assert verdict_of([lids, jaw]) is Comparable.NOT_COMPARABLE


def test_of_flags_of_one_code_the_weightiest_is_told():
    told, stopping = Flag(FlagCode.EXPRESSION_DIFFERS), Flag(FlagCode.EXPRESSION_DIFFERS, stops=JAW)
    assert _weightiest([told, stopping, told]) == (stopping,)


@pytest.mark.parametrize(
    "perspective, ratio",
    [
        (0.0, 1.0),
        (0.005, 1.0),  # 0.011 is seen between photos from one place
        (0.125, 0.5),  # as if the before was taken at 1.2 m: the after at 0.6 m
        (-0.125, 2.0),
    ],
)
def test_distance_is_told_from_perspective_where_the_photos_do_not_say(perspective: float, ratio: float):
    pair = SimpleNamespace(
        before=SimpleNamespace(photo=SimpleNamespace(focal_length_mm=None)),
        after=SimpleNamespace(photo=SimpleNamespace(focal_length_mm=None)),
        registration=SimpleNamespace(motion=SimpleNamespace(perspective_change=perspective)),
    )
    assert RegisteredPair.distance_ratio.fget(pair) == pytest.approx(ratio)


def test_a_smile_stops_what_it_moves(studio, samples):
    before = studio.photo(samples["eyelids"]["before"])
    after = studio.analyse(as_jpeg(with_a_smile(before)))
    assert isinstance(after, PhotoAnalysis)
    comparison = compare_photos(before, after)
    assert FlagCode.EXPRESSION_DIFFERS in {flag.code for flag in comparison.comparability.flags}
    assert not any(isinstance(change.result, MeasuredChange) for change in comparison.changes)


def with_a_smile(photo: PhotoAnalysis) -> np.ndarray:
    """The photo with the corners of the mouth drawn 4 mm up and out, smoothly."""
    pixels = photo.photo.pixels
    rows, columns = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]].astype(np.float32)
    px_per_mm = photo.scale_px.px_per_mm
    middle = photo.face.to_pixel(photo.landmarks.midline(Midline.LIPS)).mean(axis=0)
    for outward in (-1, 1):
        away = np.hypot(columns - middle[0] - outward * 24 * px_per_mm, rows - middle[1]) / px_per_mm
        near = np.exp(-0.5 * (away / 12) ** 2)
        columns = columns - (outward * 4 * px_per_mm * near).astype(np.float32)
        rows = rows + (4 * px_per_mm * near).astype(np.float32)
    return cv2.remap(pixels, columns, rows, cv2.INTER_CUBIC)
