"""What a pair is published as: layout, crop, size, and what became of the photos on the way."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from models.consent import Region


class Layout(StrEnum):
    """How the two photos stand together."""

    PAIR = "pair"
    """Two pictures, in one zip."""
    SIDE_BY_SIDE = "side_by_side"
    STACKED = "stacked"
    SLIDER = "slider"
    """A page of its own with a handle to draw across."""
    GIF = "gif"
    WEBP = "webp"
    """Animated, as the GIF is."""
    MP4 = "mp4"


class ImageType(StrEnum):
    """The file format of still pictures."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


class Aspect(StrEnum):
    """Width to height of each photo."""

    ORIGINAL = "original"
    """The first photo's own for the whole face, the region's own for a part of it."""
    SQUARE = "1:1"
    PORTRAIT = "4:5"
    STORY = "9:16"
    WIDE = "16:9"

    @property
    def ratio(self) -> float | None:
        """Width over height; None where the photo or the region gives it."""
        if self is Aspect.ORIGINAL:
            return None
        width, height = self.split(":")
        return int(width) / int(height)


class Size(StrEnum):
    """How large the finished picture is; never larger than the photos carry."""

    ORIGINAL = "original"
    """At most 4500 px long, as is all that a process has memory for."""
    PRINT = "print"
    """At most 4000 px long, marked as 300 dots an inch."""
    SOCIAL = "social"
    """At most 1080 px wide."""


ANIMATED: Final = frozenset({Layout.GIF, Layout.WEBP})
MOVING: Final = ANIMATED | {Layout.MP4}
ONE_BY_ONE: Final = frozenset({Layout.PAIR, Layout.SLIDER})
"""Layouts that are made of two pictures."""


@dataclass(frozen=True, slots=True)
class Publishing:
    """What is asked for.

    Parameters
    ----------
    eye_bar : whether an opaque bar hides both photos' eyes.
    """

    layout: Layout
    image_type: ImageType = ImageType.JPEG
    aspect: Aspect = Aspect.ORIGINAL
    region: Region = Region.FACE
    size: Size = Size.ORIGINAL
    eye_bar: bool = False


@dataclass(frozen=True, slots=True)
class NotPublishable:
    """A pair or a part of it that cannot be published as asked, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Texts:
    """What is written below the photos, never over them.

    Parameters
    ----------
    caption : lines; none where no caption was asked for.
    """

    before: str
    after: str
    caption: tuple[str, ...] = ()
