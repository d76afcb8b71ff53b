"""What one photo is good for: every check ends in a flag of the catalogue or in nothing."""

from collections.abc import Iterator, Mapping
from typing import Final

import cv2
import numpy as np

from analysis.calibration import Limbus
from analysis.sharpness import edge_width_mm
from models.anatomy import Midline, Outline, Side, View
from models.arrays import FloatArray, Mask, Plane
from models.landmarks import Expression, FaceLandmarks
from models.measurement import NotAssessable
from models.photo import FaceImage
from models.quality import Flag, FlagCode, Quality
from models.scale import Scale
from models.views import OBLIQUE_FROM_DEG, turn_limit_deg, view_shown

SMALLEST_FACE_PX: Final = 220
"""Below it the iris is under 17 px wide and its width not known to 3 %."""
GOOD_FACE_PX: Final = 400
LARGEST_EDGE_WIDTH_MM: Final = 1.35
"""The limbus itself is a transition of 0.7-1.0 mm; photos in focus reach 0.55-1.05, and a
blur of 0.6 mm, which still leaves enough texture to align, 1.35."""
NARROWEST_EDGE_PX: Final = 2.5
"""A sharp edge is as wide in pixels; a small face's edges are wide in millimetres without being blurred."""
LARGEST_YAW_DEG: Final = 10.0
LARGEST_PITCH_DEG: Final = 18.0
"""The model's zero pitch differs between faces by ±6 degrees, so that only a clear tilt is told."""
LARGEST_ROLL_DEG: Final = 10.0
STRONGEST_SMILE: Final = 0.35
"""Neutral faces reach 0.24 (48 photos), three quarters of smiling ones exceed 0.35."""
WIDEST_JAW_OPENING: Final = 0.15
STRONGEST_BLINK: Final = 0.50
FARTHEST_GAZE: Final = 0.65
_EXPOSURE_STEP: Final = 4
"""Every fourth pixel each way is enough for exposure."""
DARKEST_FACE_GREY: Final = 32.0
OVEREXPOSED_GREY: Final = 253
"""As white as eight bits hold, less what JPEG takes away."""
LARGEST_OVEREXPOSED_SHARE: Final = 0.08
LARGEST_SIDE_RATIO: Final = 0.5
"""Of log luminance, left cheek over right: one side lit 1.6 times as much."""


def judge_photo(
    face: FaceImage,
    grey: Plane,
    landmarks: FaceLandmarks,
    expression: Expression,
    limbi: Mapping[Side, Limbus | NotAssessable],
    scale: Scale,
    view: View = View.FRONTAL,
) -> Quality:
    """All flags of one photo.

    Parameters
    ----------
    view : as which the photo was sent.
    grey : the face's grey picture 0-255, face frame, like the landmarks and the scale.
    """
    return Quality(
        (
            *_size(face, landmarks),
            *_view(landmarks, view),
            *_pose(landmarks, view),
            *_expression(expression),
            *_eyes(limbi, view),
            *exposure_flags(face, grey, landmarks),
            *evenness_flags(grey, landmarks, view),
            *_sharpness(grey, limbi, scale),
        )
    )


def _size(face: FaceImage, landmarks: FaceLandmarks) -> Iterator[Flag]:
    width_px = landmarks.face_width / float(face.face_px_per_pixel[0])
    if width_px < SMALLEST_FACE_PX:
        yield Flag.of(FlagCode.TOO_SMALL, width_px, SMALLEST_FACE_PX)
    elif width_px < GOOD_FACE_PX:
        yield Flag.of(FlagCode.SMALL, width_px, GOOD_FACE_PX)
    height, width = face.rgb.shape[:2]
    oval = landmarks.midline(Midline.FACE_OVAL)
    if (oval < 0).any() or (oval > (width - 1, height - 1)).any():
        yield Flag.of(FlagCode.FACE_CUT_OFF)


def _view(landmarks: FaceLandmarks, view: View) -> Iterator[Flag]:
    """Whether the photo shows the view it was sent as; a mirrored or mixed up side is another view."""
    turned, shown = landmarks.pose.yaw, view_shown(landmarks.pose.yaw)
    if shown is not view:
        yield Flag.of(FlagCode.WRONG_VIEW, abs(turned), turn_limit_deg(view, shown)).showing(shown)


def _pose(landmarks: FaceLandmarks, view: View) -> Iterator[Flag]:
    pose = landmarks.pose
    if view is View.FRONTAL and LARGEST_YAW_DEG < abs(pose.yaw) < OBLIQUE_FROM_DEG:
        yield Flag.of(FlagCode.NOT_FRONTAL, abs(pose.yaw), LARGEST_YAW_DEG)
    elif abs(pose.pitch) > LARGEST_PITCH_DEG:
        yield Flag.of(FlagCode.NOT_FRONTAL, abs(pose.pitch), LARGEST_PITCH_DEG)
    if abs(pose.roll) > LARGEST_ROLL_DEG:
        yield Flag.of(FlagCode.HEAD_TILTED, abs(pose.roll), LARGEST_ROLL_DEG)


def _expression(expression: Expression) -> Iterator[Flag]:
    if expression.smile > STRONGEST_SMILE:
        yield Flag.of(FlagCode.EXPRESSION, expression.smile, STRONGEST_SMILE)
    if expression.jaw_open > WIDEST_JAW_OPENING:
        yield Flag.of(FlagCode.MOUTH_OPEN, expression.jaw_open, WIDEST_JAW_OPENING)
    if expression.blink > STRONGEST_BLINK:
        yield Flag.of(FlagCode.EYES_CLOSED, expression.blink, STRONGEST_BLINK)
    elif max(abs(part) for part in expression.gaze) > FARTHEST_GAZE:
        yield Flag.of(FlagCode.GAZE_AVERTED, max(abs(part) for part in expression.gaze), FARTHEST_GAZE)


def _eyes(limbi: Mapping[Side, Limbus | NotAssessable], view: View) -> Iterator[Flag]:
    if view is View.FRONTAL and not any(isinstance(limbus, Limbus) for limbus in limbi.values()):
        yield Flag.of(FlagCode.EYES_COVERED)


def exposure_flags(face: FaceImage, grey: Plane, landmarks: FaceLandmarks) -> Iterator[Flag]:
    """Whether the skin is too dark, or white without any drawing."""
    thin = slice(None, None, _EXPOSURE_STEP)
    skin = polygon_mask(grey, landmarks.midline(Midline.FACE_OVAL))[thin, thin]
    median = float(np.median(grey[thin, thin][skin]))
    if median < DARKEST_FACE_GREY:
        yield Flag.of(FlagCode.TOO_DARK, median, DARKEST_FACE_GREY)
    overexposed = float((face.rgb[thin, thin][skin].max(axis=1) >= OVEREXPOSED_GREY).mean())
    if overexposed > LARGEST_OVEREXPOSED_SHARE:
        yield Flag.of(FlagCode.TOO_BRIGHT, overexposed, LARGEST_OVEREXPOSED_SHARE)


def evenness_flags(grey: Plane, landmarks: FaceLandmarks, view: View) -> Iterator[Flag]:
    """Of both cheeks, where both face the camera."""
    if view is not View.FRONTAL:
        return
    cheeks = [float(np.median(grey[polygon_mask(grey, landmarks.outline(Outline.ZYGOMA, side))])) for side in Side]
    ratio = 2.2 * abs(float(np.log((cheeks[0] + 1) / (cheeks[1] + 1))))
    if ratio > LARGEST_SIDE_RATIO:
        yield Flag.of(FlagCode.UNEVEN_LIGHT, ratio, LARGEST_SIDE_RATIO)


def _sharpness(grey: Plane, limbi: Mapping[Side, Limbus | NotAssessable], scale: Scale) -> Iterator[Flag]:
    width_mm = edge_width_mm(grey, limbi, scale)
    if width_mm is None or width_mm * scale.px_per_mm < NARROWEST_EDGE_PX:
        return
    if width_mm > LARGEST_EDGE_WIDTH_MM:
        yield Flag.of(FlagCode.BLURRED, width_mm, LARGEST_EDGE_WIDTH_MM)


def polygon_mask(plane: Plane, polygon: FloatArray) -> Mask:
    """True inside the convex hull of points (n, 2); never empty."""
    height, width = plane.shape
    mask = np.zeros((height, width), dtype=np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.rint(polygon).astype(np.int32)), 1)
    if not mask.any():
        mask[height // 2, width // 2] = 1
    return mask.astype(np.bool_)
