"""What differs between two photos of an unchanged face: the stand, the light, the camera. Each photo draws its own."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np

from models.arrays import FloatArray, Pixels, Plane
from service.bench.controlled_changes.camera import Relief, Stand
from service.bench.controlled_changes.source_face import SourceFace


class Grade(StrEnum):
    """How far the second photo may stray from the first."""

    PROTOCOL = "protocol"
    """Both photos within the protocol: what a clinic with a guide and a fixed place brings home."""
    WIDE = "wide"
    """The second photo outside it: turned, nearer or farther, lit from the side."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Half widths of what is drawn evenly about nothing, and ranges.

    Parameters
    ----------
    turn_deg : of yaw and of pitch. roll_deg, shift_mm : in the picture. distance : a fraction.
    exposure_ev : stops. white_balance : a fraction of red and of blue.
    gradient : of log light over half a face's width, across and along. side_light : weight of a lamp at the side.
    """

    turn_deg: float
    roll_deg: float
    shift_mm: float
    distance: float
    exposure_ev: float
    white_balance: float
    gradient: float
    side_light: float
    blur_px: tuple[float, float]
    noise: tuple[float, float]
    jpeg: tuple[int, int]


LIMITS: Final = {
    Grade.PROTOCOL: Limits(1.0, 2.0, 3.0, 0.04, 0.2, 0.04, 0.03, 0.0, (0.0, 0.6), (0.004, 0.009), (88, 94)),
    Grade.WIDE: Limits(3.0, 4.0, 10.0, 0.15, 0.4, 0.08, 0.10, 0.5, (0.0, 1.0), (0.004, 0.012), (80, 94)),
}


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo's own conditions."""

    stand: Stand
    gain: tuple[float, float, float]
    """Of linear red, green and blue."""
    gradient: tuple[float, float]
    side_light: float
    blur_px: float
    noise: float
    jpeg: int


def draw_shot(limits: Limits, rng: np.random.Generator) -> Shot:
    """Conditions drawn evenly within ``limits``."""

    def within(half: float) -> float:
        return float(rng.uniform(-half, half))

    stand = Stand(
        yaw=within(limits.turn_deg),
        pitch=within(limits.turn_deg),
        roll=within(limits.roll_deg),
        farther=within(limits.distance),
        shift_mm=(within(limits.shift_mm), within(limits.shift_mm)),
    )
    exposure, red, blue = 2.0 ** within(limits.exposure_ev), within(limits.white_balance), within(limits.white_balance)
    return Shot(
        stand=stand,
        gain=(exposure * (1 + red), exposure, exposure * (1 + blue)),
        gradient=(within(limits.gradient), within(limits.gradient)),
        side_light=within(limits.side_light),
        blur_px=float(rng.uniform(*limits.blur_px)),
        noise=float(rng.uniform(*limits.noise)),
        jpeg=int(rng.integers(limits.jpeg[0], limits.jpeg[1] + 1)),
    )


def photographed(face: SourceFace, relief: Relief, linear: Plane, shot: Shot, rng: np.random.Generator) -> bytes:
    """A JPEG of a linear picture (height, width, 3), 0-1, under one photo's conditions."""
    lit = linear * np.exp(_light_change(face, relief, shot))[..., None] * np.array(shot.gain, dtype=np.float32)
    coded = np.asarray(np.clip(lit, 0, None) ** np.float32(1 / 2.2), dtype=np.float32)
    if shot.blur_px > 0.05:  # noqa: PLR2004  less changes no pixel
        coded = np.asarray(cv2.GaussianBlur(coded, (0, 0), shot.blur_px), dtype=np.float32)
    noisy = coded + shot.noise * rng.standard_normal(coded.shape, dtype=np.float32)
    return _jpeg(np.asarray(np.clip(noisy * 255 + 0.5, 0, 255), dtype=np.uint8), shot.jpeg)


def _light_change(face: SourceFace, relief: Relief, shot: Shot) -> Plane:
    """Log of the light against the source's: a gradient over the picture, and a lamp at the side."""
    rows, columns = face.shape
    half_width = face.landmarks.face_width / 2
    x, y = (
        (np.arange(n) - middle) / half_width for n, middle in zip((columns, rows), face.landmarks.centre, strict=True)
    )
    gradient = shot.gradient[0] * x[None, :] + shot.gradient[1] * y[:, None]
    if shot.side_light == 0:
        return np.asarray(gradient, dtype=np.float32)
    return np.asarray(gradient + shot.side_light * _facing_right(relief, face.shape), dtype=np.float32)


def _facing_right(relief: Relief, shape: tuple[int, int]) -> FloatArray:
    """How much the skin faces the picture's right, -1 to 1: the Lambert term of a lamp there."""
    broad = cv2.GaussianBlur(relief.depth_mm, (0, 0), 2.0)
    down, right = np.gradient(broad, 4.0)
    facing = -right / np.sqrt(1 + right**2 + down**2)
    size = (facing.shape[1] * relief.step, facing.shape[0] * relief.step)
    fine = cv2.resize(facing, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(fine[: shape[0], : shape[1]])


def _jpeg(rgb: Pixels, quality: int) -> bytes:
    done, encoded = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("The picture could not be written as JPEG.")
    return encoded.tobytes()
