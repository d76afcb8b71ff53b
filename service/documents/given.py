"""What is known of photos beyond their pixels, as it travels to the analysis: corrections, the iris, bursts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from analysis.correction_checks import MOST_POINTS
from models.anatomy import Side, View
from models.correction import ContourName, Correction
from models.measurand import MeasurandCode
from models.measurement import Circle, Estimate

MOST_FRAMES: Final = 6
"""Photos of one visit and view that a comparison looks at."""

RULER_MM: Final = 0.14
"""Standard uncertainty of a diameter read on a ruler to half a millimetre: a quarter over the root of three."""

Placer = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]
_Coordinate = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
_GivenPoint = tuple[_Coordinate, _Coordinate]


class PlacedShape(BaseModel):
    """A contour placed by hand, in the pixels of the upright photo: a line's points, or the iris' circle."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: tuple[_GivenPoint, ...] | None = Field(default=None, min_length=1, max_length=MOST_POINTS)
    centre: _GivenPoint | None = None
    radius: float | None = Field(default=None, gt=0, le=1e6, allow_inf_nan=False)

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        circle = self.centre is not None and self.radius is not None
        if circle == (self.points is not None) or (self.centre is None) != (self.radius is None):
            raise ValueError("give either points, or centre and radius")
        return self


class PlacedContour(PlacedShape):
    """A correction of one contour of one photo.

    ``sha256`` names the photo where several are at hand.
    """

    side: Side
    contour: ContourName
    corrected_by: Placer
    corrected_at: datetime | None = None
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")

    @model_validator(mode="after")
    def _fits_its_contour(self) -> Self:
        if (self.contour is ContourName.IRIS) != (self.points is None):
            raise ValueError("an iris is given by centre and radius, a line by its points")
        return self

    @property
    def correction(self) -> Correction:
        """As the analysis takes it."""
        if self.points is not None:
            shape: Circle | np.ndarray[tuple[int, ...], np.dtype[np.float64]] = np.array(self.points, dtype=np.float64)
        else:
            assert self.centre is not None  # noqa: S101  validated
            assert self.radius is not None  # noqa: S101  validated
            shape = Circle(*self.centre, self.radius)
        return Correction(self.side, self.contour, shape, self.corrected_by, self.corrected_at)


class CorrectionsFile(BaseModel):
    """The file of ``--corrections``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corrections: tuple[PlacedContour, ...]


class GivenIris(BaseModel):
    """The iris' diameter that the clinic measured."""

    model_config = ConfigDict(frozen=True)

    mm: float
    standard_uncertainty_mm: float = RULER_MM

    @property
    def estimate(self) -> Estimate:
        """As the analysis takes it."""
        return Estimate(self.mm, self.standard_uncertainty_mm)


class GivenSubject(BaseModel):
    """What is known of the subject.

    ``iris_shares`` are those of further accepted photos (:func:`analysis.subject_scale.iris_share`).
    """

    model_config = ConfigDict(frozen=True)

    iris: GivenIris | None = None
    iris_shares: tuple[float, ...] = ()


class GivenStudy(BaseModel):
    """A repeatability study of the clinic: what names it."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    made_on: date


class GivenFloor(BaseModel):
    """How much a measurand differs between two photos of an unchanged face in this clinic, and who found it.

    ``change_sd`` is the SD of such a difference, in the measurand's ``change_unit``.
    """

    model_config = ConfigDict(frozen=True)

    measurand: MeasurandCode
    change_sd: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    studies: tuple[GivenStudy, ...]


class Given(BaseModel):
    """What travels beside the uploads of one job: corrections of each photo, and what is known of subject and clinic.

    ``befores`` says how many of a comparison's photos are befores. ``checked`` corrections are not checked again.
    """

    model_config = ConfigDict(frozen=True)

    corrections: tuple[tuple[PlacedContour, ...], ...] = ()
    subject: GivenSubject = GivenSubject()
    view: View = View.FRONTAL
    befores: int = 1
    checked: bool = False
    floors: tuple[GivenFloor, ...] = ()


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo's bytes and the corrections of its contours."""

    upload: bytes
    corrections: tuple[PlacedContour, ...] = ()
