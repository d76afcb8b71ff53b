"""No file that is accepted makes an analysis process larger than it may be."""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analysis.decode import inspect
from analysis.decoding_memory import WORKER_BYTES
from service.sandbox.child_process import ChildProcess, Limits
from service.sandbox.messages import Message

pytestmark = pytest.mark.slow

PATIENT = Limits(seconds=200)
WITH_LIBRARIES = PATIENT.memory_bytes + 2**20 * 24
"""What the kernel lets it become: what it may set aside, less 100 MiB it never touches, and libraries of 120."""


@pytest.fixture(scope="module")
def face(repository) -> Image.Image:
    return Image.open(repository / "sample_images/eyelids_before.jpg").convert("RGB")


@pytest.fixture
def child(face) -> Iterator[ChildProcess]:
    """A process that has measured and compared before, as most have."""
    child = ChildProcess.started("service.sandbox.child", PATIENT)
    upload = encoded(face, "JPEG")
    child.do(Message("compare", (upload, upload + b"\0")))
    yield child
    child.close()


def encoded(image: Image.Image, kind: str, **how) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **how)
    return stream.getvalue()


def scene(face: Image.Image, megapixels: float) -> Image.Image:
    """A photo of so many pixels whose face is so small that it is decoded a second time, as large as may be."""
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    rows, columns = np.linspace(60, 200, height), np.linspace(0, 40, int(megapixels * 1e6 / height))
    grey = (rows[:, None] + columns).astype(np.uint8)
    picture = Image.fromarray(np.repeat(grey[..., None], 3, 2))
    width = picture.width // 6
    picture.paste(face.resize((width, face.height * width // face.width)), (picture.width // 2, picture.height // 4))
    return picture


def translucent(picture: Image.Image, mode: str) -> Image.Image:
    picture = picture.convert(mode)
    picture.putalpha(200)
    return picture


def sixteen_bit(picture: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) << 8)


KINDS = {
    "JPEG": (60, lambda photo: encoded(photo, "JPEG", quality=80, subsampling=0)),
    "progressive JPEG": (60, lambda photo: encoded(photo, "JPEG", quality=80, progressive=True)),
    "progressive JPEG, every colour": (38, lambda p: encoded(p, "JPEG", quality=80, progressive=True, subsampling=0)),
    "progressive CMYK JPEG": (28, lambda p: encoded(p.convert("CMYK"), "JPEG", progressive=True)),
    "PNG": (54, lambda photo: encoded(photo, "PNG", compress_level=1)),
    "PNG with transparency": (54, lambda photo: encoded(translucent(photo, "RGBA"), "PNG", compress_level=1)),
    "grey PNG with transparency": (54, lambda photo: encoded(translucent(photo, "LA"), "PNG", compress_level=1)),
    "PNG of 16 bits": (54, lambda photo: encoded(sixteen_bit(photo), "PNG", compress_level=1)),
    "WebP": (38, lambda photo: encoded(photo, "WEBP", quality=60, method=0)),
    "lossless WebP with transparency": (
        28,
        lambda p: encoded(translucent(p, "RGBA"), "WEBP", lossless=True, quality=0, method=0, exact=True),
    ),
    "TIFF in strips": (54, lambda photo: encoded(photo, "TIFF", compression="jpeg", quality=80)),
    "TIFF in one strip": (
        28,
        lambda photo: encoded(photo, "TIFF", compression="tiff_deflate", tiffinfo={278: photo.height}),
    ),
}


def peak_bytes(child: ChildProcess) -> int:
    status = Path(f"/proc/{child._process.pid}/status").read_text()
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(kilobytes) * 1024


IN_CI = ("progressive JPEG", "PNG with transparency", "WebP", "TIFF in one strip")
"""The heaviest of each decoder; `LIFTMARK_ALL_KINDS=1` tries the others too."""


@pytest.mark.parametrize("kind", KINDS if os.environ.get("LIFTMARK_ALL_KINDS") else IN_CI)
def test_the_largest_accepted_photo_of_each_kind_fits_the_process(child, face, kind):
    megapixels, encode = KINDS[kind]
    upload = encode(scene(face, megapixels - 0.1))
    assert inspect(upload) is None
    child.do(Message("measure", (upload,)))
    print(f"{kind}: {peak_bytes(child) / 2**20:.0f} MiB")
    assert peak_bytes(child) <= WORKER_BYTES


@pytest.mark.skipif(not os.environ.get("LIFTMARK_ALL_KINDS"), reason="a long one: LIFTMARK_ALL_KINDS=1")
def test_two_of_the_largest_photos_fit_together(child, face):
    uploads = [encoded(scene(face, 54), "PNG", compress_level=1) + end for end in (b"", b"\0")]
    child.do(Message("compare", tuple(uploads)))
    print(f"pair: {peak_bytes(child) / 2**20:.0f} MiB")
    assert peak_bytes(child) <= WORKER_BYTES


def test_twelve_photos_of_two_visits_are_compared_within_what_the_process_may_have(child, face):
    photo = encoded(scene(face, 12).crop((1200, 600, 4000, 3000)), "JPEG", quality=90)
    told = b'{"befores": 6}'
    child.do(Message("compare_shots", (told, *(photo + bytes([0] * n) for n in range(12)))))
    print(f"burst: {peak_bytes(child) / 2**20:.0f} MiB")
    assert peak_bytes(child) <= WITH_LIBRARIES
