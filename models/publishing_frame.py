"""The rectangle that both photos of a published pair are cut to."""

from dataclasses import dataclass

from models.arrays import require_finite


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The one rectangle of the aligned frame that both photos are cut to.

    Parameters
    ----------
    left, top : centre of the top-left output pixel, in the aligned frame.
    px_per_aligned : output pixels per pixel of the aligned frame.
    size_px : (width, height) of each photo.
    """

    left: float
    top: float
    px_per_aligned: float
    size_px: tuple[int, int]

    def __post_init__(self) -> None:
        require_finite("a frame", self.left, self.top, self.px_per_aligned)
