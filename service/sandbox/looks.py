"""What is answered by looking at a file without the face model: its header, its picture, a small one, a logo.

A process of its own has no other jobs than these: it starts in two thirds of the analysis process's time and keeps no
face model in memory.
"""

import sys
from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Final

import cv2
from PIL import Image

from analysis.decode import capture_time, decode, inspect
from analysis.geometry import reduced
from models.arrays import Pixels
from models.errors import FaceModelMissingError
from models.face_landmarker.asset import find_face_model
from models.photo import Photo
from models.quality import Refused
from service.documents import refused_document
from service.sandbox.child_loop import Job, run_child
from service.sandbox.lockdown import EXIT_UNAVAILABLE
from service.sandbox.logo import drawn_anew

PICTURE_PX: Final = 2400
"""Long side of the picture on which contours are placed by hand."""
_JPEG_QUALITY: Final = 90
_ARCHIVE_QUALITY: Final = 95
_THUMBNAIL_PX: Final = 320
_THUMBNAIL_QUALITY: Final = 78


def _check(upload: bytes) -> tuple[bytes, ...]:
    """Judge the header: nothing, or the refusal."""
    refused = inspect(upload)
    return () if refused is None else (refused_document(refused).model_dump_json().encode(),)


def _capture_time(upload: bytes) -> tuple[bytes, ...]:
    """Read from the header when the photo was taken: ISO 8601, or nothing."""
    taken_at = capture_time(upload)
    return () if taken_at is None else (taken_at.isoformat().encode(),)


def _picture(upload: bytes) -> tuple[bytes, ...]:
    """Give the upright photo to look at, or nothing where it cannot be opened."""
    photo = decode(upload, at_least_px=PICTURE_PX)
    return () if isinstance(photo, Refused) else (jpeg(reduced(photo.pixels, PICTURE_PX)),)


def _whole_picture(upload: bytes) -> tuple[bytes, ...]:
    """Give the upright photo at its full size for an archive, with its width and height; or nothing."""
    photo = decode(upload)
    if isinstance(photo, Refused):
        return ()
    height, width = photo.pixels.shape[:2]
    return jpeg(photo.pixels, _ARCHIVE_QUALITY, "4:2:2"), f"{width}x{height}".encode()


def jpeg(pixels: Pixels, quality: int = _JPEG_QUALITY, subsampling: str = "4:2:0") -> bytes:
    """Encode a picture, without metadata."""
    encoded = BytesIO()
    Image.fromarray(pixels).save(encoded, "JPEG", quality=quality, subsampling=subsampling)
    return encoded.getvalue()


def thumbnail(photo: Photo) -> bytes:
    """The photo, small."""
    return jpeg(reduced(photo.pixels, _THUMBNAIL_PX), _THUMBNAIL_QUALITY)


def thumbnail_of(upload: bytes) -> bytes:
    """Of a photo that was refused; nothing where it cannot be opened."""
    photo = decode(upload, at_least_px=_THUMBNAIL_PX)
    return b"" if isinstance(photo, Refused) else thumbnail(photo)


LOOKS: Final[Mapping[str, Job]] = MappingProxyType(
    {
        "check": _check,
        "capture_time": _capture_time,
        "picture": _picture,
        "whole_picture": _whole_picture,
        "logo": drawn_anew,
    }
)
"""Under the names that the service calls them by."""


def main(cpu_seconds: float) -> None:
    """Serve the looks, if there is a face model: without it nothing that is let in could be analysed."""
    cv2.setNumThreads(1)
    try:
        find_face_model()
    except FaceModelMissingError as missing:
        sys.stderr.write(f"{missing}\n")
        sys.exit(EXIT_UNAVAILABLE)
    run_child(LOOKS, cpu_seconds)


if __name__ == "__main__":
    main(float(sys.argv[1]))
