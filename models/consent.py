"""What a subject agreed to have done with its pictures: for which purpose, of which part of the face, until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.errors import InvalidRecordError


class Purpose(StrEnum):
    """What pictures may be used for; each is agreed to by itself."""

    CLINICAL = "clinical"
    """Shown to the subject and to those who treat it."""
    WEBSITE = "website"
    SOCIAL_MEDIA = "social_media"
    PRINT = "print"
    TRAINING = "training"
    """Shown to people who learn to treat; no model is trained here."""


class FaceRegion(StrEnum):
    """A part of the face that a picture shows."""

    FACE = "face"
    EYES = "eyes"
    LOWER_FACE = "lower_face"
    JAWLINE = "jawline"


Region = FaceRegion  # in the API's description, which names models by their class, `Region` is the confounders'


class ConsentState(StrEnum):
    """How things stand with one purpose."""

    GIVEN = "given"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NEVER = "never"


class ConsentEnd(StrEnum):
    """What ended a record of consent before its time."""

    REPLACED = "replaced"
    """By a newer record of the same purpose."""
    WITHDRAWN = "withdrawn"


_WITHIN: Final[Mapping[Region, frozenset[Region]]] = MappingProxyType(
    {
        Region.FACE: frozenset(Region),
        Region.EYES: frozenset({Region.EYES}),
        Region.LOWER_FACE: frozenset({Region.LOWER_FACE, Region.JAWLINE}),
        Region.JAWLINE: frozenset({Region.JAWLINE}),
    }
)
"""What a picture of a part shows as well: whoever agrees to the whole face agrees to the eyes in it."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One record of consent.

    Parameters
    ----------
    expires_on : the last day, in UTC, on which it holds; None where it has none.
    ended_as : None while nothing took its place and nobody withdrew it.
    """

    id: str
    purpose: Purpose
    regions: frozenset[Region]
    given_on: date
    expires_on: date | None = None
    ended_as: ConsentEnd | None = None

    def __post_init__(self) -> None:
        if not self.regions:
            raise InvalidRecordError("a consent names at least one region")
        if self.expires_on is not None and self.expires_on < self.given_on:
            raise InvalidRecordError(f"a consent of {self.given_on} cannot end on {self.expires_on}")

    @property
    def ends_at(self) -> datetime | None:
        """The moment from which on it has expired: the end of its last day in UTC."""
        if self.expires_on is None:
            return None
        return datetime.combine(self.expires_on + timedelta(days=1), time(), UTC)

    def state(self, at: datetime) -> ConsentState:
        """How it stands at a moment; a replaced record says how it would stand by itself."""
        if self.ended_as is ConsentEnd.WITHDRAWN:
            return ConsentState.WITHDRAWN
        return ConsentState.EXPIRED if self.ends_at is not None and self.ends_at <= at else ConsentState.GIVEN

    def covers(self, region: Region) -> bool:
        """Whether a picture of ``region`` shows nothing that was not agreed to."""
        return any(region in _WITHIN[agreed] for agreed in self.regions)

    def allows(self, region: Region, at: datetime) -> bool:
        """Whether a picture of ``region`` may be shown at a moment."""
        return self.ended_as is None and self.state(at) is ConsentState.GIVEN and self.covers(region)
