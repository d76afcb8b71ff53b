# ruff: noqa: INP001  one script, not a package
"""Make the astronaut pair: a real face, small in the picture, whose upper lids are raised by a known amount.

Run it as ``python sample_images/make_astronaut_pair.py``; it writes the same pixels each time. The photo comes with
scikit-image (Eileen Collins, NASA, public domain).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.data import astronaut

FOLDER: Final = Path(__file__).parent

CROP_LEFT, CROP_TOP, CROP_SIZE = 75, 0, 300
"""Around the face, so that it is the only one."""

RAISED_PX: Final = 0.8
"""How far each upper lid's margin moves up over the middle half of the eye."""

IRIS_PX: Final = 8.8
"""Diameter of the iris as the landmark model sees it, ±0.5: with 11.71 mm, a pixel is 1.33 mm, ±6 %."""

LID_REACH_PX: Final = 4.0
"""The movement fades out over this distance above and below the margin: short of the pupil's centre and of the brow."""


@dataclass(frozen=True)
class Eye:
    """Where an eye is in the whole picture; the margin is that of the upper lid, in the pupil's column."""

    inner_x: float
    outer_x: float
    margin_y: float


EYES: Final = (Eye(213.1, 194.8, 97.3), Eye(235.9, 254.8, 99.7))  # the subject's right, left


def main() -> None:
    """Write both pictures."""
    before, after = make_pair()
    Image.fromarray(before).save(FOLDER / "astronaut_before.png", optimize=True)
    Image.fromarray(after).save(FOLDER / "astronaut_after.png", optimize=True)


def make_pair() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return before and after, each of shape (CROP_SIZE, CROP_SIZE, 3)."""
    whole = astronaut()
    crop = np.s_[CROP_TOP : CROP_TOP + CROP_SIZE, CROP_LEFT : CROP_LEFT + CROP_SIZE]
    return whole[crop], with_raised_lids(whole)[crop]


def with_raised_lids(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the picture with both upper lids RAISED_PX higher, smoothly, and nothing else changed."""
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    raised = sum(_raised(eye, x, y) for eye in EYES)
    warped = cv2.remap(picture, x, (y + raised).astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.where((raised > 0)[..., None], warped, picture)


def _raised(eye: Eye, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far below each pixel of the new picture its colour stands in the old one."""
    middle, half_width = (eye.inner_x + eye.outer_x) / 2, abs(eye.outer_x - eye.inner_x) / 2
    new_margin_y = eye.margin_y - RAISED_PX
    across = _hill(np.maximum(abs(x - middle) - half_width / 2, 0) / (half_width / 2))
    return RAISED_PX * across * _hill(abs(y - new_margin_y) / LID_REACH_PX)


def _hill(distance: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 at distance 0, falling smoothly to 0 at distance 1."""
    return np.cos(np.minimum(distance, 1) * np.pi / 2) ** 2


if __name__ == "__main__":
    main()
