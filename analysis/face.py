"""Find the one face in a photo, and cut it out at the resolution that measuring works at."""

from typing import Final

import cv2
import numpy as np

from analysis.geometry import anti_aliased
from models.arrays import Pixels
from models.face_landmarker.landmarker import DetectedFace, FaceLandmarker
from models.landmarks import Expression, FaceLandmarks
from models.photo import FaceImage, Photo
from models.quality import Flag, FlagCode, Refused

DETECTION_LONG_SIDE_PX: Final = 720
"""The model looks at 128 px to find a face and at a 256 px crop to place its points; more pixels add only time."""

WORKING_FACE_WIDTH_PX: Final = 600
"""Face width, zygion to zygion, at which photos are measured: about 4 px/mm; more adds little but time."""

_MARGIN: Final = 0.22
"""Of the face's width around the mesh: room for the jaw's edge, the temples and a second photo's pose."""


def find_face(photo: Photo, landmarker: FaceLandmarker) -> DetectedFace | Refused:
    """The photo's only face, its points in the frame of ``photo.pixels``; refused when there is none or several.

    A bystander counts only when at least half as wide as the subject.
    """
    height, width = photo.pixels.shape[:2]
    scale = min(1.0, DETECTION_LONG_SIDE_PX / max(height, width))
    faces = sorted(landmarker.detect(_for_detection(photo.pixels, scale)), key=face_width_px, reverse=True)
    if not faces:
        return Refused(Flag.of(FlagCode.NO_FACE))
    if len(faces) > 1 and face_width_px(faces[1]) > 0.5 * face_width_px(faces[0]):
        return Refused(Flag.of(FlagCode.SEVERAL_FACES))
    half_pixel = np.array([0.5, 0.5, 0.0])
    points = (faces[0].points + half_pixel) / scale - half_pixel
    return DetectedFace(points, faces[0].pose, faces[0].blendshapes)


def cut_out(photo: Photo, face: DetectedFace) -> tuple[FaceImage, FaceLandmarks]:
    """The face at working resolution, never enlarged, and its landmarks in the face frame."""
    height, width = photo.pixels.shape[:2]
    face_width = face_width_px(face)
    margin = _MARGIN * face_width
    low = np.maximum(np.floor(face.points[:, :2].min(axis=0) - margin), 0).astype(int)
    high = np.minimum(np.ceil(face.points[:, :2].max(axis=0) + margin), (width, height)).astype(int)
    scale = min(1.0, WORKING_FACE_WIDTH_PX / face_width)
    crop = photo.pixels[low[1] : max(high[1], low[1] + 2), low[0] : max(high[0], low[0] + 2)]
    decoded_scale = np.array(photo.decoded_scale)
    image = FaceImage(
        rgb=_for_measuring(crop, scale),
        face_px_per_pixel=scale * decoded_scale,
        origin_px=low / decoded_scale - 0.5,
    )
    points = np.column_stack([(face.points[:, :2] + 0.5 - low) * scale - 0.5, face.points[:, 2] * scale])
    return image, FaceLandmarks(points, face.pose, face.blendshapes)


def expression_of(face: FaceLandmarks) -> Expression:
    """The face's expression in few words, from the model's blendshapes."""
    shape = face.blendshapes
    return Expression(
        smile=_larger(face, "mouthSmile"),
        brow_raise=max(shape["browInnerUp"], _larger(face, "browOuterUp")),
        squint=_larger(face, "eyeSquint"),
        jaw_open=shape["jawOpen"],
        blink=_larger(face, "eyeBlink"),
        gaze=(
            (shape["eyeLookOutLeft"] - shape["eyeLookInLeft"] + shape["eyeLookInRight"] - shape["eyeLookOutRight"]) / 2,
            (shape["eyeLookUpLeft"] - shape["eyeLookDownLeft"] + shape["eyeLookUpRight"] - shape["eyeLookDownRight"])
            / 2,
        ),
    )


def face_width_px(face: DetectedFace) -> float:
    """Distance between the zygia in the frame of the face's points."""
    return FaceLandmarks(face.points, face.pose, face.blendshapes).face_width


def _larger(face: FaceLandmarks, name: str) -> float:
    return max(face.blendshapes[f"{name}Left"], face.blendshapes[f"{name}Right"])


def _for_detection(pixels: Pixels, scale: float) -> Pixels:
    """A reduced picture: by whole pixels as far as that goes, which is quick, and linearly for the rest."""
    whole = int(1 / scale)
    if whole > 1:
        height, width = (side // whole * whole for side in pixels.shape[:2])
        pixels = np.asarray(
            cv2.resize(pixels[:height, :width], (width // whole, height // whole), interpolation=cv2.INTER_AREA),
            dtype=np.uint8,
        )
    return _resized(pixels, scale * whole, cv2.INTER_LINEAR)


def _for_measuring(pixels: Pixels, scale: float) -> Pixels:
    """Cubic after an even blur: linear would blur by where a pixel falls, and double the error of a lid's change."""
    return _resized(anti_aliased(pixels, scale), scale, cv2.INTER_CUBIC)


def _resized(pixels: Pixels, scale: float, interpolation: int) -> Pixels:
    if scale >= 1:
        return pixels
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=interpolation), dtype=np.uint8)
