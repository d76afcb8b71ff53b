"""Files of pictures to decode, and what came out of decoding them."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from analysis.decode import decode
from models.arrays import Pixels
from models.photo import Photo
from models.quality import FlagCode, Refused

DATA = Path(__file__).parent / "data"
SIZE = (64, 48)
COLOURS = ((200, 40, 40), (40, 200, 40), (40, 40, 200), (220, 220, 60))
LOSSY = 12  # grey levels that JPEG or HEVC at quality 95 may move the middle of an even area


def quadrants(size: tuple[int, int] = SIZE) -> Image.Image:
    """Return a picture of four colours, which no rotation or mirroring maps onto itself."""
    width, height = size
    image = Image.new("RGB", size)
    for number, colour in enumerate(COLOURS):
        x, y = number % 2 * (width // 2), number // 2 * (height // 2)
        image.paste(colour, (x, y, x + width // 2, y + height // 2))
    return image


def encoded(image: Image.Image, image_format: str, **options: object) -> bytes:
    """Write ``image`` as a file."""
    buffer = BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def photo(upload: bytes, at_least_px: int | None = None) -> Photo:
    """Decode a file that must not be refused."""
    decoded = decode(upload, at_least_px)
    assert isinstance(decoded, Photo), decoded
    return decoded


def refusal(upload: bytes) -> FlagCode:
    """Decode a file that must be refused."""
    decoded = decode(upload)
    assert isinstance(decoded, Refused)
    return decoded.flag.code


def middles(pixels: Pixels) -> np.ndarray:
    """Return the colours in the middle of the four quadrants, shape (4, 3)."""
    height, width = pixels.shape[:2]
    return np.array([pixels[y, x] for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)], float)
