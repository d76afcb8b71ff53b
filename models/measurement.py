"""A measurement: never a bare number."""

from dataclasses import dataclass

import numpy as np

from models.anatomy import Side
from models.arrays import FloatArray, require_finite, require_points
from models.errors import InvalidRecordError
from models.measurand import MEASURANDS, MeasurandCode


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its standard uncertainty, in the unit of whoever holds it."""

    value: float
    standard_uncertainty: float

    def __post_init__(self) -> None:
        require_finite("an estimate", self.value, self.standard_uncertainty)
        if self.standard_uncertainty < 0:
            raise InvalidRecordError("a standard uncertainty must not be negative")


@dataclass(frozen=True, slots=True)
class NotAssessable:
    """A figure that could not be had, and why, in one sentence for the reader."""

    reason: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measurand's value in one photo, in the catalogue's ``unit``."""

    measurand: MeasurandCode
    side: Side | None
    result: Estimate | NotAssessable

    def __post_init__(self) -> None:
        if MEASURANDS[self.measurand].sided != (self.side is not None):
            raise InvalidRecordError(f"{self.measurand} with side {self.side}")


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle in the frame of whoever holds it."""

    x: float
    y: float
    radius: float

    def __post_init__(self) -> None:
        require_finite("a circle", self.x, self.y, self.radius)

    @property
    def centre(self) -> FloatArray:
        """(2,)."""
        return np.array([self.x, self.y])


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """A line found on pixels: points (n, 2) and the standard uncertainty of its position across, in mm."""

    points: FloatArray
    uncertainty_mm: float

    def __post_init__(self) -> None:
        require_points("a contour", self.points)
        require_finite("a contour's uncertainty", self.uncertainty_mm)


@dataclass(frozen=True, slots=True, eq=False)
class SideContours:
    """What was found on one side of one photo, in the face frame; a reason where it was not found.

    Lids run from canthus to canthus, the jawline from the mouth corner's level to the chin's middle.
    """

    iris: Circle | NotAssessable
    upper_lid: Contour | NotAssessable
    lower_lid: Contour | NotAssessable
    jawline: Contour | NotAssessable
    nasolabial_fold: Contour | NotAssessable

    @property
    def eye(self) -> "EyeContours | NotAssessable":
        """Iris and both lids together, or the first reason why one is missing."""
        iris, upper, lower = self.iris, self.upper_lid, self.lower_lid
        if isinstance(iris, NotAssessable):
            return iris
        if isinstance(upper, NotAssessable):
            return upper
        return lower if isinstance(lower, NotAssessable) else EyeContours(iris, upper, lower)


@dataclass(frozen=True, slots=True, eq=False)
class EyeContours:
    """An eye of which everything was found."""

    iris: Circle
    upper_lid: Contour
    lower_lid: Contour
