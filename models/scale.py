"""Millimetres per pixel, from the iris."""

from dataclasses import dataclass, replace
from typing import Final

from models.arrays import require_finite
from models.errors import InvalidRecordError

HVID_MM: Final = 11.71
"""Horizontal visible iris diameter. Rüfer, Schröder & Erb 2005, Cornea 24:259-261: mean 11.71 mm, SD 0.42."""

HVID_SD_MM: Final = 0.42
"""Spread of it between persons. It scales all figures of one person alike and cannot hide or make a change."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale in the iris plane.

    Parameters
    ----------
    mm_per_px : of the frame named by whoever holds it.
    relative_uncertainty : standard uncertainty of finding the iris in this photo, as a fraction. The spread between
        persons (HVID_SD_MM / HVID_MM, 3.6 %), or the error of measuring this one's, is not in it: it is the same eye at
        every visit.
    method : ``iris`` (both limbus circles on this photo's pixels), ``iris_of_subject`` (the median over several photos
        of the subject), ``iris_measured`` (the same with the diameter that the clinic measured), or ``iris_mesh`` where
        the circles could not be found.
    iris_mm, iris_uncertainty_mm : the iris' diameter that the scale rests on and its standard uncertainty: the average
        person's with the spread between persons, or this person's own with the error of measuring it.
    """

    mm_per_px: float
    relative_uncertainty: float
    method: str
    iris_mm: float = HVID_MM
    iris_uncertainty_mm: float = HVID_SD_MM

    def __post_init__(self) -> None:
        require_finite("a scale", self.mm_per_px, self.relative_uncertainty, self.iris_mm, self.iris_uncertainty_mm)
        if self.mm_per_px <= 0:
            raise InvalidRecordError(f"a scale must be positive, not {self.mm_per_px}")

    @property
    def px_per_mm(self) -> float:
        """The other way round."""
        return 1 / self.mm_per_px

    def per_pixel_of(self, px_per_pixel: float) -> "Scale":
        """The same scale in a frame of which one pixel is ``px_per_pixel`` pixels of this one."""
        return replace(self, mm_per_px=self.mm_per_px * px_per_pixel)
