"""Decoding: every accepted format gives the same upright sRGB pixels, everything else a reason."""

import hashlib
import struct
import time
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import IFDRational

from analysis.decode import MAX_MEGAPIXELS, decode, inspect
from models.arrays import Pixels
from models.photo import Photo
from models.quality import FlagCode, Refused

DATA = Path(__file__).parent / "data"
SIZE = (64, 48)
COLOURS = ((200, 40, 40), (40, 200, 40), (40, 40, 200), (220, 220, 60))
LOSSY = 12  # grey levels that JPEG or HEVC at quality 95 may move the middle of an even area

AS_STORED: Mapping[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera that was turned stores an upright scene, by the orientation it writes."""


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


LOSSLESS_FORMATS = {"PNG": {}, "TIFF": {"compression": "tiff_lzw"}, "WEBP": {"lossless": True}}
FORMATS = {**LOSSLESS_FORMATS, "JPEG": {"quality": 95, "subsampling": 0}, "MPO": {"quality": 95, "subsampling": 0}}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", FORMATS)
def test_orientation_is_applied_exactly_once(image_format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    turn = AS_STORED.get(orientation)
    stored = quadrants() if turn is None else quadrants().transpose(turn)
    decoded = photo(encoded(stored, image_format, exif=exif, **FORMATS[image_format]))
    assert decoded.size_px == SIZE
    assert decoded.pixels.shape == (SIZE[1], SIZE[0], 3)
    difference = np.abs(decoded.pixels.astype(int) - np.asarray(quadrants(), int))
    assert difference.max() <= (0 if image_format in LOSSLESS_FORMATS else LOSSY)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_of_heic_is_applied_exactly_once(orientation: int) -> None:
    decoded = photo((DATA / f"quadrants_orientation_{orientation}.heic").read_bytes())
    assert decoded.size_px == SIZE
    assert np.abs(middles(decoded.pixels) - COLOURS).max() <= LOSSY


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "TIFF"])
def test_orientation_and_reduction_go_together(image_format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    scene = quadrants((256, 192))
    stored = scene.transpose(AS_STORED[orientation]) if orientation in AS_STORED else scene
    decoded = photo(encoded(stored, image_format, exif=exif), at_least_px=100)
    assert decoded.size_px == (256, 192)
    assert decoded.pixels.shape == (96, 128, 3)
    assert decoded.decoded_scale == (0.5, 0.5)
    assert np.abs(middles(decoded.pixels) - COLOURS).max() <= LOSSY


@pytest.mark.parametrize(
    "at_least_px, decoded_px",
    [(None, 1000), (1001, 1000), (501, 1000), (500, 500), (250, 250), (126, 250), (125, 125), (1, 125)],
)
@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_the_smallest_fraction_that_suffices_is_decoded(
    image_format: str, at_least_px: int | None, decoded_px: int
) -> None:
    decoded = photo(encoded(quadrants((600, 1000)), image_format), at_least_px)
    assert decoded.pixels.shape[0] == decoded_px
    assert decoded.size_px == (600, 1000)


def as_cmyk() -> bytes:
    """Return the quadrants as an inverted CMYK JPEG, as Adobe writes them."""
    return encoded(quadrants().convert("CMYK"), "JPEG", quality=95)


def as_palette() -> bytes:
    """Return the quadrants with a palette."""
    return encoded(quadrants().quantize(4), "PNG")


def over_nothing(mode: str) -> Callable[[], bytes]:
    """Return the quadrants as they are, with an alpha channel that hides nothing."""
    return lambda: encoded(quadrants().convert(mode), "PNG")


@pytest.mark.parametrize("make", [as_cmyk, as_palette, over_nothing("RGBA")])
def test_pixel_modes_all_give_the_same_colours(make: Callable[[], bytes]) -> None:
    assert np.abs(middles(photo(make()).pixels) - COLOURS).max() <= LOSSY


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_pixels_become_white(mode: str) -> None:
    hidden = Image.new(mode, SIZE, (0,) * len(mode))
    assert (photo(encoded(hidden, "PNG")).pixels == 255).all()


def test_a_transparent_palette_colour_becomes_white() -> None:
    image = Image.new("P", SIZE, 0)
    image.putpalette([10, 20, 30])
    assert (photo(encoded(image, "PNG", transparency=0)).pixels == 255).all()


@pytest.mark.parametrize("image_format", ["PNG", "TIFF"])
def test_sixteen_bits_keep_their_brightness(image_format: str) -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (16, 1))
    decoded = photo(encoded(Image.fromarray(ramp), image_format))
    np.testing.assert_array_equal(decoded.pixels[..., 0], ramp >> 8)


def test_grey_pictures_become_neutral_colours() -> None:
    decoded = photo(encoded(Image.new("L", SIZE, 77), "PNG"))
    assert (decoded.pixels == 77).all()


def rgb_profile(red: tuple[float, float], green: tuple[float, float], blue: tuple[float, float]) -> bytes:
    """Return an ICC v2 matrix profile with gamma 2.2 for primaries given as (x, y) under D65."""
    d65, d50 = np.array([0.95047, 1, 1.08883]), np.array([0.9642, 1, 0.8249])
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    primaries = np.array([[x / y, 1, (1 - x - y) / y] for x, y in (red, green, blue)]).T
    adapted = np.linalg.inv(bradford) @ np.diag(bradford @ d50 / (bradford @ d65)) @ bradford
    columns = (adapted @ (primaries * np.linalg.solve(primaries, d65))).T
    xyz = {
        tag: b"XYZ \0\0\0\0" + struct.pack(">3i", *np.round(column * 65536).astype(int))
        for tag, column in zip((b"wtpt", b"rXYZ", b"gXYZ", b"bXYZ"), (d50, *columns), strict=True)
    }
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"Wide\0" + bytes(79) + b"\0" * 4
    tags = {b"desc": name, b"cprt": b"text\0\0\0\0none\0\0\0\0", **xyz, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    offset, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for tag, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", tag, offset + len(body), len(content))
        body += padded
    size = offset + len(body)
    white = struct.pack(">3i", *np.round(d50 * 65536).astype(int))
    header = struct.pack(
        ">I4sI4s4s4s12s4s28s12s48s",
        size,
        b"lcms",
        0x02400000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        bytes(12),
        b"acsp",
        bytes(28),
        white,
        bytes(48),
    )
    return header + struct.pack(">I", len(tags)) + table + body


ADOBE_RGB = rgb_profile((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_wide_colour_space_is_brought_to_srgb(image_format: str) -> None:
    # Red leaves Adobe RGB (1998) linearly as 1.3983 R - 0.3983 G, green is kept: (150, 100, 100) -> (167, 100, 100).
    options = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}.get(image_format, {})
    upload = encoded(Image.new("RGB", SIZE, (150, 100, 100)), image_format, icc_profile=ADOBE_RGB, **options)
    np.testing.assert_allclose(photo(upload).pixels[20, 20], (167, 100, 100), atol=2)


def test_an_srgb_profile_changes_no_pixel() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    decoded = photo(encoded(quadrants(), "PNG", icc_profile=profile))
    np.testing.assert_array_equal(decoded.pixels, np.asarray(quadrants()))


@pytest.mark.parametrize("profile", [b"no profile at all", ADOBE_RGB[:200], ADOBE_RGB.replace(b"RGB ", b"CMYK")])
def test_a_broken_profile_is_ignored(profile: bytes) -> None:
    decoded = photo(encoded(quadrants(), "PNG", icc_profile=profile))
    np.testing.assert_array_equal(decoded.pixels, np.asarray(quadrants()))


def shot_at(stamp: str, offset: str | None = None, focal_length: object = None) -> Photo:
    """Return a photo whose EXIF says so."""
    exif = Image.Exif()
    shot = exif.get_ifd(IFD.Exif)
    shot[Base.DateTimeOriginal] = stamp
    if offset is not None:
        shot[Base.OffsetTimeOriginal] = offset
    if focal_length is not None:
        shot[Base.FocalLength] = focal_length
    return photo(encoded(quadrants(), "JPEG", exif=exif))


def test_taken_at_is_read_with_its_zone() -> None:
    zone = timezone(timedelta(hours=2))
    assert shot_at("2026:05:04 10:11:12", "+02:00").taken_at == datetime(2026, 5, 4, 10, 11, 12, tzinfo=zone)


@pytest.mark.parametrize("offset", [None, "   :  ", "nonsense"])
def test_taken_at_stays_naive_where_the_camera_wrote_no_zone(offset: str | None) -> None:
    assert shot_at("2026:05:04 10:11:12", offset).taken_at == datetime(2026, 5, 4, 10, 11, 12)  # noqa: DTZ001


@pytest.mark.parametrize("stamp", ["0000:00:00 00:00:00", "", "yesterday", "2026:13:40 99:99:99"])
def test_taken_at_is_none_where_the_camera_knew_none(stamp: str) -> None:
    assert shot_at(stamp).taken_at is None


def test_focal_length_is_read() -> None:
    assert shot_at("", focal_length=IFDRational(570, 100)).focal_length_mm == pytest.approx(5.7)


@pytest.mark.parametrize("nonsense", [IFDRational(0, 0), IFDRational(1, 0), IFDRational(0, 1)])
def test_a_focal_length_that_is_none_stays_none(nonsense: IFDRational) -> None:
    assert shot_at("", focal_length=nonsense).focal_length_mm is None


def test_damaged_exif_is_no_reason_to_refuse() -> None:
    upload = encoded(quadrants(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xffgarbage")
    assert photo(upload).taken_at is None


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
def test_too_many_pixels_are_refused_from_the_header_within_100_ms(bomb: bytes) -> None:
    started = time.perf_counter()
    refused = decode(bomb)
    assert time.perf_counter() - started < 0.1
    assert isinstance(refused, Refused)
    assert refused.flag.code is FlagCode.TOO_MANY_PIXELS
    assert refused.flag.limit == MAX_MEGAPIXELS
    assert refused.flag.value is not None
    assert refused.flag.value >= 100
    assert inspect(bomb) == refused


def test_the_limit_itself_is_accepted() -> None:
    assert inspect(png_claiming(10_000, 6_000)) is None
    assert inspect(png_claiming(10_000, 6_001)) is not None


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


def test_inspect_and_decode_agree_on_a_good_file() -> None:
    assert inspect(encoded(quadrants(), "JPEG")) is None


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


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "TIFF"])
def test_the_first_of_several_frames_is_decoded(image_format: str) -> None:
    options = {"WEBP": {"lossless": True}}.get(image_format, {})
    upload = encoded(quadrants(), image_format, save_all=True, append_images=[Image.new("RGB", SIZE)], **options)
    np.testing.assert_array_equal(photo(upload).pixels, np.asarray(quadrants()))


def test_the_upload_is_hashed_as_it_came() -> None:
    upload = encoded(quadrants(), "JPEG")
    assert photo(upload, at_least_px=10).sha256 == hashlib.sha256(upload).hexdigest()
