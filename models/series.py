"""The series of one subject: what goes in, and what a course of treatments did."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from models.anatomy import Side
from models.arrays import require_finite
from models.comparison import Change, Verdict
from models.course import Phase
from models.measurand import MeasurandCode

DETECTABLE: Final = frozenset({Verdict.DETECTABLE_INCREASE, Verdict.DETECTABLE_DECREASE})


# ---- what goes in ----


@dataclass(frozen=True, slots=True)
class SeriesPhoto:
    """One photo of the series, as far as planning and telling it need.

    Parameters
    ----------
    key : names it: an id, or a file's name.
    taken_at : with its zone, or by the clinic's clock without one; all of a series alike.
    treatment_number : of that day's session, or of the last one had.
    unusable : why the photo by itself cannot be measured; empty where it can.
    yaw_deg, pitch_deg : pose of the head, where it is known.
    notes : what the clinic wrote of the visit.
    sha256 : of the file as uploaded, in hexadecimal digits; empty where it is not known.
    """

    key: str
    taken_at: datetime
    phase: Phase
    treatment_number: int | None = None
    unusable: str = ""
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    notes: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class SeriesPair:
    """What a comparison of two photos of the series found.

    Parameters
    ----------
    before, after : keys of the photos.
    incomparable : why nothing could be compared; empty where something could.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    incomparable: str = ""


# ---- what comes out ----


class NoteCode(StrEnum):
    """The stable code of what a series says beside its figures; a confounder's is ``confounder_`` and its kind."""

    CONFOUNDER_FILLER = "confounder_filler"
    CONFOUNDER_TOXIN = "confounder_toxin"
    CONFOUNDER_DEVICE = "confounder_device"
    CONFOUNDER_SURGERY = "confounder_surgery"
    CONFOUNDER_WEIGHT = "confounder_weight"
    CONFOUNDER_MAKE_UP = "confounder_make_up"
    CONFOUNDER_TIME_OF_DAY = "confounder_time_of_day"
    CONFOUNDER_MEDICATION = "confounder_medication"
    CONFOUNDER_OTHER = "confounder_other"
    NO_BASELINE = "no_baseline"
    ONE_BASELINE = "one_baseline"
    NO_END_OF_COURSE = "no_end_of_course"
    NO_ACUTE_PAIR = "no_acute_pair"
    NO_FOLLOW_UP = "no_follow_up"
    NO_HALF_LIFE = "no_half_life"
    NO_TREND = "no_trend"
    NO_MAINTENANCE = "no_maintenance"
    VISITS_EXCLUDED = "visits_excluded"
    STEP = "step"
    LOOPS_OPEN = "loops_open"
    UNTREATED_DRIFT = "untreated_drift"
    CLINIC_REPEATABILITY = "clinic_repeatability"


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know beside the figures.

    Parameters
    ----------
    says : in one or two sentences for the reader.
    since, until : the days that it concerns, where it concerns days.
    measurands : those that it concerns; empty for all.
    """

    code: NoteCode
    says: str
    since: date | None = None
    until: date | None = None
    measurands: tuple[MeasurandCode, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesVisit:
    """A photo's place in the series, and whether its figures count.

    Parameters
    ----------
    excluded_because : empty where it is not.
    """

    photo: SeriesPhoto
    excluded_because: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """The change of one measurand from the baseline to one photo, in the catalogue's ``change_unit``.

    Parameters
    ----------
    change, standard_uncertainty : None where it could not be had, and then ``reason`` says why. Baseline photos have
        theirs too: how far each lies from their mean.
    counts : whether it may enter the course's lasting effect; ``reason`` says why not.
    """

    key: str
    taken_at: datetime
    phase: Phase
    change: float | None
    standard_uncertainty: float | None
    counts: bool
    reason: str = ""

    def __post_init__(self) -> None:
        require_finite("a point of a series", self.change, self.standard_uncertainty)


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a series says of a measurand: the lasting effect, the passing one, what became of it later.

    Parameters
    ----------
    half_width : of the 95 % interval.
    own_verdict : of this effect by itself.
    verdict : the one that holds over everything that the series claims, taken together (Holm).
    p_value, family_p : two-sided, by itself and taken together.
    at : of the photo at whose time it is told, where there is one.
    n : photos, or pairs of photos, that it rests on.
    reason : what the verdict's reader must know: what it stops short of, or why nothing can be said.
    half_life_weeks, half_life_ci95 : of a loss after the last session.
    """

    change: float
    standard_uncertainty: float
    half_width: float
    own_verdict: Verdict
    p_value: float
    at: datetime | None
    n: int
    verdict: Verdict = Verdict.WITHIN_MEASUREMENT_ERROR
    family_p: float = 1.0
    reason: str = ""
    half_life_weeks: float | None = None
    half_life_ci95: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        require_finite("an effect", self.change, self.standard_uncertainty, self.half_width, self.half_life_weeks)

    @property
    def ci95(self) -> tuple[float, float]:
        """95 % interval."""
        return self.change - self.half_width, self.change + self.half_width

    @property
    def mdc95(self) -> float:
        """Smallest change that is detectable: a true zero exceeds it once in twenty."""
        return self.half_width


@dataclass(frozen=True, slots=True)
class Trend:
    """The average change a week over the induction.

    Parameters
    ----------
    per_week, half_width : in the ``change_unit`` a week, with the half width of the 95 % interval.
    n : visits that it rests on.
    scatter : SD of the visits about the line beyond what the photos' own errors explain.
    """

    per_week: float
    half_width: float
    n: int
    scatter: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class MeasurandSeries:
    """All that a series says of one measurand on one side; a part that the photos do not carry is None."""

    measurand: MeasurandCode
    side: Side | None
    points: tuple[Point, ...]
    cumulative: Effect | None
    acute: Effect | None
    after_course: Effect | None
    maintenance: Effect | None
    trend: Trend | None


@dataclass(frozen=True, slots=True)
class Due:
    """What comes next by the protocol.

    Parameters
    ----------
    what : ``session`` n, a ``follow_up``, or ``maintenance``.
    since, until : first and last day on which it should be.
    """

    what: str
    says: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Series:
    """What a course did to one face, how sure that is, and what else may explain it.

    Parameters
    ----------
    baseline : keys of the photos whose mean is zero.
    reference : key of the photo that all others were laid on.
    """

    baseline: tuple[str, ...]
    reference: str | None
    visits: tuple[SeriesVisit, ...]
    measurands: tuple[MeasurandSeries, ...]
    notes: tuple[Note, ...]
    due: Due | None
