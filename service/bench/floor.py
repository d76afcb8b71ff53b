"""The floor of a comparison, step by step and nothing hidden: what must be done to two large photos in any case."""

from io import BytesIO
from typing import Final

import cv2
import numpy as np
from PIL import Image

from models.alignment import ALIGNED_SIZE_PX
from models.anatomy import Landmark, Side
from models.arrays import FloatArray, Pixels
from models.face_landmarker.landmarker import DetectedFace, FaceLandmarker
from models.landmarks import FaceLandmarks
from service.bench.stopwatch import Stopwatch

_DETECT_LONG_SIDE_PX: Final = 640
_EYES_AT: Final = ((440.0, 600.0), (760.0, 600.0))
_JPEG_QUALITY: Final = 90


def floor(upload: bytes, landmarker: FaceLandmarker, watch: Stopwatch) -> bytes:
    """Decode at half size, reduce, detect, warp to the aligned size, encode."""
    with watch.step("decode at half size"):
        pixels = _decoded_at_half_size(upload)
    with watch.step("reduce to 640 px"):
        small, reduction = _reduced(pixels)
    with watch.step("detect"):
        (face,) = landmarker.detect(small)
    with watch.step("warp to 1200x1500"):
        aligned = cv2.warpAffine(pixels, _eyes_to_their_place(face, reduction), ALIGNED_SIZE_PX)
    with watch.step("encode"):
        return _encoded(np.asarray(aligned, dtype=np.uint8))


def _decoded_at_half_size(upload: bytes) -> Pixels:
    image = Image.open(BytesIO(upload))
    image.draft(None, (image.width // 2, image.height // 2))
    return np.asarray(image)


def _reduced(pixels: Pixels) -> tuple[Pixels, float]:
    height, width = pixels.shape[:2]
    reduction = _DETECT_LONG_SIDE_PX / max(height, width)
    size = round(width * reduction), round(height * reduction)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), reduction


def _eyes_to_their_place(face: DetectedFace, reduction: float) -> FloatArray:
    landmarks = FaceLandmarks(face.points, face.pose, face.blendshapes)
    right, left = (landmarks[Landmark.PUPIL_CENTRE, side] / reduction for side in (Side.RIGHT, Side.LEFT))
    (right_x, right_y), (left_x, left_y) = _EYES_AT
    turn = complex(left_x - right_x, left_y - right_y) / complex(*(left - right))
    rotation = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.column_stack([rotation, np.array([right_x, right_y]) - rotation @ right])


def _encoded(pixels: Pixels) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=_JPEG_QUALITY)
    return file.getvalue()
