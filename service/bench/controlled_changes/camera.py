"""The head before a camera: its depth, and where each place of the source lands when head or camera stand elsewhere.

The depth is the mesh's, made wrong on purpose. A method that aligns with the same mesh's depth would else be told the
very depth that made the picture. Against rendered heads of known shape (four, 25 points each) the mesh's depth has the
right scale to 2-21 % and is then off by 3.2, 3.7, 4.2 and 7.5 mm (SD over the points), from -9 mm at the nose to +8 mm
at the mouth's corner 40 mm below and -4 to -21 mm at the jaw's angle.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator, RectBivariateSpline

from models.arrays import FloatArray, Plane
from service.bench.controlled_changes.source_face import SourceFace

DEPTH_GAIN: Final = (0.85, 1.2)
DEPTH_ERROR_MM: Final = 5.0
"""SD of the smooth error: the root mean square of the four heads above is 4.9 mm."""
DEPTH_ASYMMETRY_MM: Final = 1.0
"""SD of what is not alike on both sides: left and right points of those heads differ by the root of two times this."""
DEPTH_ERROR_OVER_MM: Final = 18.0
"""Sigma of the blur that makes the error smooth: it changes its sign over some 40 mm, as the mesh's does."""
_DISTANCE_MM: Final = 1200.0
"""From where the source is taken to have been photographed; its true distance is not known."""
_NECK_BEHIND_MM: Final = 70.0
"""The head turns about a point this far behind the face's mean depth."""
_COARSE_MM: Final = 4.0
_DEEPEST_FALL_MM: Final = 60.0
"""Beside the face the depth falls off as a head's does, but no farther."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How one photo was taken.

    Parameters
    ----------
    yaw, pitch, roll : degrees, of the head against the source photo's; signs as in HeadPose.
    nearer : camera distance against 1.2 m, as a fraction to be added: 0.04 is 4 % farther.
    shift_mm : (2,) right and down, in the picture.
    """

    yaw: float
    pitch: float
    roll: float
    farther: float
    shift_mm: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """The face's depth in mm towards the camera, on a coarse grid of ``step`` pixels, about its mean."""

    depth_mm: Plane
    step: int


def relief_of(face: SourceFace, rng: np.random.Generator) -> Relief:
    """The mesh's depth with an error of its own kind and size, drawn from ``rng``."""
    step = max(1, round(_COARSE_MM * face.px_per_mm))
    grid = coarse_grid(face.shape, step)
    surface = face.landmarks.surface
    depth = -surface[:, 2] / face.px_per_mm
    spline = RBFInterpolator(surface[:, :2] / face.px_per_mm, depth, neighbors=40, smoothing=2.0)
    hull = np.asarray(cv2.convexHull(surface[:, :2].astype(np.float32))[:, 0], dtype=np.float32)
    inside, fall = _held_inside(grid.reshape(-1, 2), hull, face.px_per_mm)
    mean = float(depth.mean())
    known = (spline(inside / face.px_per_mm) - mean) * rng.uniform(*DEPTH_GAIN) - fall
    smooth = cv2.GaussianBlur(known.reshape(grid.shape[:2]) + _wrong_by(face, grid, rng), (0, 0), 1.0)
    return Relief(smooth.astype(np.float32), step)


def _wrong_by(face: SourceFace, grid: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The error of depth, mm, (rows, columns): mostly alike on both sides of the face."""
    away = (grid - face.landmarks.centre) / face.px_per_mm
    side, height = away @ face.landmarks.rightward, away @ face.landmarks.upward
    alike, unlike = (_smooth_noise(height, across, rng) for across in (np.abs(side), side))
    return np.asarray(DEPTH_ERROR_MM * alike + DEPTH_ASYMMETRY_MM * unlike)


def _smooth_noise(height_mm: FloatArray, across_mm: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Smooth noise of mean 0 and SD 1, looked up at places in mm from the face's middle, no farther than 160 mm."""
    reach = 160.0
    count = int(2 * reach / _COARSE_MM) + 1
    noise = cv2.GaussianBlur(rng.standard_normal((count, count)), (0, 0), DEPTH_ERROR_OVER_MM / _COARSE_MM)
    noise = (noise - noise.mean()) / noise.std()
    rows, columns = ((np.clip(mm, -reach, reach) + reach) / _COARSE_MM for mm in (height_mm, across_mm))
    found = cv2.remap(noise.astype(np.float32), columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR)
    return np.asarray(found, dtype=np.float64)


def _held_inside(places: FloatArray, hull: Plane, px_per_mm: float) -> tuple[FloatArray, FloatArray]:
    """Places (n, 2) drawn onto the face where they lie beside it, and how far the head falls off there, mm."""
    outside = np.array([-cv2.pointPolygonTest(hull, (float(x), float(y)), True) for x, y in places])
    outside = np.maximum(outside, 0)
    middle = hull.mean(axis=0)
    away = places - middle
    length = np.maximum(np.linalg.norm(away, axis=1), 1e-6)
    held = middle + away * np.maximum(1 - outside / length, 0.2)[:, None]
    return held, np.minimum(outside / px_per_mm, _DEEPEST_FALL_MM)


def coarse_grid(shape: tuple[int, int], step: int) -> FloatArray:
    """Every ``step``-th pixel's (x, y), one row and column beyond the picture, shape (rows, columns, 2)."""
    rows, columns = (np.arange(0, length + step, step, dtype=np.float64) for length in shape)
    return np.stack(np.meshgrid(columns, rows), axis=-1)


def seen_from(face: SourceFace, relief: Relief, stand: Stand) -> Plane:
    """Where each pixel of the new picture lies in the source, (height, width, 2).

    The head is turned about a point in the neck and projected anew; the picture is then rolled and shifted.
    """
    grid = coarse_grid(face.shape, relief.step)
    lands = _lands(face, grid, relief.depth_mm, stand)
    # The way back, on the coarse grid: places move by smooth amounts, so a few turns suffice.
    came_from = grid
    for _ in range(15):
        came_from = came_from + (grid - _coarse_at(lands, came_from, relief.step))
    return _every_pixel(came_from, grid, face.shape)


def _every_pixel(came_from: FloatArray, grid: FloatArray, shape: tuple[int, int]) -> Plane:
    """A smooth map given at ``grid`` (rows, columns, 2) at every pixel, by cubic splines through its displacement."""
    rows, columns = np.arange(shape[0]), np.arange(shape[1])
    moved = came_from - grid
    planes = [RectBivariateSpline(grid[:, 0, 1], grid[0, :, 0], moved[..., axis])(rows, columns) for axis in (0, 1)]
    planes[0] += columns[None]
    planes[1] += rows[:, None]
    return np.stack(planes, axis=-1).astype(np.float32)


def _coarse_at(lands: FloatArray, places: FloatArray, step: int) -> FloatArray:
    """Values of a coarse plane (rows, columns, 2) at places in pixels; linear, carried on beyond the edge."""
    index = places / step
    held = np.clip(index, 0, [lands.shape[1] - 1.001, lands.shape[0] - 1.001])
    column, row = held[..., 0].astype(int), held[..., 1].astype(int)
    right, down = (held[..., 0] - column)[..., None], (held[..., 1] - row)[..., None]
    top = lands[row, column] * (1 - right) + lands[row, column + 1] * right
    bottom = lands[row + 1, column] * (1 - right) + lands[row + 1, column + 1] * right
    return np.asarray(top * (1 - down) + bottom * down + (index - held) * step)


def _lands(face: SourceFace, grid: FloatArray, depth_mm: Plane, stand: Stand) -> FloatArray:
    """Where places (rows, columns, 2) of the source land in the new picture."""
    x_mm = (grid - face.landmarks.centre) / face.px_per_mm * ((_DISTANCE_MM - depth_mm) / _DISTANCE_MM)[..., None]
    head = np.stack([x_mm[..., 0], x_mm[..., 1], depth_mm + _NECK_BEHIND_MM], axis=-1) @ _turned(stand).T
    distance = _DISTANCE_MM * (1 + stand.farther)
    away = distance - (head[..., 2] - _NECK_BEHIND_MM)
    flat = head[..., :2] * (_DISTANCE_MM / away)[..., None] + np.array(stand.shift_mm)
    return np.asarray(flat * face.px_per_mm + face.landmarks.centre)


def _turned(stand: Stand) -> FloatArray:
    """Rotation of the head, x right, y down, z towards the camera: yaw to the picture's right, chin down, roll."""
    yaw, pitch, roll = np.radians([stand.yaw, stand.pitch, -stand.roll])
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_x @ about_y)
