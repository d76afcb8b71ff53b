"""The clinics themselves: their names, and the limits that the operator gave them.

Each statement but :func:`clinics_by_name` begins with the clinic.
"""

from dataclasses import dataclass, fields, replace
from typing import Final, Self

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from service.database.tables import Clinic
from service.tenancy.tenant import TenantId

DEFAULT_CLINIC: Final = "default"
"""The clinic of the first start, until somebody names it."""


@dataclass(frozen=True, slots=True)
class OwnLimits:
    """A clinic's own limits; None where the settings' hold."""

    requests: int | None = None
    heavy: int | None = None
    photos: int | None = None
    stored_bytes: int | None = None

    def changed_by(self, new: Self) -> Self:
        """These limits, with the new ones in place of those that they name."""
        return replace(
            self, **{one.name: value for one in fields(new) if (value := getattr(new, one.name)) is not None}
        )


_COLUMNS = (Clinic.requests_limit, Clinic.heavy_limit, Clinic.photos_limit, Clinic.bytes_limit)


def own_limits(session: Session, tenant: TenantId) -> OwnLimits:
    """The clinic's own limits; none for a clinic that there is not."""
    found = session.execute(_limits_of(tenant)).one_or_none()
    return OwnLimits() if found is None else OwnLimits(*list(found))


def hold_own_limits(session: Session, tenant: TenantId) -> OwnLimits:
    """The same, and nobody else of this clinic comes past here until this transaction ends.

    It is the lock that the audit's head is held by, so it comes last: who holds it waits for nobody.
    """
    return OwnLimits(*list(session.execute(_limits_of(tenant).with_for_update(key_share=True)).one()))


def set_own_limits(session: Session, tenant: TenantId, limits: OwnLimits) -> None:
    """Give the clinic these limits in place of those it had."""
    told = (getattr(limits, one.name) for one in fields(limits))
    session.execute(update(Clinic).where(Clinic.id == tenant).values(dict(zip(_COLUMNS, told, strict=True))))


def clinics_by_name(session: Session) -> dict[str, TenantId]:
    """Every clinic, for whoever runs the service; they stand in no answer."""
    return {name: TenantId(tenant) for tenant, name in session.execute(select(Clinic.id, Clinic.name))}


@dataclass(frozen=True, slots=True)
class ClinicIdentity:
    """What a clinic calls itself, and its logo as a PNG where it has one."""

    name: str
    logo: bytes | None

    @property
    def chosen_name(self) -> str:
        """The name, where somebody chose one; else nothing."""
        return "" if self.name == DEFAULT_CLINIC else self.name


def clinic_identity(session: Session, tenant: TenantId) -> ClinicIdentity:
    """What pages and paper show of the clinic."""
    query = select(Clinic.title, Clinic.name, Clinic.logo).where(Clinic.id == tenant)
    title, name, logo = session.execute(query).one()
    return ClinicIdentity(title or name, logo)


def set_title(session: Session, tenant: TenantId, title: str) -> None:
    """Have the clinic called so; the operator's own name of it stays."""
    session.execute(update(Clinic).where(Clinic.id == tenant).values(title=title))


def set_logo(session: Session, tenant: TenantId, logo: bytes | None) -> None:
    """Give the clinic this logo, a PNG, or none."""
    session.execute(update(Clinic).where(Clinic.id == tenant).values(logo=logo))


def _limits_of(tenant: TenantId) -> Select[int | None, int | None, int | None, int | None]:
    return select(*_COLUMNS).where(Clinic.id == tenant)
