"""Decoding: every pixel mode and colour space is brought to the same sRGB."""

import struct
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.analysis.uploads import COLOURS, LOSSY, SIZE, encoded, middles, photo, quadrants


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
