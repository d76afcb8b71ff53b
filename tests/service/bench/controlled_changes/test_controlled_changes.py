"""Changes made on a photo: what moves is what the truth says, what must stand still does, and chance is repeatable."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.anatomy import Landmark, Midline, Outline, Side
from models.face_landmarker.landmarker import FaceLandmarker
from models.measurand import MeasurandCode
from service.bench.controlled_changes import (
    NO_CHANGE,
    Grade,
    Kind,
    SideChange,
    SourceFace,
    controlled_pair,
    planned_pair,
    source_face,
)
from service.bench.controlled_changes.camera import Stand, relief_of, seen_from
from service.bench.controlled_changes.eyeball import LASHES_MM
from service.bench.controlled_changes.fields import Field, jowl_field, lid_field, lid_place, pixel_grid
from service.bench.controlled_changes.pair import _change, _drawn
from service.bench.controlled_changes.shading import fold_gain, lines_gain, log_light
from service.bench.controlled_changes.truth import truth_of

PHOTO = Path(__file__).parents[3] / "phantoms" / "p13_base.jpg"


@pytest.fixture(scope="module")
def face() -> SourceFace:
    """A rendered face, taken as if it were a photo: only its pixels and its mesh are used."""
    with FaceLandmarker() as landmarker:
        found = source_face(PHOTO.read_bytes(), landmarker, people=None)
    assert isinstance(found, SourceFace)
    return found


def drawn(face: SourceFace, changes):
    """The changed face seen from where it was photographed: the places of its pixels are those of the source."""
    planned = dataclasses.replace(planned_pair("0" * 64, Kind.NOTHING, Grade.PROTOCOL, 0), changes=changes)
    return _drawn(face, _change(face, changes, planned), pixel_grid(face.shape)) ** (1 / 2.2)


def with_left(**done: float):
    return {**NO_CHANGE, Side.LEFT: SideChange(**done)}


def patch(picture, centre, half_px: int = 14):
    x, y = np.rint(centre).astype(int)
    return picture[y - half_px : y + half_px, x - half_px : x + half_px].mean(axis=-1).astype(np.float32)


def moved_px(before, after, half_px: int = 14, reach_px: int = 10):
    """Shift (x, y) of the middle of ``before`` in ``after``, by correlation with a parabola at its peak."""
    template = before[reach_px:-reach_px, reach_px:-reach_px]
    score = cv2.matchTemplate(after, template, cv2.TM_CCOEFF_NORMED)
    row, column = np.unravel_index(score.argmax(), score.shape)

    def peak(values, at):
        left, middle, right = values[at - 1 : at + 2]
        return at + 0.5 * (left - right) / (left - 2 * middle + right)

    return peak(score[row], column) - reach_px, peak(score[:, column], row) - reach_px


def patterned(face: SourceFace) -> SourceFace:
    """The same face with a smooth random pattern for skin, so that any motion can be seen."""
    rng = np.random.default_rng(1)
    noise = cv2.GaussianBlur(rng.standard_normal(face.shape), (0, 0), 2.0)
    grey = np.clip(128 + 40 * noise / noise.std(), 0, 255).astype(np.uint8)
    return dataclasses.replace(face, rgb=np.repeat(grey[..., None], 3, axis=-1))


def test_a_lid_rises_by_what_the_truth_says(face):
    truth = truth_of(face, with_left(upper_lid_mm=0.8), lid_field(face, Side.LEFT, 0.8))
    assert truth[MeasurandCode.MRD1, Side.LEFT] == pytest.approx(0.8, abs=0.002)
    assert truth[MeasurandCode.PALPEBRAL_FISSURE_HEIGHT, Side.LEFT] == truth[MeasurandCode.MRD1, Side.LEFT]
    assert truth[MeasurandCode.MRD1, Side.RIGHT] == 0
    assert truth[MeasurandCode.BROW_HEIGHT, Side.LEFT] == 0


def test_a_lids_skin_is_seen_to_rise_by_what_the_truth_says(face):
    pattern = patterned(face)
    margin = face.upper_lid[Side.LEFT]
    column = margin[np.argmin(np.abs((margin - face.eye[Side.LEFT]) @ face.landmarks.rightward))]
    skin = column + 1.0 * face.px_per_mm * face.landmarks.upward
    before, after = (drawn(pattern, changes) for changes in (NO_CHANGE, with_left(upper_lid_mm=0.8)))
    shift = np.array(moved_px(patch(before, skin), patch(after, skin))) / face.px_per_mm
    # A patch of 2 mm about the middle of the 2 mm that move as one.
    assert shift @ face.landmarks.upward == pytest.approx(0.8, abs=0.05)
    assert shift @ face.landmarks.rightward == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("up_mm", [-1.0, 1.0])
def test_the_eye_stands_still_below_a_moving_lid(face, up_mm):
    before, after = (drawn(face, changes) for changes in (NO_CHANGE, with_left(upper_lid_mm=up_mm)))
    above_mm = lid_place(face, Side.LEFT, pixel_grid(face.shape)).above_mm
    away_mm = np.linalg.norm(pixel_grid(face.shape) - face.eye[Side.LEFT], axis=-1) / face.px_per_mm
    # Clear of the lid's layer, where it is and where it comes to; 0.5 mm for the resampling's reach.
    eye = (away_mm < 6) & (above_mm < -LASHES_MM[1] - max(-up_mm, 0) - 0.5)
    assert eye.sum() > 1000
    assert np.abs(after - before)[eye].max() < 1e-5
    assert np.abs(after - before).max() > 0.05


def test_a_raised_lid_uncovers_iris_and_not_skin(face):
    after = drawn(face, with_left(upper_lid_mm=1.0))
    margin = face.upper_lid[Side.LEFT]
    column = margin[np.argmin(np.abs((margin - face.eye[Side.LEFT]) @ face.landmarks.rightward))]
    uncovered = column - 0.7 * face.px_per_mm * face.landmarks.upward
    iris = face.eye[Side.LEFT] + 3.5 * face.px_per_mm * face.landmarks.rightward
    skin = column + 6 * face.px_per_mm * face.landmarks.upward
    shown, like_iris, like_skin = (patch(after, place, 2).mean() for place in (uncovered, iris, skin))
    assert abs(shown - like_iris) < abs(shown - like_skin)


def test_jowl_skin_moves_by_what_the_truth_says(face):
    pattern = patterned(face)
    field = jowl_field(face, Side.LEFT, -1.5)
    truth = truth_of(face, with_left(jowl_mm=-1.5), field)
    told = truth[MeasurandCode.JAWLINE_CONTOUR, Side.LEFT]
    # Gaussian of 12 mm over a window of ±8 mm: its mean is 0.93 of its height.
    assert told == pytest.approx(-1.5 * 0.93, abs=0.06)
    assert truth[MeasurandCode.JAWLINE_CONTOUR, Side.RIGHT] == pytest.approx(0, abs=0.01)
    assert (MeasurandCode.JOWL_PROMINENCE, Side.LEFT) not in truth
    before, after = (drawn(pattern, changes) for changes in (NO_CHANGE, with_left(jowl_mm=-1.5)))
    jowl = face.landmarks.outline(Outline.JOWL, Side.LEFT).mean(axis=0)
    inside = jowl + 5 * face.px_per_mm * (face.landmarks.centre - jowl) / np.linalg.norm(face.landmarks.centre - jowl)
    shift = np.array(moved_px(patch(before, inside, 16), patch(after, inside, 16)))
    assert shift == pytest.approx(field.at(inside[None])[0], abs=0.15)


def test_the_way_back_through_a_field_is_its_reverse(face):
    field = lid_field(face, Side.LEFT, 1.2).plus(jowl_field(face, Side.RIGHT, -1.8))
    places = pixel_grid(face.shape)
    came_from = field.before_of(places)
    # OpenCV looks places up to a 32nd of a pixel.
    assert np.abs(came_from + field.at(came_from) - places).max() < 2 / 32
    assert np.array_equal(Field.none(face.shape).before_of(places), places)


def test_a_fold_and_lines_change_by_their_factor(face):
    light = log_light(face)
    half, whole = (fold_gain(face, Side.LEFT, light, percent) for percent in (-30.0, -60.0))
    assert whole == pytest.approx(2 * half, abs=1e-5)
    assert np.abs(half).max() > 0.001
    planned = planned_pair("0" * 64, Kind.NOTHING, Grade.PROTOCOL, 0)
    lines = planned.lines[Side.LEFT]
    before, after = (lines_gain(face, Side.LEFT, lines, percent) for percent in (0.0, -40.0))
    assert after == pytest.approx(0.6 * before, abs=1e-6)
    away_mm = np.linalg.norm(pixel_grid(face.shape) - face.landmarks[Landmark.EXOCANTHION, Side.LEFT], axis=-1)
    assert not before[away_mm > 24 * face.px_per_mm].any()


def test_a_plain_shift_shifts_all_alike_whatever_the_depth(face):
    stand = Stand(yaw=0, pitch=0, roll=0, farther=0, shift_mm=(0.3, -0.7))
    seen = seen_from(face, relief_of(face, np.random.default_rng(1)), stand)
    away = pixel_grid(face.shape) - np.array(stand.shift_mm) * face.px_per_mm
    assert np.abs(seen - away).max() < 0.001


def test_a_turned_head_moves_near_skin_more_than_far_skin(face):
    relief = relief_of(face, np.random.default_rng(1))
    seen = seen_from(face, relief, Stand(yaw=2, pitch=0, roll=0, farther=0, shift_mm=(0, 0)))
    moved = pixel_grid(face.shape) - seen
    nose, ear = (
        face.landmarks.midline(Midline.NOSE_TIP)[0].astype(int),
        face.landmarks[Landmark.ZYGION, Side.LEFT].astype(int),
    )
    # Positive yaw turns the nose to the subject's left, which is right in the picture; 2 degrees of 100 mm are 3.5 mm.
    assert moved[nose[1], nose[0], 0] - moved[ear[1], ear[0], 0] > 1.0 * face.px_per_mm


def test_the_same_file_and_seed_give_the_same_pair_and_another_seed_another(face):
    one, again = (controlled_pair(face, planned_pair(face.digest, Kind.LIDS, Grade.PROTOCOL, 3)) for _ in range(2))
    other = controlled_pair(face, planned_pair(face.digest, Kind.LIDS, Grade.PROTOCOL, 4))
    assert (one.before, one.after, one.truth) == (again.before, again.after, again.truth)
    assert one.before != other.before
    assert one.truth != other.truth


def test_the_photos_of_an_unchanged_face_share_no_noise(face):
    pair = controlled_pair(face, planned_pair(face.digest, Kind.NOTHING, Grade.PROTOCOL, 0))
    assert not any(pair.truth.values())
    fine = []
    for photo in (pair.before, pair.after):
        grey = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_GRAYSCALE).astype(np.float32)
        flat = grey[:60, :60]  # rendered background: nothing but the photo's own noise
        fine.append((flat - cv2.GaussianBlur(flat, (0, 0), 3)).ravel())
    assert all(noise.std() > 0.3 for noise in fine)
    assert abs(np.corrcoef(fine[0], fine[1])[0, 1]) < 0.1
