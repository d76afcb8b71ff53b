"""MediaPipe's FaceLandmarker behind our own words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Any, Self

import numpy as np

from models.arrays import FloatArray, Pixels
from models.face_landmarker.asset import find_face_model
from models.face_landmarker.mediapipe_alone import BaseOptions, mp, vision
from models.landmarks import HeadPose

_MOST_FACES = 3
"""Enough to notice that somebody else is in the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class DetectedFace:
    """A face as the model gives it.

    Parameters
    ----------
    points : (478, 3) in the frame of the picture given to ``detect``; z in the same unit, smaller is nearer.
    blendshapes : activity of each of the 52 expressions, 0 to 1.
    """

    points: FloatArray
    pose: HeadPose
    blendshapes: Mapping[str, float]


class FaceLandmarker:
    """The loaded model; close it, or use it as a context manager. Not safe to use from several threads at once."""

    def __init__(self) -> None:
        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=find_face_model()),
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
            num_faces=_MOST_FACES,
        )
        self._landmarker = vision.FaceLandmarker.create_from_options(options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the model go; left to the interpreter's end, it complains."""
        self._landmarker.close()

    def detect(self, rgb: Pixels) -> tuple[DetectedFace, ...]:
        """The faces in an RGB picture of shape (height, width, 3), at most three; none is an empty tuple."""
        image = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(rgb))
        found = self._landmarker.detect(image)
        height, width = rgb.shape[:2]
        return tuple(
            DetectedFace(
                points=_points(landmarks, width, height),
                pose=_head_pose(np.asarray(matrix, dtype=np.float64)),
                blendshapes=MappingProxyType({shape.category_name: float(shape.score) for shape in shapes}),
            )
            for landmarks, matrix, shapes in zip(
                found.face_landmarks, found.facial_transformation_matrixes, found.face_blendshapes, strict=True
            )
        )


def _points(landmarks: Any, width: int, height: int) -> FloatArray:  # noqa: ANN401  MediaPipe carries no types
    """Mesh points with (0, 0) at the top-left pixel's centre; the model's z is in picture widths."""
    normalised = np.array([(point.x, point.y, point.z) for point in landmarks])
    return np.asarray(normalised * (width, height, width) - (0.5, 0.5, 0.0))


def _head_pose(matrix: FloatArray) -> HeadPose:
    """Angles of the model's 4x4 matrix, whose x points right in the picture, y up and z to the camera."""
    rotation = matrix[:3, :3] / np.cbrt(np.linalg.det(matrix[:3, :3]))
    return HeadPose(
        yaw=math.degrees(math.asin(max(-1.0, min(1.0, -rotation[2, 0])))),
        pitch=math.degrees(math.atan2(rotation[2, 1], rotation[2, 2])),
        roll=math.degrees(math.atan2(rotation[1, 0], rotation[0, 0])),
    )
