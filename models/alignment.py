"""How two photos of one face lie on each other."""

from dataclasses import dataclass
from typing import Final

from models.arrays import FloatArray, require_finite

ALIGNED_SIZE_PX: Final = (1200, 1500)
"""(width, height) of the pair's common frame that is shown and exported."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """The similarity that is shown, and how well the rigid part of the face fits.

    Parameters
    ----------
    before_to_aligned, after_to_aligned : (3, 3) from each photo's pixel frame to the aligned frame: rotation, scale and
        translation alone.
    residual_mm : RMS distance of rigid skin from where the fitted head motion puts it; None when the photos are laid on
        each other by landmarks alone, to be looked at and not measured.
    yaw_deg, pitch_deg, roll_deg : rotation of the head from before to after, with the signs of a head pose.
    """

    before_to_aligned: FloatArray
    after_to_aligned: FloatArray
    residual_mm: float | None
    yaw_deg: float
    pitch_deg: float
    roll_deg: float

    def __post_init__(self) -> None:
        require_finite("an alignment", self.residual_mm, self.yaw_deg, self.pitch_deg, self.roll_deg)


@dataclass(frozen=True, slots=True)
class AlignmentRefused:
    """Two photos that could not be laid on each other, with what was reached.

    Parameters
    ----------
    residual_mm : None when too little of the face was found again for a fit.
    """

    reason: str
    residual_mm: float | None
