"""Draws a clinic's logo anew, in the analysis process, so that nothing of the file that was sent is kept."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PX: Final = 4000
"""Each side of what is sent."""
WIDTH_PX: Final = 1200
HEIGHT_PX: Final = 400
"""Within which what is kept lies: some 10 cm at 300 dots an inch."""
_FORMATS: Final = ("PNG", "JPEG")


def drawn_anew(upload: bytes) -> tuple[bytes, ...]:
    """Give the picture upright as PNG, transparent where it was; nothing where it is no PNG or JPEG, or too large."""
    try:
        with Image.open(BytesIO(upload), formats=_FORMATS) as opened:
            if max(opened.size) > MOST_PX:
                return ()
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return ()
    picture.thumbnail((WIDTH_PX, HEIGHT_PX), Image.Resampling.LANCZOS)
    drawn = BytesIO()
    Image.frombytes("RGBA", picture.size, picture.tobytes()).save(drawn, "PNG", optimize=True)  # no profile, no text
    return (drawn.getvalue(),)
