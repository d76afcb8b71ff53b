"""Bombs at the door: judged by what their header says, before anybody decodes a pixel or reads on and on."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageFile
from PIL.ExifTags import IFD, Base

from analysis.decode import capture_time, inspect
from analysis.headers import is_overloaded
from models.quality import FlagCode, Refused
from tests.analysis.uploads import encoded, photo, quadrants
from tests.hostile.bombs import NO_PHOTO, OVERLOADED, STRANGE, TOO_LARGE, jpeg, png_chunk, segment, small_png, webp
from tests.hostile.damage import whole


@pytest.fixture(autouse=True)
def _nobody_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("a pixel was decoded"))


def code(upload: bytes) -> FlagCode | None:
    refused = inspect(upload)
    return refused.flag.code if isinstance(refused, Refused) else None


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_picture_that_says_it_is_too_large_is_refused_undecoded(name: str) -> None:
    assert code(TOO_LARGE[name]()) is FlagCode.TOO_MANY_PIXELS


@pytest.mark.parametrize("name", NO_PHOTO)
def test_what_is_of_no_accepted_format_is_refused_unread(name: str) -> None:
    assert code(NO_PHOTO[name]()) in {FlagCode.NOT_AN_IMAGE, FlagCode.UNSUPPORTED_FORMAT}


@pytest.mark.parametrize("name", OVERLOADED)
def test_a_header_that_holds_too_much_is_refused_before_a_reader_opens_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile.ImageFile, "__init__", lambda *_: pytest.fail("a reader opened it"))
    assert code(OVERLOADED[name]()) is FlagCode.TRUNCATED


@pytest.mark.parametrize("name", STRANGE)
def test_a_header_that_leads_in_a_circle_ends(name: str) -> None:
    upload = STRANGE[name]()
    assert code(upload) in {None, FlagCode.TRUNCATED}
    if not name.startswith("png"):  # EXIF may stand behind its pixels
        assert capture_time(upload) is None


@pytest.mark.parametrize("form", whole())
def test_an_ordinary_header_is_not_overloaded(form: str) -> None:
    assert not is_overloaded(whole()[form])


BOUNDS: list[tuple[Callable[[int], bytes], int]] = [
    (lambda n: jpeg(segment(0xEB, b"") * n), 990),
    (lambda n: jpeg(segment(0xE1, b"Exif\x00\x00") * n), 16),
    (lambda n: jpeg(b"\xff" * n), 4090),
    (lambda n: small_png(png_chunk(b"prVt", b"") * n), 990),
    (lambda n: small_png(png_chunk(b"zTXt", b"a\x00\x00") * n), 16),
    (lambda n: webp(b"prVt\x00\x00\x00\x00" * n), 1000),
]


@pytest.mark.parametrize("build, most", BOUNDS)
def test_as_much_as_a_camera_may_write_is_accepted_and_much_more_is_not(
    build: Callable[[int], bytes], most: int
) -> None:
    assert not is_overloaded(build(most))
    assert is_overloaded(build(most + 20))


def test_a_photo_with_all_that_cameras_write_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif)[Base.MakerNote] = np.random.default_rng(3).bytes(30_000)
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2026:05:04 10:11:12"
    extended = segment(0xE1, b"http://ns.adobe.com/xmp/extension/\x00" + bytes(65_000)) * 100  # a depth map
    upload = encoded(quadrants(), "JPEG", exif=exif)
    upload = upload[:2] + extended + upload[2:]
    assert inspect(upload) is None
    assert capture_time(upload) is not None
    monkeypatch.undo()
    assert photo(upload).pixels.shape == (48, 64, 3)
