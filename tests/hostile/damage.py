"""Pictures that were damaged on the way, and files that are two things at once. The seed decides on everything."""

import io
import zipfile
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.analysis.uploads import DATA, encoded

SCRIPT = b"<script>alert(document.domain)</script>"
File = tuple[str, bytes]


def whole(seed: int = 7) -> dict[str, bytes]:
    """One picture of each accepted format, none of whose bytes is idle."""
    noise = Image.fromarray(np.random.default_rng(seed).integers(0, 256, (60, 80, 3), np.uint8))
    return {
        "jpeg": encoded(noise, "JPEG"),
        "progressive jpeg": encoded(noise, "JPEG", progressive=True),
        "png": encoded(noise, "PNG"),
        "webp": encoded(noise, "WEBP"),
        "lossless webp": encoded(noise, "WEBP", lossless=True),
        "tiff": encoded(noise, "TIFF"),
        "deflate tiff": encoded(noise, "TIFF", compression="tiff_adobe_deflate"),
        "heic": (DATA / "quadrants_orientation_1.heic").read_bytes(),
    }


def cut(step: int = 1) -> Iterator[File]:
    """Each format, cut at each ``step`` per cent."""
    for form, upload in whole().items():
        yield from ((f"{form} cut at {share} %", upload[: len(upload) * share // 100]) for share in range(0, 100, step))


def flipped(seed: int, each: int) -> Iterator[File]:
    """Each format with some bits flipped, ``each`` times; half of the flips fall into the header."""
    chance = np.random.default_rng(seed)
    for form, upload in whole().items():
        for number in range(each):
            damaged = np.frombuffer(upload, np.uint8).copy()
            reach = len(damaged) if number % 2 else min(len(damaged), 400)
            for at in chance.integers(0, reach, chance.integers(1, 9)):
                damaged[at] ^= 1 << chance.integers(8)
            yield f"{form} with flipped bits {seed}.{number}", damaged.tobytes()


def two_at_once(photo: bytes) -> Iterator[File]:
    """A good JPEG that is also a page, an archive, a script or a document."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    comment = b"\xff\xfe" + (len(SCRIPT) + 2).to_bytes(2, "big") + SCRIPT
    yield "jpeg and page", photo[:2] + comment + photo[2:]
    yield "jpeg and page behind it", photo + b"<!DOCTYPE html>" + SCRIPT
    yield "jpeg and archive", photo + packed.getvalue()
    yield "jpeg and document", photo + b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript>>>>endobj\n%%EOF"
    yield "jpeg and script", photo[:2] + b"\xff\xfe\x00\x0a*/=1;/*\n" + photo[2:]
