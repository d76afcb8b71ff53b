"""A drawn face whose folds and lines are known: light skin with texture, brows, lips and nostrils, and creases of a
given depth. It is drawn in linear light and then photographed.
"""

from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from analysis.alignment import Registration
from analysis.fold_path import find_fold
from analysis.planes import grey_of, log_luminance
from analysis.registered_pair import RegisteredPair
from analysis.rigid_motion import TERMS, DepthMap, FlowFit, RigidMotion
from models.analysis import PhotoAnalysis
from models.anatomy import LANDMARKS, MIDLINES, OUTLINES, Landmark, Midline, Outline, Side
from models.arrays import FloatArray, Pixels, Plane
from models.landmarks import Expression, FaceLandmarks, HeadPose
from models.measurement import NotAssessable, SideContours
from models.photo import FaceImage, Photo
from models.quality import Quality
from models.scale import Scale

PX_PER_MM = 4.0
SHAPE = (880, 680)
MIDDLE = np.array([340.0, 400.0])

# Positions of the subject's left side in mm from the face's middle, x lateral, y up.
_LANDMARKS_MM = {
    Landmark.EXOCANTHION: (45, 30),
    Landmark.ENDOCANTHION: (17, 30),
    Landmark.PUPIL_CENTRE: (31, 31),
    Landmark.MALAR: (45, -5),
}
_OUTLINES_MM = {
    Outline.NASOLABIAL_FOLD: [(17, -8), (24, -17), (29, -26), (32, -36), (33, -46)],
    Outline.ZYGOMA: [(58, 12), (45, 16), (35, 12), (35, 2), (45, -2), (56, 2)],
    Outline.BROW: [(52, 47), (45, 51), (37, 52), (29, 51), (21, 49), (21, 45), (29, 47), (37, 48), (45, 47), (51, 44)],
    Outline.UPPER_LID: [(45, 30), (42, 34), (38, 36), (34, 37), (31, 37), (28, 36), (24, 35), (20, 33), (17, 30)],
    Outline.NOSTRIL: [(17, -8), (14, -13), (8, -13)],
}
_MIDLINES_MM = {
    Midline.LIPS: [(-25, -35), (-15, -30), (-5, -28), (0, -29), (5, -28), (15, -30), (25, -35), (15, -41), (5, -43),
                   (0, -43), (-5, -43), (-15, -41)],
    Midline.NOSE_TIP: [(0, -8)],
}  # fmt: skip
FOLD_FROM_MESH_MM = -1.5
"""The drawn crease lies this far medial of the mesh's line."""


@dataclass(frozen=True)
class Creases:
    """Depth of the folds and of the lines beside the eyes, in log luminance."""

    fold: float = 0.15
    lines: float = 0.10


@cache
def landmarks() -> FaceLandmarks:
    """The drawn face's mesh; points without a part in it lie on a grid over the face."""
    angle = np.linspace(0, 2 * np.pi, 478) * 29
    radius = np.sqrt(np.linspace(0.01, 1, 478))
    mm = np.column_stack([62 * radius * np.cos(angle), 85 * radius * np.sin(angle)])
    oval = np.linspace(0, 2 * np.pi, len(MIDLINES[Midline.FACE_OVAL]), endpoint=False)
    mm[list(MIDLINES[Midline.FACE_OVAL])] = np.column_stack([70 * np.sin(oval), 95 * np.cos(oval)])
    for line, points in _MIDLINES_MM.items():
        mm[list(MIDLINES[line])] = points
    for side in Side:
        mirror = np.array([side.image_direction, 1])
        for outline, points in _OUTLINES_MM.items():
            mm[list(OUTLINES[outline, side])] = np.array(points) * mirror
        for name, point in _LANDMARKS_MM.items():
            mm[LANDMARKS[name, side]] = np.array(point) * mirror
    pixels = MIDDLE + PX_PER_MM * mm * (1, -1)
    return FaceLandmarks(np.column_stack([pixels, np.zeros(478)]), HeadPose(0, 0, 0), {})


def fold_path(side: Side) -> FloatArray:
    """The drawn crease (n, 2) in the face frame."""
    line = landmarks().outline(Outline.NASOLABIAL_FOLD, side)
    return np.asarray(line + np.array([FOLD_FROM_MESH_MM * PX_PER_MM * side.image_direction, 0]))


@cache
def scene(creases: Creases, texture: int = 1) -> Plane:
    """The face in log luminance: broad shading, skin texture, dark features and creases."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    away = np.hypot((columns - MIDDLE[0]) / 280, (rows - MIDDLE[1]) / 380)
    pores = np.random.default_rng(texture).normal(size=SHAPE).astype(np.float32)
    pores = cv2.GaussianBlur(pores, (0, 0), 2.0)
    log = np.log(0.35) - 0.5 * away**2 - 0.15 * (columns - MIDDLE[0]) / 280 + 0.006 * pores / pores.std()
    for side in Side:
        log -= creases.fold * _stroke([fold_path(side)], width_mm=1.2)
        log -= creases.lines * _stroke(_lines(side), width_mm=0.6)
    for polygon in _dark_features():
        dark = np.zeros(SHAPE, dtype=np.float32)
        cv2.fillPoly(dark, [np.rint(polygon).astype(np.int32)], 1.0)
        log -= 0.8 * cv2.GaussianBlur(dark, (0, 0), 1.0)
    return np.asarray(log, dtype=np.float32)


def _lines(side: Side) -> list[FloatArray]:
    canthus = landmarks()[Landmark.EXOCANTHION, side]
    angles = np.radians([-12.0, 8.0, 28.0])
    directions = np.column_stack([side.image_direction * np.cos(angles), -np.sin(angles)])
    return [np.asarray(canthus + PX_PER_MM * np.outer([5.0, 21.0], direction)) for direction in directions]


def _stroke(lines: list[FloatArray], width_mm: float) -> Plane:
    """Gaussian profile of unit height about lines; ``width_mm`` is its sigma."""
    clear = np.full(SHAPE, 255, dtype=np.uint8)
    for line in lines:
        cv2.polylines(clear, [np.rint(line * 16).astype(np.int32)], isClosed=False, color=0, shift=4)
    distance_mm = cv2.distanceTransform(clear, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) / PX_PER_MM
    return np.asarray(np.exp(-0.5 * (distance_mm / width_mm) ** 2), dtype=np.float32)


def _dark_features() -> list[FloatArray]:
    face = landmarks()
    sides = [face.outline(name, side) for side in Side for name in (Outline.BROW, Outline.NOSTRIL)]
    return [*sides, face.midline(Midline.LIPS)]


def photograph(
    log: Plane,
    *,
    exposure_ev: float = 0.0,
    contrast: float = 1.0,
    shift_px: tuple[float, float] = (0, 0),
    noise: int = 0,
) -> Pixels:
    """An 8-bit picture of the scene; ``contrast`` is the camera's tone curve, ``noise`` its seed (0.5 % of white)."""
    move = np.array([[1, 0, shift_px[0]], [0, 1, shift_px[1]]], dtype=np.float64)
    moved = cv2.warpAffine(log, move, SHAPE[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    toned = contrast * (moved - np.log(0.35)) + np.log(0.35) + exposure_ev * np.log(2)
    coded = 255 * np.exp(toned / 2.2) + np.random.default_rng(noise).normal(0, 1.3, SHAPE)
    return np.repeat(np.clip(np.rint(coded), 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def analysis(picture: Pixels) -> PhotoAnalysis:
    """What one photo of the drawn face carries, its folds found on it."""
    face, log = landmarks(), log_luminance(picture)
    absent = NotAssessable("not drawn")
    contours = {
        side: replace(
            SideContours(absent, absent, absent, absent, absent),
            nasolabial_fold=find_fold(log, face, side, PX_PER_MM),
        )
        for side in Side
    }
    scale = Scale(1 / PX_PER_MM, 0.005, "iris")
    return PhotoAnalysis(
        photo=Photo("0" * 64, SHAPE[::-1], None, None, picture),
        face=FaceImage(picture, np.ones(2), np.full(2, -0.5)),
        grey=grey_of(picture),
        log_luminance=log,
        landmarks=face,
        expression=Expression(0, 0, 0, 0, 0, (0, 0)),
        quality=Quality(()),
        scale=scale,
        scale_px=scale,
        contours=contours,
        measurements=(),
    )


def pair(before: Pixels, after: Pixels, shift_px: tuple[float, float] = (0, 0)) -> RegisteredPair:
    """Both photos, registered by the known shift of the after."""
    similarity = np.array([[1, 0, shift_px[0]], [0, 1, shift_px[1]]], dtype=np.float64)
    motion = RigidMotion(similarity, DepthMap.of(landmarks(), PX_PER_MM))
    nothing = np.zeros((0, 2))
    fit = FlowFit(np.zeros(TERMS), 0.1, 1.0, np.eye(TERMS))
    return RegisteredPair(analysis(before), analysis(after), Registration(motion, nothing, nothing, 0.02, fit))
