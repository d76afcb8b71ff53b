"""Hints before a photo is taken: of a sample photo whose head is tipped, moved away and turned by a known amount."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from analysis.decode import decode
from analysis.pipeline import analyse_photo
from analysis.pose_hints import pose_hints
from models.anatomy import Side
from models.face_landmarker.landmarker import FaceLandmarker
from models.landmarks import HeadPose
from models.pose_hint import HINTS, HeldHead, HintCode
from models.quality import FLAGS

SAMPLES = Path(__file__).parents[2] / "sample_images"
PHOTO = (SAMPLES / "eyelids_before.jpg").read_bytes()


@pytest.fixture(scope="module")
def landmarker():
    with FaceLandmarker() as loaded:
        yield loaded


@pytest.fixture(scope="module")
def held(landmarker) -> HeldHead:
    photo = analyse_photo(PHOTO, landmarker)
    left, right = (photo.face.to_pixel(photo.contours[side].iris.centre[None])[0] for side in Side)
    apart = float(((left - right) ** 2).sum() ** 0.5)
    return HeldHead(photo.landmarks.pose, photo.expression, photo.photo.size_px, apart)


def preview(change=lambda picture: picture):
    with Image.open(BytesIO(PHOTO)) as picture:
        seen = change(picture)
        seen.thumbnail((480, 480))
        stream = BytesIO()
        seen.save(stream, "JPEG", quality=80)
    return decode(stream.getvalue())


def zoomed(picture, share: float):
    wide, high = picture.size
    return picture.crop((wide * share, high * share, wide * (1 - share), high * (1 - share)))


def test_the_same_face_again_needs_no_hint(landmarker, held):
    found = pose_hints(preview(), landmarker, held)
    assert found.hints == ()
    assert (found.yaw_deg, found.pitch_deg, found.roll_deg) == pytest.approx((0, 0, 0), abs=0.5)  # the mesh's noise
    assert found.distance_ratio == pytest.approx(1, abs=0.02)  # the mesh's pupils against the irises' own edges


def test_a_tipped_head_is_tipped_back_and_a_near_one_sent_away(landmarker, held):
    tipped = pose_hints(preview(lambda picture: picture.rotate(15)), landmarker, held)
    assert tipped.hints == (HintCode.TILT_LEFT,)
    assert tipped.roll_deg == pytest.approx(15, abs=0.6)
    near = pose_hints(preview(lambda picture: zoomed(picture, 0.08)), landmarker, held)
    assert near.hints == (HintCode.GO_BACK,)
    assert near.distance_ratio == pytest.approx(1 - 2 * 0.08, abs=0.02)


@pytest.mark.parametrize(
    "turned,hint",
    [
        (HeadPose(yaw=3, pitch=0, roll=0), HintCode.TURN_LEFT),
        (HeadPose(yaw=-3, pitch=0, roll=0), HintCode.TURN_RIGHT),
        (HeadPose(yaw=0, pitch=3, roll=0), HintCode.CHIN_DOWN),
        (HeadPose(yaw=0, pitch=-3, roll=0), HintCode.CHIN_UP),
    ],
)
def test_the_head_is_sent_towards_where_it_was(landmarker, held, turned, hint):
    then = HeadPose(held.pose.yaw + turned.yaw, held.pose.pitch + turned.pitch, held.pose.roll)
    earlier = HeldHead(then, held.expression, held.size_px, held.eyes_apart_px)
    assert pose_hints(preview(), landmarker, earlier).hints == (hint,)


def test_without_a_face_there_is_one_thing_to_do(landmarker, held):
    grey = preview(lambda picture: Image.new("RGB", picture.size, "#888888"))
    assert pose_hints(grey, landmarker, held).hints == (HintCode.FIND_FACE,)


def test_every_hint_has_its_sentence_and_keeps_a_flag_of_the_catalogue_away():
    assert set(HINTS) == set(HintCode)
    assert {entry.flag for entry in HINTS.values()} <= set(FLAGS)
