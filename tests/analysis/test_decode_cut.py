"""Uploads that broke off are told apart before they are kept."""

import io

import numpy as np
import pytest
from PIL import Image

from analysis.decode import inspect
from models.quality import FlagCode, Refused

PICTURE = Image.fromarray(np.random.default_rng(1).integers(0, 255, (90, 120, 3)).astype(np.uint8))


def saved(form: str, **options) -> bytes:
    out = io.BytesIO()
    PICTURE.save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.6, 0.8, 0.99])
def test_a_cut_file_is_refused_by_its_end(form: str, share: float):
    whole = saved(form)
    assert inspect(whole) is None
    refused = inspect(whole[: int(share * len(whole))])
    assert isinstance(refused, Refused)
    assert refused.flag.code is FlagCode.TRUNCATED


def test_what_a_camera_appends_after_the_picture_does_not_matter():
    whole = saved("JPEG")
    assert inspect(whole + bytes(len(whole) // 2)) is None


def test_an_embedded_previews_end_is_not_the_pictures():
    preview = io.BytesIO()
    PICTURE.resize((16, 12)).save(preview, "JPEG")
    exif = Image.Exif()
    exif[0x927C] = preview.getvalue()
    whole = saved("JPEG", exif=exif.tobytes())
    assert preview.getvalue()[-2:] == b"\xff\xd9"
    assert inspect(whole) is None
    assert isinstance(inspect(whole[: int(0.8 * len(whole))]), Refused)
