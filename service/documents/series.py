"""The series of one subject as JSON. A part that the photos do not carry is null, and a note says why."""

from datetime import date, datetime
from typing import Literal

from pydantic import AliasChoices, Field

from models.anatomy import Side
from models.comparison import Verdict
from models.course import Phase
from models.measurand import Family, MeasurandCode, Unit
from models.series import NoteCode
from service.documents.records import Document, FlagDocument


class ProtocolDocument(Document):
    """What the course was meant to be; ``maintenance_days`` are the shortest and longest time between two sessions."""

    kind: str
    planned_sessions: int
    interval_days: int
    maintenance_days: tuple[int, int] | None


class SeriesVisitDocument(Document):
    """A photo's place in the series; excluded ones are shown, with ``reason``, and count for nothing.

    ``photo`` is an id, or a file's name. ``comparison_id`` is its comparison with the reference, where a service keeps
    one; ``aligned_image`` the address of the photo in the reference's frame, where it could be laid there; ``sha256``
    is that of the file as uploaded.
    """

    photo: str
    visit_id: str | None = None
    taken_at: datetime
    phase: Phase
    treatment_number: int | None
    verdict: Literal["usable", "excluded"]
    reason: str | None
    flags: tuple[FlagDocument, ...]
    notes: str | None = None
    comparison_id: str | None = None
    aligned_image: str | None = None
    sha256: str | None = None


class PointDocument(Document):
    """The change from the baseline to one photo; null with a reason where it could not be had.

    ``counts`` is false where the point is shown and may not enter the lasting effect; ``reason`` then says why.
    """

    photo: str
    taken_at: datetime
    phase: Phase
    change_from_baseline: float | None
    standard_uncertainty: float | None
    ci95: tuple[float, float] | None
    counts: bool
    reason: str | None


class EffectDocument(Document):
    """One thing that the series says of a measurand.

    ``verdict`` holds over everything that the series claims, taken together (Holm); ``own_verdict`` is this effect's by
    itself, and is what ``ci95`` shows. ``n`` counts the photos, or pairs of photos, that it rests on.
    """

    change: float
    standard_uncertainty: float
    ci95: tuple[float, float]
    mdc95: float
    verdict: Verdict
    own_verdict: Verdict
    p_value: float
    family_p_value: float
    reason: str | None
    at: datetime | None
    n: int
    meaning: str | None = None


class DecayDocument(EffectDocument):
    """What became of the effect after the last session; the half-life where enough later visits carry one."""

    half_life_weeks: float | None
    half_life_ci95: tuple[float, float] | None


class TrendDocument(Document):
    """The average change a week over the induction; ``scatter`` is the visits' SD beyond what the photos explain."""

    per_week: float
    ci95: tuple[float, float]
    n: int
    scatter: float
    verdict: Verdict


class MeasurandSeriesDocument(Document):
    """All that the series says of one measurand on one side."""

    measurand: MeasurandCode
    side: Side | None
    name: str
    family: Family
    what: str
    unit: Unit
    points: tuple[PointDocument, ...]
    cumulative: EffectDocument | None
    acute: EffectDocument | None
    after_course: DecayDocument | None
    maintenance: EffectDocument | None
    trend: TrendDocument | None


class NoteDocument(Document):
    """Something to know beside the figures; the JSON calls ``since`` ``from``."""

    code: NoteCode
    says: str
    since: date | None = Field(serialization_alias="from", validation_alias=AliasChoices("from", "since"))
    until: date | None
    measurands: tuple[MeasurandCode, ...]


class DueDocument(Document):
    """What comes next by the protocol, and between which days."""

    what: str
    says: str
    since: date
    until: date


class SeriesDocument(Document):
    """What a course did to one face, how sure that is, and what else may explain it.

    ``pending`` counts comparisons that are still to be made; the figures are without them.
    """

    method_version: str
    baseline: tuple[str, ...]
    reference: str | None
    protocol: ProtocolDocument
    visits: tuple[SeriesVisitDocument, ...]
    measurands: tuple[MeasurandSeriesDocument, ...]
    notes: tuple[NoteDocument, ...]
    due: DueDocument | None
    pending: int = 0
