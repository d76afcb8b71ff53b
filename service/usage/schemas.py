"""The JSON of a clinic's use of the service."""

from typing import TYPE_CHECKING, Self

from pydantic import BaseModel

if TYPE_CHECKING:
    from service.limiting.allowances import Allowance
    from service.limiting.limits import Left
    from service.limiting.storage import Stored


class AmountUsed(BaseModel):
    """How much is used; ``limit`` is null where there is none."""

    used: int
    limit: int | None


class RateLeft(BaseModel):
    """How much may be asked for in a minute, and how much of it is left now."""

    limit: int
    left: int


class UsageAnswer(BaseModel):
    """A clinic's use. ``stored_bytes`` are of its photos as uploaded; ``heavy_per_minute`` counts calls by cost."""

    photos: AmountUsed
    stored_bytes: AmountUsed
    requests_per_minute: RateLeft
    heavy_per_minute: RateLeft

    @classmethod
    def of(cls, stored: "Stored", allowed: "Allowance", left: "Left") -> Self:
        """From what was counted."""
        return cls(
            photos=AmountUsed(used=stored.photos, limit=allowed.photos),
            stored_bytes=AmountUsed(used=stored.stored_bytes, limit=allowed.stored_bytes),
            requests_per_minute=RateLeft(limit=allowed.requests_per_minute, left=left.requests),
            heavy_per_minute=RateLeft(limit=allowed.heavy_per_minute, left=left.heavy),
        )
