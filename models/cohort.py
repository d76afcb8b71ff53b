"""What a clinic's courses changed, over its subjects: distributions without any subject in them."""

from dataclasses import dataclass
from typing import Final

from models.anatomy import Side
from models.arrays import require_finite
from models.comparison import Verdict
from models.measurand import MeasurandCode

FEWEST_SUBJECTS: Final = 5
"""Of fewer nothing is shown: a figure of four is nearly a figure of each. The usual least cell of health statistics."""

Interval = tuple[float, float]
"""A 95 % interval: low, high."""


@dataclass(frozen=True, slots=True)
class CohortChange:
    """One subject's lasting change of one measurand, in the catalogue's ``change_unit``.

    Parameters
    ----------
    verdict : of this change by itself, against its own MDC95.
    """

    measurand: MeasurandCode
    side: Side | None
    change: float
    standard_uncertainty: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class CohortMember:
    """One subject's latest series: by which protocol, and what it changed. It carries nothing that names anyone."""

    kind: str
    changes: tuple[CohortChange, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of ``n`` subjects, with Wilson's 95 % interval of the share."""

    count: int
    n: int
    value: float
    ci95: Interval


@dataclass(frozen=True, slots=True)
class RandomEffects:
    """The mean change of subjects like these, and how much they truly differ from one another.

    Parameters
    ----------
    ci95 : of the mean.
    between_sd : SD of the subjects' true changes, the error of measuring taken out.
    """

    mean: float
    ci95: Interval
    between_sd: float
    between_sd_ci95: Interval

    def __post_init__(self) -> None:
        require_finite("random effects", self.mean, *self.ci95, self.between_sd, *self.between_sd_ci95)


@dataclass(frozen=True, slots=True)
class Dot:
    """One change among the others of its measure; they are sorted, so none says whose it is."""

    change: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class CohortMeasure:
    """The changes of one measurand on one side.

    Parameters
    ----------
    quartiles : first and third.
    increased, decreased, either : subjects whose own change is detectable, by its direction.
    expected_either : subjects that 95 % intervals call changed where nothing changed: one in twenty, half each way.
    """

    measurand: MeasurandCode
    side: Side | None
    dots: tuple[Dot, ...]
    median: float
    quartiles: Interval
    increased: Share
    decreased: Share
    either: Share
    expected_either: float
    effects: RandomEffects

    @property
    def n(self) -> int:
        """Subjects."""
        return len(self.dots)


@dataclass(frozen=True, slots=True)
class TooFew:
    """A measure of which too few subjects have a figure, so that none is shown."""

    measurand: MeasurandCode
    side: Side | None
    missing: int


@dataclass(frozen=True, slots=True)
class CohortGroup:
    """Subjects of one kind of protocol, or of all of them.

    Parameters
    ----------
    kind : None for all.
    missing : subjects that are missing until anything is shown; 0 where it is.
    """

    kind: str | None
    subjects: int
    missing: int
    measures: tuple[CohortMeasure, ...] = ()
    too_few: tuple[TooFew, ...] = ()


@dataclass(frozen=True, slots=True)
class Cohort:
    """All subjects together, and split by the kind of their protocol.

    Parameters
    ----------
    left_out : subjects of kinds too small to be shown that are not in the whole either, because subtracting the other
        kinds from the whole would show them.
    """

    whole: CohortGroup
    kinds: tuple[CohortGroup, ...]
    left_out: int
