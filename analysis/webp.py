"""WebP: its header read here, its pixels by OpenCV.

Pillow reads every WebP as an animation and sets aside two whole canvases as soon as it opens one, 480 MB at 60
megapixels. OpenCV's pixels are the same to the bit.
"""

from typing import Final

import cv2
import numpy as np
from PIL.ImageFile import ImageFile

from models.arrays import Pixels

_CHUNKS_AT: Final = 12
_MOST_CHUNKS: Final = 1000
_ALPHA: Final = 0x10
_FRAME_START: Final = b"\x9d\x01\x2a"
_LOSSLESS: Final = 0x2F


class WebPFile(ImageFile):
    """A WebP's size, mode and metadata (https://developers.google.com/speed/webp/docs/riff_container).

    It is never loaded: :func:`first_frame` decodes.
    """

    format = "WEBP"

    def _open(self) -> None:
        assert self.fp is not None  # noqa: S101  Pillow opened it
        chunks = _chunks(self.fp.read())
        kind, first = next(((kind, body) for kind, body in chunks.items() if kind in _SIZES), (b"", b""))
        if not first:
            raise SyntaxError("no picture in it")
        self._size, has_alpha = _SIZES[kind](first)
        self._mode = "RGBA" if has_alpha else "RGB"
        self.info |= {
            name: chunks[kind] for name, kind in (("icc_profile", b"ICCP"), ("exif", b"EXIF")) if kind in chunks
        }


def first_frame(upload: bytes) -> Pixels:
    """The picture, or the first of an animation: RGB or RGBA, shape (height, width, 3 or 4), as it is stored.

    Raises
    ------
    ValueError
        When it cannot be decoded.
    """
    frame = cv2.imdecode(np.frombuffer(upload, np.uint8), cv2.IMREAD_UNCHANGED)
    if frame is None:
        raise ValueError("it cannot be decoded")
    return np.asarray(cv2.cvtColor(frame, _TO_RGB[frame.shape[2]], dst=frame), np.uint8)


_TO_RGB: Final = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}


def _chunks(upload: bytes) -> dict[bytes, bytes]:
    """The first chunk of each kind."""
    chunks: dict[bytes, bytes] = {}
    at = _CHUNKS_AT
    for _ in range(_MOST_CHUNKS):
        kind, size = upload[at : at + 4], int.from_bytes(upload[at + 4 : at + 8], "little")
        if len(kind) < len(b"RIFF"):
            break
        chunks.setdefault(kind, upload[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return chunks


def _extended(body: bytes) -> tuple[tuple[int, int], bool]:
    width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7))
    return (width, height), bool(body[0] & _ALPHA)


def _lossy(body: bytes) -> tuple[tuple[int, int], bool]:
    if body[3:6] != _FRAME_START:
        raise SyntaxError("no key frame")
    width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    return (width, height), False


def _lossless(body: bytes) -> tuple[tuple[int, int], bool]:
    if body[0] != _LOSSLESS:
        raise SyntaxError("no lossless picture")
    bits = int.from_bytes(body[1:5], "little")
    return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), bool(bits >> 28 & 1)


_SIZES: Final = {b"VP8X": _extended, b"VP8 ": _lossy, b"VP8L": _lossless}
"""Who reads the size, and whether there is transparency, from which chunk."""
