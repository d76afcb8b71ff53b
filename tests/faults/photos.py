"""Photos to upload: faces, and tiny JPEGs without one, whose analysis ends at once."""

from io import BytesIO

from PIL import Image

from tests.faults.home import REPOSITORY

_SAMPLES = REPOSITORY / "sample_images"


def tiny(name: str) -> bytes:
    """A JPEG of 1 kB whose bytes are those of ``name`` alone. Its analysis ends with a refusal."""
    written = BytesIO()
    Image.new("RGB", (64, 64), (200, 160, 140)).save(written, "JPEG", comment=name.encode())
    return written.getvalue()


def face(name: str, sample: str = "eyelids_before") -> bytes:
    """A sample photo whose bytes are those of ``name`` alone: what follows a JPEG's end is no part of the picture."""
    return (_SAMPLES / f"{sample}.jpg").read_bytes() + name.encode()
