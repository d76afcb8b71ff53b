"""Photos for paper: which of them can be read, and small ones for where they stand small."""

from io import BytesIO
from typing import Final

from PIL import Image, UnidentifiedImageError

_SMALL_PX: Final = (400, 500)
"""About 300 dots an inch where six stand abreast on A4."""
_QUALITY: Final = 85


def small_picture(content: bytes) -> bytes | None:
    """The picture as JPEG small enough for a row of six; None where it is no JPEG that can be read."""
    try:
        with Image.open(BytesIO(content), formats=["JPEG"]) as picture:
            picture.draft("RGB", _SMALL_PX)  # a JPEG is decoded near the size that is wanted, which costs a fraction
            small = picture.convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None
    small.thumbnail(_SMALL_PX)
    stream = BytesIO()
    small.save(stream, "JPEG", quality=_QUALITY)
    return stream.getvalue()
