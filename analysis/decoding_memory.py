"""How many pixels a picture may have so that decoding it fits a worker's memory."""

from math import floor
from typing import Final

from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import ROWSPERSTRIP, TILELENGTH, TiffImageFile

from analysis.webp import WebPFile

MAX_MEGAPIXELS: Final = 60
"""More than any phone's photo by default."""

WORKER_BYTES: Final = 512 * 2**20
"""What an analysis process may hold in all, shared libraries included."""

DECODING_BYTES: Final = 220 * 2**20
"""What is left of that for the file and its decoder: 235 MiB are Python, OpenCV, the face model and what a photo's
analysis leaves behind, and 45 MiB the photo itself, once reduced."""

_IN_PILLOW: Final = 4.0
"""Bytes of a pixel in Pillow, whatever its mode (those with more are no photos)."""

_REDUCED_ON_THE_WAY: Final = 1.7
"""As much, of a picture that is reduced to at most 25 of its 60 megapixels while it is read."""


def megapixels_at_most(image: ImageFile, file_bytes: int) -> float:
    """The most that a picture of this kind may have: 60, or fewer where the file and its decoder need more memory."""
    return max(0, min(MAX_MEGAPIXELS, floor((DECODING_BYTES - file_bytes) / _bytes_per_pixel(image) / 1e6)))


def _bytes_per_pixel(image: ImageFile) -> float:
    if isinstance(image, WebPFile):
        return 2.0 * len(image.mode)  # OpenCV decodes beside the picture and copies it there
    if isinstance(image, JpegImageFile):
        return _of_jpeg(image)
    if isinstance(image, TiffImageFile):
        return _IN_PILLOW + _of_strip(image)
    return _IN_PILLOW


def _of_jpeg(image: JpegImageFile) -> float:
    """A progressive one keeps the coefficients of all its blocks, two bytes each; others are reduced as they come."""
    if "progressive" not in image.info:
        return _REDUCED_ON_THE_WAY
    samplings = [(across, down) for _, across, down, _ in image.layer]
    most = max(across for across, _ in samplings) * max(down for _, down in samplings)
    return 2.0 * sum(across * down for across, down in samplings) / most


def _of_strip(image: TiffImageFile) -> float:
    """Libtiff holds a strip or a row of tiles while Pillow copies it."""
    rows = image.tag_v2.get(ROWSPERSTRIP, image.tag_v2.get(TILELENGTH, image.height))
    return _IN_PILLOW * min(1.0, int(rows) / image.height)
