"""A photo: upright, sRGB, with the way back to the pixels as uploaded."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from models.arrays import FloatArray, Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded upload.

    Frames: ``pixel`` is the upright photo at full resolution, (0, 0) the centre of its top-left pixel. Large JPEGs are
    decoded at a fraction of it, so ``pixels`` may be smaller than ``size_px`` says.

    Parameters
    ----------
    sha256 : of the bytes as uploaded, lower-case hex.
    size_px : (width, height) of the upright photo at full resolution.
    taken_at : from EXIF, None where the file does not say. Naive when the camera wrote no zone.
    focal_length_mm : EXIF focal length, None where the file does not say.
    pixels : RGB, shape (height, width, 3), upright, sRGB.
    """

    sha256: str
    size_px: tuple[int, int]
    taken_at: datetime | None
    focal_length_mm: float | None
    pixels: Pixels

    @property
    def decoded_scale(self) -> tuple[float, float]:
        """Decoded pixels per full-resolution pixel along x and y; 1 when decoded in full."""
        height, width = self.pixels.shape[:2]
        return width / self.size_px[0], height / self.size_px[1]

    def to_pixel(self, points: FloatArray) -> FloatArray:
        """Points (n, 2) of ``pixels`` in the pixel frame, at full resolution."""
        return np.asarray((points + 0.5) / np.array(self.decoded_scale) - 0.5, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class FaceImage:
    """The face cut out of a photo at the one resolution that measuring works at; its frame is called ``face``.

    Parameters
    ----------
    rgb : shape (height, width, 3), uint8.
    face_px_per_pixel : (2,) face-frame pixels per full-resolution pixel along x and y, at most 1 by much.
    origin_px : (2,) pixel-frame coordinates of the outer corner of the cut-out's top-left pixel.
    """

    rgb: Pixels
    face_px_per_pixel: FloatArray
    origin_px: FloatArray

    def to_pixel(self, points: FloatArray) -> FloatArray:
        """Points (n, 2) of the face frame in the pixel frame."""
        return np.asarray((points + 0.5) / self.face_px_per_pixel + self.origin_px, dtype=np.float64)

    def from_pixel(self, points: FloatArray) -> FloatArray:
        """Points (n, 2) of the pixel frame in the face frame."""
        return np.asarray((points - self.origin_px) * self.face_px_per_pixel - 0.5, dtype=np.float64)
