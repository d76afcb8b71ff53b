"""The finished picture: the photos side by side, below each other or one after the other, with what is written below.

Nothing is ever drawn over a photo here; the eye bar is part of the photos by then.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from analysis.publishing.pictures import GAP
from models.arrays import Pixels
from models.publishing import MOVING, Layout, Texts

_PAPER: Final = (255, 255, 255)
_INK: Final = (28, 30, 34)
_LABEL_HEIGHT: Final = 0.028
"""Of the label's letters, in widths of the finished picture."""
_CAPTION_HEIGHT: Final = 0.022
_LOGO_HEIGHT: Final = 0.11
_MARGIN: Final = 0.03
_LEADING: Final = 1.45
_LEAST_LETTERS_PX: Final = 11


def laid_out(layout: Layout, before: Pixels, after: Pixels, texts: Texts, logo: Pixels | None = None) -> list[Pixels]:
    """The finished pictures: two of a moving picture or where each stands alone, else one.

    Parameters
    ----------
    before, after : of one size.
    logo : RGBA; drawn below the photos.
    """
    if layout in {Layout.PAIR, Layout.SLIDER}:
        return [before, after]
    side_by_side = layout is Layout.SIDE_BY_SIDE
    finished_px = before.shape[1] * (2 if side_by_side else 1)
    first, second = _named(before, texts.before, finished_px), _named(after, texts.after, finished_px)
    if layout in MOVING:
        return [_with_caption(one, texts.caption, logo) for one in (first, second)]
    joined = _beside(first, second) if side_by_side else np.vstack([first, second])
    return [_with_caption(np.asarray(joined, dtype=np.uint8), texts.caption, logo)]


def _beside(first: Pixels, second: Pixels) -> Pixels:
    gap = max(2, round(2 * first.shape[1] * GAP))
    return np.hstack([first, _blank(gap, first.shape[0]), second])


def _blank(width: int, height: int) -> Pixels:
    return np.full((height, width, 3), _PAPER, dtype=np.uint8)


def _named(picture: Pixels, label: str, finished_px: int) -> Pixels:
    """The picture with its name below, as large as suits the finished picture's width."""
    band = _text_band(picture.shape[1], [label], finished_px * _LABEL_HEIGHT, round(finished_px * _MARGIN))
    return np.vstack([picture, band])


def _with_caption(picture: Pixels, lines: Sequence[str], logo: Pixels | None) -> Pixels:
    width = picture.shape[1]
    bands = [picture]
    if lines:
        bands.append(_text_band(width, lines, width * _CAPTION_HEIGHT, round(width * _MARGIN)))
    if logo is not None:
        bands.append(_logo_band(width, logo))
    return np.vstack(bands)


def _text_band(width: int, lines: Iterable[str], letters_px: float, margin: int) -> Pixels:
    font = _font(max(_LEAST_LETTERS_PX, round(letters_px)))
    step = round(font.size * _LEADING)
    rows = [row for line in lines for row in _wrapped(line, font, width - 2 * margin)]
    band = Image.new("RGB", (width, step * len(rows) + margin), _PAPER)
    draw = ImageDraw.Draw(band)
    for number, row in enumerate(rows):
        draw.text((margin, margin // 2 + number * step), row, font=font, fill=_INK)
    return np.asarray(band, dtype=np.uint8)


def _wrapped(line: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """Rows no wider than ``width``, unless a single word is."""
    row = ""
    for word in line.split():
        longer = f"{row} {word}".strip()
        if row and font.getlength(longer) > width:
            yield row
            longer = word
        row = longer
    yield row


def _logo_band(width: int, logo: Pixels) -> Pixels:
    margin, height = round(width * _MARGIN), round(width * _LOGO_HEIGHT)
    sign = Image.fromarray(logo)
    sign.thumbnail((width - 2 * margin, height))
    band = Image.new("RGB", (width, sign.height + margin), _PAPER)
    band.paste(sign, (margin, 0), sign)
    return np.asarray(band, dtype=np.uint8)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, for its many letters; it comes with matplotlib, which the face model's library needs."""
    matplotlib = find_spec("matplotlib")
    assert matplotlib is not None  # noqa: S101  locked
    assert matplotlib.origin is not None  # noqa: S101  an ordinary package
    return ImageFont.truetype(Path(matplotlib.origin).parent / "mpl-data/fonts/ttf/DejaVuSans.ttf", size)
