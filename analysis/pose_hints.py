"""What to change about a face before it is photographed, judged on a small preview: no measurement rests on it.

The limits are those from which on a photo or a pair is told of the difference.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from analysis.comparability import BROW_RAISE, DISTANCE, JAW_OPEN, SMILE, SQUINT, TOLD_POSE_DEG
from analysis.face import cut_out, expression_of, find_face
from analysis.planes import grey_of
from analysis.quality import (
    FARTHEST_GAZE,
    LARGEST_ROLL_DEG,
    STRONGEST_BLINK,
    STRONGEST_SMILE,
    WIDEST_JAW_OPENING,
    evenness_flags,
    exposure_flags,
)
from models.anatomy import Landmark, Side, View
from models.face_landmarker.landmarker import DetectedFace, FaceLandmarker
from models.landmarks import Expression, FaceLandmarks, HeadPose
from models.photo import Photo
from models.pose_hint import HeldHead, HintCode, PoseHints
from models.quality import FlagCode, Refused

_H = HintCode
_OF_LIGHT: Final = {
    FlagCode.TOO_DARK: _H.MORE_LIGHT,
    FlagCode.TOO_BRIGHT: _H.LESS_LIGHT,
    FlagCode.UNEVEN_LIGHT: _H.EVEN_LIGHT,
}


def pose_hints(preview: Photo, landmarker: FaceLandmarker, held: HeldHead | None) -> PoseHints:
    """What to change so that the photo matches an earlier one, and what any photo needs."""
    face = find_face(preview, landmarker)
    if isinstance(face, Refused):
        return PoseHints((_H.ONE_FACE if face.flag.code is FlagCode.SEVERAL_FACES else _H.FIND_FACE,))
    landmarks = FaceLandmarks(face.points, face.pose, face.blendshapes)
    expression = expression_of(landmarks)
    of_light = tuple(_light(preview, face))
    if held is None:
        return PoseHints((*_expression(expression), *_eyes(expression), *of_light))
    yaw, pitch, roll = _turned(landmarks.pose, held.pose)
    ratio = _distance_ratio(landmarks, preview.size_px, held)
    hints = (
        *_pose(yaw, pitch, roll),
        *_distance(ratio),
        *_expression(expression),
        *_change_of_expression(expression, held.expression),
        *_eyes(expression),
        *of_light,
    )
    return PoseHints(tuple(dict.fromkeys(hints)), yaw, pitch, roll, ratio)


def _turned(now: HeadPose, then: HeadPose) -> tuple[float, float, float]:
    return now.yaw - then.yaw, now.pitch - then.pitch, now.roll - then.roll


def _pose(yaw: float, pitch: float, roll: float) -> Iterator[HintCode]:
    if abs(yaw) > TOLD_POSE_DEG:
        yield _H.TURN_RIGHT if yaw > 0 else _H.TURN_LEFT
    if abs(pitch) > TOLD_POSE_DEG:
        yield _H.CHIN_UP if pitch > 0 else _H.CHIN_DOWN
    if abs(roll) > LARGEST_ROLL_DEG:
        yield _H.TILT_LEFT if roll > 0 else _H.TILT_RIGHT


def _distance_ratio(now: FaceLandmarks, size_px: tuple[int, int], held: HeldHead) -> float | None:
    """As the earlier photo is shown over the preview: whole, as large as fits."""
    if held.eyes_apart_px is None:
        return None
    shown = min(size_px[0] / held.size_px[0], size_px[1] / held.size_px[1])
    left, right = (now[Landmark.PUPIL_CENTRE, side] for side in Side)
    return shown * held.eyes_apart_px / max(float(np.linalg.norm(left - right)), 1.0)


def _distance(ratio: float | None) -> Iterator[HintCode]:
    if ratio is None or 100 * (max(ratio, 1 / ratio) - 1) <= DISTANCE.tells:
        return
    yield _H.COME_CLOSER if ratio > 1 else _H.GO_BACK


def _expression(now: Expression) -> Iterator[HintCode]:
    if now.jaw_open > WIDEST_JAW_OPENING:
        yield _H.CLOSE_MOUTH
    if now.smile > STRONGEST_SMILE:
        yield _H.RELAX


def _change_of_expression(now: Expression, then: Expression) -> Iterator[HintCode]:
    if now.jaw_open - then.jaw_open > JAW_OPEN.tells:
        yield _H.CLOSE_MOUTH
    if now.smile - then.smile > SMILE.tells or now.squint - then.squint > SQUINT.tells:
        yield _H.RELAX
    if now.brow_raise - then.brow_raise > BROW_RAISE.tells:
        yield _H.RELAX_BROW


def _eyes(now: Expression) -> Iterator[HintCode]:
    if now.blink > STRONGEST_BLINK:
        yield _H.OPEN_EYES
    elif max(abs(part) for part in now.gaze) > FARTHEST_GAZE:
        yield _H.LOOK_INTO_LENS


def _light(preview: Photo, found: DetectedFace) -> Iterator[HintCode]:
    face, landmarks = cut_out(preview, found)
    grey = grey_of(face.rgb)
    flags = (*exposure_flags(face, grey, landmarks), *evenness_flags(grey, landmarks, View.FRONTAL))
    yield from (_OF_LIGHT[flag.code] for flag in flags)
