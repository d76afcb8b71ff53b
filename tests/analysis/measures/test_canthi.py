"""Canthal tilt: its definition, and its change against known moves of the outer canthus."""

import cv2
import numpy as np
import pytest
from PIL import Image

from analysis.measures.canthi import measure_tilt
from analysis.pipeline import compare_photos
from models.analysis import PhotoAnalysis
from models.anatomy import LANDMARKS, Landmark, Side
from models.comparison import MeasuredChange, PairComparison, Verdict
from models.landmarks import FaceLandmarks, HeadPose
from models.measurand import MeasurandCode
from tests.analysis.conftest import Studio
from tests.analysis.uploads import encoded


def canthi(turned_deg: float) -> FaceLandmarks:
    """A face whose left eye rises by atan(2/20) and whose right eye falls as much, the whole of it rolled."""
    points = np.zeros((478, 3))
    for (landmark, side), (x, y) in {
        (Landmark.ENDOCANTHION, Side.LEFT): (17, 0),
        (Landmark.EXOCANTHION, Side.LEFT): (37, -2),
        (Landmark.ENDOCANTHION, Side.RIGHT): (-17, 0),
        (Landmark.EXOCANTHION, Side.RIGHT): (-37, 2),
    }.items():
        points[LANDMARKS[landmark, side], :2] = x, y
    turn = np.radians(turned_deg)
    points[:, :2] = points[:, :2] @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return FaceLandmarks(points, HeadPose(0, 0, 0), {})


@pytest.mark.parametrize("roll_deg", [0.0, 7.0, -12.0])
def test_tilt_is_positive_with_the_outer_corner_up_and_free_of_roll(roll_deg):
    landmarks = canthi(roll_deg)
    assert measure_tilt(landmarks, Side.LEFT).value == pytest.approx(np.degrees(np.arctan2(2, 20)))
    assert measure_tilt(landmarks, Side.RIGHT).value == pytest.approx(-np.degrees(np.arctan2(2, 20)))


def lifted(photo: PhotoAnalysis, side: Side, up_mm: float) -> bytes:
    """The photo with the surroundings of one outer canthus moved up: a Gaussian of 6 mm about it."""
    pixels, px_per_mm = photo.photo.pixels, 1 / photo.scale_px.mm_per_px * photo.photo.decoded_scale[0]
    centre = photo.face.to_pixel(photo.landmarks[Landmark.EXOCANTHION, side][None])[0] * photo.photo.decoded_scale[0]
    x, y = np.meshgrid(np.arange(pixels.shape[1]), np.arange(pixels.shape[0]))
    share = np.exp(-0.5 * ((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (6 * px_per_mm) ** 2)
    looked_up = (y + up_mm * px_per_mm * share).astype(np.float32)
    moved = cv2.remap(pixels, x.astype(np.float32), looked_up, cv2.INTER_CUBIC)
    return encoded(Image.fromarray(moved), "PNG")


def tilt(comparison: PairComparison, side: Side) -> MeasuredChange:
    (change,) = (one for one in comparison.changes if (one.measurand, one.side) == (MeasurandCode.CANTHAL_TILT, side))
    assert isinstance(change.result, MeasuredChange)
    return change.result


@pytest.mark.parametrize("up_mm", [0.8, -0.8])
def test_a_moved_outer_corner_changes_its_own_tilt_by_the_angle_it_turns(studio: Studio, samples, up_mm):
    before = studio.photo(samples["eyelids"]["before"])
    after = studio.analyse(lifted(before, Side.LEFT, up_mm))
    assert isinstance(after, PhotoAnalysis)
    comparison = compare_photos(before, after)
    fissure_mm = (
        np.linalg.norm(
            before.landmarks[Landmark.EXOCANTHION, Side.LEFT] - before.landmarks[Landmark.ENDOCANTHION, Side.LEFT]
        )
        * before.scale.mm_per_px
    )
    moved = tilt(comparison, Side.LEFT)
    # The disc of skin lies 1.5 mm beside the corner and is 3 mm wide: the Gaussian is 0.85-1 there.
    assert moved.change == pytest.approx(np.degrees(np.arctan2(up_mm, fissure_mm)), rel=0.2)
    assert moved.verdict is (Verdict.DETECTABLE_INCREASE if up_mm > 0 else Verdict.DETECTABLE_DECREASE)
    assert tilt(comparison, Side.RIGHT).verdict is Verdict.WITHIN_MEASUREMENT_ERROR


def test_a_recaptured_face_keeps_its_tilt(studio: Studio, samples):
    pair = samples["jawline"]
    comparison = studio.pair(pair["before"], pair["after"])
    for side in Side:
        assert tilt(comparison, side).verdict is Verdict.WITHIN_MEASUREMENT_ERROR
