"""Decoding: every accepted format gives the same upright pixels, with what its EXIF says."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import IFDRational

from analysis.decode import capture_time, inspect
from models.photo import Photo
from tests.analysis.uploads import COLOURS, DATA, LOSSY, SIZE, encoded, middles, photo, quadrants

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


def upload_at(stamp: str, offset: str | None = None, focal_length: object = None) -> bytes:
    """Return an upload whose EXIF says so."""
    exif = Image.Exif()
    shot = exif.get_ifd(IFD.Exif)
    shot[Base.DateTimeOriginal] = stamp
    if offset is not None:
        shot[Base.OffsetTimeOriginal] = offset
    if focal_length is not None:
        shot[Base.FocalLength] = focal_length
    return encoded(quadrants(), "JPEG", exif=exif)


def shot_at(stamp: str, offset: str | None = None, focal_length: object = None) -> Photo:
    return photo(upload_at(stamp, offset, focal_length))


@pytest.mark.parametrize("offset", ["+02:00", None])
def test_the_header_alone_says_when_a_photo_was_taken(offset: str | None) -> None:
    upload = upload_at("2026:05:04 10:11:12", offset)
    assert capture_time(upload) == capture_time(upload[:-10]) == photo(upload).taken_at


@pytest.mark.parametrize(
    "upload", [b"", b"a text", encoded(quadrants(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xffx")]
)
def test_a_broken_header_says_nothing_of_the_time(upload: bytes) -> None:
    assert capture_time(upload) is None


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


def test_inspect_and_decode_agree_on_a_good_file() -> None:
    assert inspect(encoded(quadrants(), "JPEG")) is None


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "TIFF"])
def test_the_first_of_several_frames_is_decoded(image_format: str) -> None:
    options = {"WEBP": {"lossless": True}}.get(image_format, {})
    upload = encoded(quadrants(), image_format, save_all=True, append_images=[Image.new("RGB", SIZE)], **options)
    np.testing.assert_array_equal(photo(upload).pixels, np.asarray(quadrants()))


def test_the_upload_is_hashed_as_it_came() -> None:
    upload = encoded(quadrants(), "JPEG")
    assert photo(upload, at_least_px=10).sha256 == hashlib.sha256(upload).hexdigest()
