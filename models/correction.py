"""A contour that a practitioner placed by hand, in place of the one that the program found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.anatomy import Side
from models.arrays import FloatArray, require_points
from models.errors import InvalidRecordError
from models.measurement import Circle


class ContourName(StrEnum):
    """The contours of one side, by their names in ``contours_px``."""

    IRIS = "iris"
    UPPER_LID = "upper_lid"
    LOWER_LID = "lower_lid"
    JAWLINE = "jawline"
    NASOLABIAL_FOLD = "nasolabial_fold"


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """One contour of one photo as a person placed it, in the pixel frame of the upright photo as uploaded.

    Parameters
    ----------
    shape : the limbus circle for the iris, else the points (n, 2) that the line runs through, in its order: lids from
        the outer canthus to the inner, the jawline from the mouth corner's level to the chin's middle, the fold from
        the wing of the nose downward.
    corrected_by : who placed it, as the clinic calls them.
    """

    side: Side
    contour: ContourName
    shape: Circle | FloatArray
    corrected_by: str
    corrected_at: datetime | None = None

    def __post_init__(self) -> None:
        if isinstance(self.shape, Circle) != (self.contour is ContourName.IRIS):
            raise InvalidRecordError(f"a corrected {self.contour} of the wrong shape")
        if not isinstance(self.shape, Circle):
            require_points("a corrected line", self.shape)


@dataclass(frozen=True, slots=True)
class CorrectionRefused:
    """A correction that cannot be what it says, and why, in one sentence for whoever placed it."""

    reason: str
