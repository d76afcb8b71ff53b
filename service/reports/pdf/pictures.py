"""Photos for paper. They are laid in as they are: decoding is the analysis processes' work and not this one's."""

from collections.abc import Sequence
from typing import Final, TypeVar

MOST_PHOTOS: Final = 24
"""Photos in the strip on paper: four rows of six, with which a PDF of a hundred visits can still be sent."""

_START, _END = b"\xff\xd8\xff", b"\xff\xd9"

Item = TypeVar("Item")


def is_jpeg(content: bytes) -> bool:
    """Whether this is a JPEG with its end, which one that was cut short has not."""
    return content.startswith(_START) and content.rstrip(b"\x00").endswith(_END)


def spread_over(items: Sequence[Item], most: int = MOST_PHOTOS) -> tuple[Item, ...]:
    """At most so many of them, evenly spread, the first and the last among them."""
    if len(items) <= most:
        return tuple(items)
    step = (len(items) - 1) / (most - 1)
    return tuple(items[round(number * step)] for number in range(most))
