"""How much photos of one unchanged face differ: what a repeatability study is made of, and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.anatomy import Side
from models.arrays import require_finite
from models.measurand import MEASURANDS, MeasurandCode, Unit
from models.measurement import NotAssessable

FLOOR_TERM: Final = "repeatability in this clinic"
"""Source of the error term that makes up what the clinic's own study found beyond the pair's own error."""

LEAST_DEGREES_OF_FREEDOM: Final = 6.0
"""A SEM on fewer says too little to widen others' intervals: on six it may still be 0.64 to 2.2 times as large."""

Interval = tuple[float, float]
"""A 95 % interval: low, high."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One measurand on one side; None for a measurand of the whole face."""

    measurand: MeasurandCode
    side: Side | None


@dataclass(frozen=True, slots=True)
class Recapture:
    """One photo of a face that was taken several times without any change.

    Parameters
    ----------
    person : names whose face it is; the same in all of that person's photos.
    group : the set it belongs to where captures come in two, as of two operators or cameras; empty where they do not.
    values : what the photo shows by itself, in the catalogue's ``unit``; a cell that it does not carry is missing.
    """

    key: str
    person: str
    group: str
    values: Mapping[Cell, float]


@dataclass(frozen=True, slots=True)
class RecapturePair:
    """Two photos of one person, compared as a report compares them.

    Parameters
    ----------
    before, after : keys of the photos.
    changes : in the catalogue's ``change_unit``; None where the comparison refused it.
    """

    before: str
    after: str
    changes: Mapping[Cell, float | None]


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """ICC(A,1): share of the spread between single photos that is the persons' own.

    Parameters
    ----------
    persons, captures : rows and columns of the complete table that it rests on.
    """

    value: float
    ci95: Interval
    persons: int
    captures: int

    def __post_init__(self) -> None:
        require_finite("an intraclass correlation", self.value, *self.ci95)


@dataclass(frozen=True, slots=True)
class LimitsOfAgreement:
    """Bias of one set of captures against another, and between which limits 95 % of single differences lie.

    Parameters
    ----------
    first, second : names of the sets; differences are second less first, in the unit of the SEM.
    """

    first: str
    second: str
    bias: float
    bias_ci95: Interval
    lower: float
    lower_ci95: Interval
    upper: float
    upper_ci95: Interval
    n: int

    def __post_init__(self) -> None:
        require_finite("limits of agreement", self.bias, *self.bias_ci95, *self.lower_ci95, *self.upper_ci95)


@dataclass(frozen=True, slots=True)
class Spread:
    """The within-subject SD of one photo (SEM) and the smallest change that two photos can show (MDC95).

    Parameters
    ----------
    sem, mdc95 : in the catalogue's ``change_unit``; for ``%`` hundredths of the natural logarithm of the ratio.
    degrees_of_freedom : of the SEM.
    pairs : comparisons that it rests on.
    from_photos : degrees of freedom that the photos alone give, however many sides of them were measured.
    """

    sem: float
    sem_ci95: Interval
    mdc95: float
    mdc95_ci95: Interval
    degrees_of_freedom: float
    pairs: int
    from_photos: float

    def __post_init__(self) -> None:
        require_finite("a repeatability", self.sem, *self.sem_ci95, self.mdc95, *self.mdc95_ci95)


@dataclass(frozen=True, slots=True)
class Repeatability:
    """All that a study says of one measurand: on one side, on the whole face, or pooled over both sides.

    Parameters
    ----------
    side : None for the whole face, and where ``pooled``.
    spread, icc, agreement : or why there is none; ``agreement`` is None where captures do not come in two sets.
    refused : comparisons that did not give this figure.
    """

    measurand: MeasurandCode
    side: Side | None
    pooled: bool
    spread: Spread | NotAssessable
    icc: IntraclassCorrelation | NotAssessable
    agreement: LimitsOfAgreement | NotAssessable | None
    refused: int

    @property
    def unit(self) -> Unit:
        """Unit of every figure but the ICC, which has none."""
        return MEASURANDS[self.measurand].change_unit

    @property
    def floor(self) -> float | None:
        """The SEM that other comparisons of the clinic may count on; None where the study is too small for it."""
        if self.side is not None or isinstance(self.spread, NotAssessable):
            return None
        return self.spread.sem if self.spread.from_photos >= LEAST_DEGREES_OF_FREEDOM else None


@dataclass(frozen=True, slots=True)
class StudyResult:
    """What a repeatability study found.

    Parameters
    ----------
    persons, photos : that it rests on.
    measures : in the catalogue's order, each side, then both sides pooled.
    degrees_of_freedom : of its best founded figure of one side.
    more_photos : further re-captures, in all, that bring the SEM's interval within 20 % of it.
    """

    persons: int
    photos: int
    measures: tuple[Repeatability, ...]
    degrees_of_freedom: float
    more_photos: int
