"""What else may explain a change: the catalogue of confounders, and one that a clinic recorded.

Windows are on the safe side of what product labels and reviews state, and say for how long a photo cannot be told from
one that shows the confounder's own effect. The service's pages and the analysis read this one list.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.errors import InvalidRecordError
from models.measurand import Family

_EYES: Final = frozenset({Family.EYELIDS, Family.PERIORBITAL_LINES, Family.SYMMETRY})
_LOWER_FACE: Final = frozenset({Family.JAWLINE, Family.NASOLABIAL_FOLD})
_ALL: Final = frozenset(Family)


class ConfounderKind(StrEnum):
    """The stable code of each kind."""

    FILLER = "filler"
    TOXIN = "toxin"
    DEVICE = "device"
    SURGERY = "surgery"
    WEIGHT = "weight"
    MAKE_UP = "make_up"
    TIME_OF_DAY = "time_of_day"
    MEDICATION = "medication"
    OTHER = "other"


class ConfounderEffect(StrEnum):
    """What a confounder does to a series."""

    SPLITS = "splits"
    """It changes the face by itself and for long: the course's effect is told from the visits before it alone."""
    LEAVES_OUT = "leaves_out"
    """It spoils the photos of its days, which are left out where it acts; later ones are sound again."""
    MARKS = "marks"
    """It may explain part of a change: the series goes on, and every page says so."""


@dataclass(frozen=True, slots=True)
class ConfounderEntry:
    """One entry of the catalogue.

    Parameters
    ----------
    name : what a page calls it.
    says : what it does, in one sentence for the reader.
    acts_on : families of measurands, where the clinic names none; a difference of left and right goes with its sides.
    settling_days : photos so soon after it show swelling or an unfinished effect.
    lasting_days : for how long its own effect is expected; None where it does not end by itself.
    source : where the times come from.
    """

    kind: ConfounderKind
    name: str
    says: str
    effect: ConfounderEffect
    acts_on: frozenset[Family]
    settling_days: int
    lasting_days: int | None
    source: str


_ENTRIES: Final = (
    ConfounderEntry(
        ConfounderKind.FILLER,
        "Filler",
        "A filler adds volume for months and swells for weeks, and microcurrent is said to shorten its life; six weeks "
        "are advised between the two.",
        ConfounderEffect.SPLITS,
        _ALL,
        42,
        365,
        "Advice of the field: six weeks between filler and microcurrent; hyaluronic acid fillers last 6-18 months",
    ),
    ConfounderEntry(
        ConfounderKind.TOXIN,
        "Botulinum toxin",
        "Botulinum toxin relaxes muscles from about the third day, in full after two weeks, for three to four months: "
        "brows, lids and lines move by themselves.",
        ConfounderEffect.SPLITS,
        _EYES,
        14,
        120,
        "Onset 3-14 days and duration 3-4 months, labels of botulinum toxin type A for glabellar lines",
    ),
    ConfounderEntry(
        ConfounderKind.DEVICE,
        "Another device",
        "Another device (radio frequency, ultrasound, laser, light) acts on the same tissue, for weeks to months.",
        ConfounderEffect.MARKS,
        _ALL,
        14,
        180,
        "Remodelling after radio frequency and ultrasound is reported up to six months",
    ),
    ConfounderEntry(
        ConfounderKind.SURGERY,
        "Surgery",
        "Surgery of the face changes it for good; swelling takes months to go.",
        ConfounderEffect.SPLITS,
        _ALL,
        180,
        None,
        "Swelling after facial surgery settles within about six months",
    ),
    ConfounderEntry(
        ConfounderKind.WEIGHT,
        "Change of weight",
        "A change of weight shows in cheeks, jaw and folds.",
        ConfounderEffect.MARKS,
        _LOWER_FACE,
        0,
        None,
        "Own judgement: a new weight stays until it changes again",
    ),
    ConfounderEntry(
        ConfounderKind.MAKE_UP,
        "Make-up",
        "Make-up hides lines and folds and draws lid margins and brows.",
        ConfounderEffect.LEAVES_OUT,
        frozenset({Family.EYELIDS, Family.PERIORBITAL_LINES, Family.NASOLABIAL_FOLD}),
        0,
        0,
        "Own judgement: that day's photos alone",
    ),
    ConfounderEntry(
        ConfounderKind.TIME_OF_DAY,
        "Another time of day",
        "Lids and cheeks are fuller in the morning than in the evening.",
        ConfounderEffect.MARKS,
        _ALL,
        0,
        0,
        "Own judgement: that day's photos alone",
    ),
    ConfounderEntry(
        ConfounderKind.MEDICATION,
        "Medication",
        "Medication may change the face's water, the lids' muscles or the skin.",
        ConfounderEffect.MARKS,
        _ALL,
        0,
        None,
        "Own judgement: until the clinic says that it ended",
    ),
    ConfounderEntry(
        ConfounderKind.OTHER,
        "Another influence",
        "The clinic recorded something else that may explain part of a change.",
        ConfounderEffect.MARKS,
        _ALL,
        0,
        None,
        "Own judgement: until the clinic says that it ended",
    ),
)

CONFOUNDERS: Final = MappingProxyType({entry.kind: entry for entry in _ENTRIES})


@dataclass(frozen=True, slots=True)
class Confounder:
    """One that a clinic recorded.

    Parameters
    ----------
    since, until : its first and last day; ``until`` None where it was a single event or has not ended.
    families : on what it acts, as the clinic says; None for the catalogue's.
    note : in the clinic's words.
    """

    kind: ConfounderKind
    since: date
    until: date | None = None
    families: frozenset[Family] | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise InvalidRecordError(f"a confounder that ends on {self.until}, before it began on {self.since}")

    @property
    def entry(self) -> ConfounderEntry:
        """What the catalogue says of its kind."""
        return CONFOUNDERS[self.kind]

    @property
    def acts_on(self) -> frozenset[Family]:
        """Families of measurands that it may explain."""
        return self.entry.acts_on if self.families is None else self.families

    @property
    def settled_on(self) -> date:
        """First day on which photos no longer show it unfinished."""
        return (self.until or self.since) + timedelta(days=self.entry.settling_days)

    @property
    def over_on(self) -> date | None:
        """Last day on which its own effect is expected; None where that has no end."""
        days = self.entry.lasting_days
        if days is None:
            return self.until
        return (self.until or self.since) + timedelta(days=days)
