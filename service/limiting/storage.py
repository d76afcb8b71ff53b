"""How much a clinic keeps, and whether more fits."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.errors import ProblemCode, ServiceError
from service.limiting.allowances import Allowance, Allowances
from service.tenancy.clinics import hold_own_limits
from service.tenancy.repository import photos_of_clinic
from service.tenancy.tenant import TenantId


@dataclass(frozen=True, slots=True)
class Stored:
    """A clinic's photos, and their bytes as they were uploaded; what is made of them comes on top."""

    photos: int
    stored_bytes: int

    def fit(self, allowed: Allowance) -> bool:
        """Whether so much may be kept."""
        return _within(self.photos, allowed.photos) and _within(self.stored_bytes, allowed.stored_bytes)

    def with_one_of(self, size_bytes: int) -> "Stored":
        """The same after one more photo."""
        return Stored(self.photos + 1, self.stored_bytes + size_bytes)


def stored_by(session: Session, tenant: TenantId) -> Stored:
    """What the clinic keeps now."""
    return Stored(*photos_of_clinic(session, tenant))


def require_room(session: Session, tenant: TenantId, allowed: Allowance, size_bytes: int) -> None:
    """Raise ServiceError where a photo of this size does not fit any more, before it travels in vain."""
    if _is_limited(allowed) and not stored_by(session, tenant).with_one_of(size_bytes).fit(allowed):
        raise ServiceError(ProblemCode.QUOTA_EXCEEDED)


def require_within(session: Session, tenant: TenantId, allowances: Allowances) -> None:
    """Raise ServiceError where what this transaction has written is more than the clinic may keep.

    Uploads of one clinic come past here one after the other and each sees those before it, so that together they never
    keep more. To be called last, when nothing else is left to wait for (:func:`hold_own_limits`).
    """
    if not _is_limited(allowances.of(tenant)):
        return
    allowed = allowances.with_own(hold_own_limits(session, tenant))
    if not stored_by(session, tenant).fit(allowed):
        raise ServiceError(ProblemCode.QUOTA_EXCEEDED)


def _is_limited(allowed: Allowance) -> bool:
    return allowed.photos is not None or allowed.stored_bytes is not None


def _within(used: int, limit: int | None) -> bool:
    return limit is None or used <= limit
