"""What each clinic may do: the settings' limits, or those that the operator gave it."""

import time
from dataclasses import dataclass

from service.database import Database
from service.settings import Settings
from service.tenancy.clinics import OwnLimits, own_limits
from service.tenancy.tenant import TenantId

_BELIEVED_S = 10.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one clinic may do; None is without limit.

    Parameters
    ----------
    heavy : what its uploads and other heavy calls may cost in a minute (:mod:`service.limiting.costs`).
    stored_bytes : of its photos as they were uploaded.
    """

    requests_per_minute: int
    heavy_per_minute: int
    photos: int | None
    stored_bytes: int | None


class Allowances:
    """Every clinic's allowance. A changed one counts within 10 s, in whichever process it was changed."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._known: dict[TenantId, tuple[float, Allowance]] = {}

    def known(self, tenant: TenantId) -> Allowance | None:
        """The clinic's allowance, where it was asked for lately."""
        at, allowance = self._known.get(tenant, (0.0, None))
        return allowance if time.monotonic() - at < _BELIEVED_S else None

    def of(self, tenant: TenantId) -> Allowance:
        """The clinic's allowance; this may ask the database."""
        known = self.known(tenant)
        if known is None:
            with self._database.reading(tenant) as session:
                known = self.with_own(own_limits(session, tenant))
            self._known[tenant] = time.monotonic(), known
        return known

    def with_own(self, own: OwnLimits) -> Allowance:
        """The settings' limits but for those that the clinic was given."""
        return Allowance(
            own.requests or self._settings.requests_per_minute,
            own.heavy or self._settings.heavy_per_minute,
            self._settings.photos_limit if own.photos is None else own.photos,
            self._settings.storage_limit_bytes if own.stored_bytes is None else own.stored_bytes,
        )
