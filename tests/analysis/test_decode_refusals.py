"""Decoding: a file that is too large, damaged or no picture gets a reason, never half a picture."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from analysis.decode import decode, inspect
from analysis.decoding_memory import MAX_MEGAPIXELS
from models.photo import Photo
from models.quality import FlagCode, Refused
from tests.analysis.uploads import DATA, SIZE, encoded, photo, quadrants, refusal


def png_claiming(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it is very large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def jpeg_claiming(width: int, height: int) -> bytes:
    """Return a small JPEG whose header says it is very large."""
    upload = bytearray(encoded(quadrants(), "JPEG"))
    at = upload.index(b"\xff\xc0") + 5
    upload[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(upload)


def webp_claiming(width: int, height: int) -> bytes:
    """Return a small WebP whose header says it is very large."""
    upload = bytearray(encoded(quadrants(), "WEBP", lossless=True))
    at = upload.index(b"VP8L") + 9
    upload[at : at + 4] = struct.pack("<I", (width - 1) | (height - 1) << 14)
    return bytes(upload)


@pytest.mark.parametrize(
    "bomb",
    [
        png_claiming(10_000, 10_000),
        png_claiming(2**31 - 1, 1000),
        jpeg_claiming(10_000, 10_000),
        webp_claiming(10_000, 10_000),
        webp_claiming(16_384, 16_384),
    ],
)
def test_too_many_pixels_are_refused_from_the_header_before_any_is_decoded(bomb: bytes, monkeypatch) -> None:
    for decoder in ("analysis.webp.cv2.imdecode", "PIL.ImageFile.ImageFile.load"):
        monkeypatch.setattr(decoder, None)
    refused = decode(bomb)
    assert isinstance(refused, Refused)
    assert refused.flag.code is FlagCode.TOO_MANY_PIXELS
    assert refused.flag.limit is not None
    assert refused.flag.limit <= MAX_MEGAPIXELS
    assert refused.flag.value is not None
    assert refused.flag.value >= 100
    assert inspect(bomb) == refused


@pytest.mark.parametrize(
    "claiming,most", [(jpeg_claiming, 60), (png_claiming, 57), (webp_claiming, 38)], ids=["jpeg", "png", "webp"]
)
def test_the_limit_is_what_the_formats_decoder_can_hold_and_is_itself_accepted(claiming, most: int) -> None:
    assert inspect(claiming(10_000, most * 100)) is None
    refused = inspect(claiming(10_000, most * 100 + 1))
    assert refused is not None
    assert refused.flag.limit == most


@pytest.mark.parametrize(
    "upload, code",
    [
        (b"", FlagCode.EMPTY_FILE),
        (b"I am a letter, not a picture.", FlagCode.NOT_AN_IMAGE),
        (b"\x00" * 100, FlagCode.NOT_AN_IMAGE),
        (b"%PDF-1.7", FlagCode.NOT_AN_IMAGE),
        (encoded(quadrants(), "GIF"), FlagCode.UNSUPPORTED_FORMAT),
        (encoded(quadrants(), "BMP"), FlagCode.UNSUPPORTED_FORMAT),
        (b"\x00\x00\x00\x20ftypavif" + bytes(100), FlagCode.UNSUPPORTED_FORMAT),
        (encoded(Image.new("F", SIZE), "TIFF"), FlagCode.UNSUPPORTED_FORMAT),
        (encoded(quadrants(), "TIFF", tiffinfo={50706: b"\x01\x04\x00\x00"}), FlagCode.UNSUPPORTED_FORMAT),
        (b"\xff\xd8\xff\xe0" + bytes(100), FlagCode.TRUNCATED),
    ],
)
def test_what_is_no_accepted_picture_says_so(upload: bytes, code: FlagCode) -> None:
    assert refusal(upload) is code


def noise() -> Image.Image:
    """Return a picture that no format can compress to nothing, so that each byte carries pixels."""
    return Image.fromarray(np.random.default_rng(7).integers(0, 256, (60, 80, 3), np.uint8))


WHOLE = {
    "jpeg": encoded(noise(), "JPEG"),
    "progressive jpeg": encoded(noise(), "JPEG", progressive=True),
    "png": encoded(noise(), "PNG"),
    "lossy webp": encoded(noise(), "WEBP"),
    "lossless webp": encoded(noise(), "WEBP", lossless=True),
    "tiff": encoded(noise(), "TIFF"),
    "lzw tiff": encoded(noise(), "TIFF", compression="tiff_lzw"),
    "deflate tiff": encoded(noise(), "TIFF", compression="tiff_adobe_deflate"),
    "jpeg tiff": encoded(noise(), "TIFF", compression="jpeg"),
    "heic": (DATA / "quadrants_orientation_1.heic").read_bytes(),
}


@pytest.mark.parametrize("at_least_px", [None, 40])
@pytest.mark.parametrize("name", WHOLE)
def test_no_truncation_gives_half_a_picture(name: str, at_least_px: int | None) -> None:
    whole = WHOLE[name]
    expected = photo(whole, at_least_px).pixels
    for percent in range(100):
        cut = decode(whole[: len(whole) * percent // 100], at_least_px)
        if isinstance(cut, Photo):  # only what stands behind the pixels was lost
            np.testing.assert_array_equal(cut.pixels, expected)


@pytest.mark.parametrize("name", WHOLE)
def test_no_flipped_byte_raises(name: str) -> None:
    chance = np.random.default_rng(11)
    for _ in range(150):
        damaged = bytearray(WHOLE[name])
        for at in chance.integers(0, len(damaged), 3):
            damaged[at] = chance.integers(0, 256)
        assert isinstance(decode(bytes(damaged)), Photo | Refused)
