"""How long a comparison takes against its floor: the work that no comparison of two large photos can do without.

Both are timed in the same run and the same locked-in process, alternating, on the same bytes, after a warm-up. CPU time
is that of the whole process, MediaPipe's threads included; the process does nothing else.
"""

from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from pydantic import BaseModel, ConfigDict

from service.sandbox import Limits
from service.sandbox.child_process import ChildProcess
from service.sandbox.messages import Message

_CHILD: Final = "service.bench.speed_child"
SAMPLES: Final = Path(__file__).parents[2] / "sample_images"
_SAMPLE_PAIR: Final = ("eyelids_before.jpg", "eyelids_after.jpg")
_MEGAPIXELS: Final = 12
_JPEG_QUALITY: Final = 92
_LIMITS: Final = Limits(memory_bytes=4 * 2**30, seconds=900)


class StepDocument(BaseModel):
    """CPU time of one step for the whole pair, median over the runs."""

    model_config = ConfigDict(frozen=True)

    step: str
    cpu_s: float


class SpeedDocument(BaseModel):
    """The floor and the full warm comparison, medians over ``runs`` alternating runs, in seconds for the pair.

    ``compare_steps`` come from further runs in which each step is timed, so they do not add up to ``compare_cpu_s``
    exactly.
    """

    model_config = ConfigDict(frozen=True)

    method_version: str
    runs: int
    before_px: tuple[int, int]
    after_px: tuple[int, int]
    floor_cpu_s: float
    floor_wall_s: float
    compare_cpu_s: float
    compare_wall_s: float
    ratio_cpu: float
    ratio_wall: float
    floor_steps: tuple[StepDocument, ...]
    compare_steps: tuple[StepDocument, ...]


def bench_speed(before: bytes, after: bytes, runs: int) -> SpeedDocument:
    """Time the floor and the full comparison of two photos.

    Parameters
    ----------
    before, after : the files' bytes.
    runs : alternating runs after the warm-up.
    """
    child = ChildProcess.started(_CHILD, _LIMITS)
    try:
        (document,) = child.do(Message("bench", (before, after, str(runs).encode())))
    finally:
        child.close()
    return SpeedDocument.model_validate_json(document)


def sample_pair() -> tuple[bytes, bytes]:
    """The shipped pair, enlarged to 12 megapixels as a phone takes them."""
    before, after = map(partial(_enlarged, megapixels=_MEGAPIXELS), _SAMPLE_PAIR)
    return before, after


def _enlarged(name: str, megapixels: float) -> bytes:
    with Image.open(SAMPLES / name) as picture:
        factor = (megapixels * 1e6 / (picture.width * picture.height)) ** 0.5
        size = round(picture.width * factor), round(picture.height * factor)
        large = picture.resize(size, Image.Resampling.LANCZOS)
    file = BytesIO()
    large.save(file, "JPEG", quality=_JPEG_QUALITY)
    return file.getvalue()
