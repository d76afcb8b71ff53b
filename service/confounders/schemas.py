"""The JSON of confounders and of their catalogue."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from models.confounder import ConfounderEffect, ConfounderEntry, ConfounderKind
from models.measurand import Family
from service.confounders.repository import Region, confounder_of, regions_of
from service.database.tables import RecordedConfounder
from service.fields import Day, Notes, Patch

_Day = Annotated[Day | None, Field(validation_alias="date", serialization_alias="date")]
_Since = Annotated[Day | None, Field(validation_alias="from", serialization_alias="from")]
_Regions = Annotated[
    list[Region], Field(min_length=1, max_length=20, description="On what it acts, where the catalogue is too broad.")
]


class NewConfounder(BaseModel):
    """Something beside the course that may explain a change: its kind, and its day or its first and last one.

    Give `date` or, which is the same, `from`. Without `until` it was a single event, or it has not ended. Without
    `regions` it acts on what the catalogue says (`GET /v1/confounder-kinds`).
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "filler", "date": "2026-04-10", "regions": ["nasolabial_fold"]}]},
    )

    kind: ConfounderKind
    day: _Day = None
    since: _Since = None
    until: Day | None = None
    regions: _Regions | None = None
    notes: Notes | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if (self.day is None) == (self.since is None):
            raise ValueError("give its day as 'date', or its first day as 'from'")
        wrong = impossible(self.first_day, self.until)
        if wrong is not None:
            raise ValueError(wrong)
        return self

    @property
    def first_day(self) -> date:
        """``date`` or ``from``, whichever was given."""
        first = self.day or self.since
        assert first is not None  # noqa: S101  validated
        return first


class ConfounderPatch(Patch):
    """What is to change of a confounder, for instance that it ended; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2026-05-02"}]})
    never_null: ClassVar[frozenset[str]] = frozenset({"kind", "day", "since"})

    kind: ConfounderKind | None = None
    day: _Day = None
    since: _Since = None
    until: Day | None = None
    regions: _Regions | None = None
    notes: Notes | None = None

    @model_validator(mode="after")
    def _one_first_day(self) -> Self:
        if self.day is not None and self.since is not None:
            raise ValueError("give either 'date' or 'from'")
        return self


class ConfounderAnswer(BaseModel):
    """A confounder. ``regions`` are those that the clinic named, ``acts_on`` those that the series takes it to act on.

    Photos before ``settled_on`` may show it unfinished; after ``over_on`` its own effect is over, null where it does
    not end by itself.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    id: str
    subject_id: str
    kind: ConfounderKind
    name: str
    effect: ConfounderEffect
    since: date = Field(serialization_alias="from", validation_alias=AliasChoices("from", "since"))
    until: date | None
    regions: tuple[Region, ...] | None
    acts_on: tuple[Region, ...]
    settled_on: date
    over_on: date | None
    notes: str | None
    created_at: datetime

    @classmethod
    def of(cls, row: RecordedConfounder) -> Self:
        """From the row and the catalogue."""
        confounder = confounder_of(row)
        return cls(
            id=row.id,
            subject_id=row.subject_id,
            kind=confounder.kind,
            name=confounder.entry.name,
            effect=confounder.entry.effect,
            since=row.since,
            until=row.until,
            regions=regions_of(row),
            acts_on=_regions(confounder.acts_on),
            settled_on=confounder.settled_on,
            over_on=confounder.over_on,
            notes=row.notes,
            created_at=row.created_at,
        )


class ConfounderKindAnswer(BaseModel):
    """An entry of the catalogue: what it does to a series, where, for how long, and how that is known.

    ``effect``: ``splits`` ends the series before it, ``leaves_out`` leaves out the photos of its days, ``marks`` is
    told on every page. ``lasting_days`` is null where it does not end by itself.
    """

    kind: ConfounderKind
    name: str
    says: str
    effect: ConfounderEffect
    acts_on: tuple[Region, ...]
    settling_days: int
    lasting_days: int | None
    source: str

    @classmethod
    def of(cls, entry: ConfounderEntry) -> Self:
        """From the catalogue."""
        own = {name: getattr(entry, name) for name in cls.model_fields if name != "acts_on"}
        return cls(**own, acts_on=_regions(entry.acts_on))


def impossible(since: date, until: date | None) -> str | None:
    """Why a confounder cannot have these days, or None."""
    return f"until ({until}) lies before its first day ({since})" if until is not None and until < since else None


def columns(sent: dict[str, Any]) -> dict[str, Any]:
    """The fields as the row has them."""
    given = {name: value for name, value in sent.items() if name not in {"day", "since"}}
    first_day = sent.get("day") or sent.get("since")
    if first_day is not None:
        given["since"] = first_day
    if given.get("regions") is not None:
        given["regions"] = " ".join(sorted(set(given["regions"])))
    return given


def _regions(families: Iterable[Family]) -> tuple[Region, ...]:
    return tuple(region for region in Region if region.family in set(families))
