"""The JSON of consents."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from models.consent import ConsentEnd, ConsentState, Purpose, Region
from service.consents.repository import consent_of
from service.consents.withdrawal import Publication
from service.database.base import now
from service.database.sharing_tables import ConsentRow
from service.fields import Day, Line

_Paper = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]
_Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")]


class NewConsent(BaseModel):
    """What the subject agreed to for one purpose, and on what paper; every region and no last day unless told.

    `expires_on` is the last day on which it holds, to its end in UTC.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "regions": ["eyes", "jawline"],
                    "given_on": "2026-03-02",
                    "expires_on": "2028-03-01",
                    "recorded_by": "Dr. A.",
                    "paper": "form of 2026-03-02, folder 12",
                }
            ]
        },
    )

    regions: Annotated[list[Region], Field(min_length=1, max_length=20)] = list(Region)
    given_on: Day
    expires_on: Day | None = None
    recorded_by: Line
    paper: _Paper

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.expires_on is not None and self.expires_on < self.given_on:
            raise ValueError(f"expires_on ({self.expires_on}) lies before given_on ({self.given_on})")
        if self.given_on > now().date() + timedelta(days=1):  # a day ahead of UTC it is tomorrow already
            raise ValueError(f"given_on ({self.given_on}) lies in the future")
        return self


class Withdrawal(BaseModel):
    """What was said of a withdrawal; nobody has to give a reason."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"why": "by telephone"}]})

    why: _Why | None = None


class ConsentAnswer(BaseModel):
    """A record of consent. ``recorded_with`` is the key or person it was recorded with.

    It ended when it was withdrawn, or replaced by a newer record; expiry ends nothing, it is told by ``state``.
    """

    id: str
    subject_id: str
    purpose: Purpose
    state: ConsentState
    regions: tuple[Region, ...]
    given_on: date
    expires_on: date | None
    recorded_by: str
    paper: str
    recorded_at: datetime
    recorded_with: str
    ended_at: datetime | None
    ended_by: str | None
    ended_as: ConsentEnd | None
    why: str | None

    @classmethod
    def of(cls, row: ConsentRow, at: datetime) -> Self:
        """From the row, as it stands at a moment."""
        consent = consent_of(row)
        own = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        more = {"state": consent.state(at), "recorded_at": row.created_at, "recorded_with": row.set_by}
        return cls.model_validate({**own, **more, "regions": [one for one in Region if one in consent.regions]})


class PurposeAnswer(BaseModel):
    """How things stand with one purpose: ``latest`` is the newest record, ``history`` all that there were."""

    purpose: Purpose
    state: ConsentState
    latest: ConsentAnswer | None
    history: list[ConsentAnswer]

    @classmethod
    def of(cls, purpose: Purpose, rows: Iterable[ConsentRow], at: datetime) -> Self:
        """From the records of one subject."""
        history = [ConsentAnswer.of(row, at) for row in rows if row.purpose == purpose]
        latest = history[-1] if history else None
        return cls(
            purpose=purpose, state=latest.state if latest else ConsentState.NEVER, latest=latest, history=history
        )


class ConsentsAnswer(BaseModel):
    """A subject's consents, one entry a purpose."""

    subject_id: str
    purposes: list[PurposeAnswer]

    @classmethod
    def of(cls, subject_id: str, rows: list[ConsentRow], at: datetime) -> Self:
        """From the records of one subject."""
        return cls(subject_id=subject_id, purposes=[PurposeAnswer.of(purpose, rows, at) for purpose in Purpose])


class PublicationAnswer(BaseModel):
    """Where an export was published; what is on paper or on another's page, nobody can take back from here."""

    id: str
    export_id: str
    where: str
    url: str | None
    published_on: date
    taken_down_on: date | None

    @classmethod
    def of(cls, publication: Publication) -> Self:
        """From the record."""
        return cls(**{name: getattr(publication, name) for name in cls.model_fields})


class WithdrawalAnswer(BaseModel):
    """The consent as it is now, the links and exports that ended with it, and what was published before."""

    consent: ConsentAnswer
    links_ended: list[str]
    exports_ended: list[str]
    published: list[PublicationAnswer]
