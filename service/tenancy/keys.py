"""API keys: 256 random bits, kept as a digest, so that a stolen database opens nothing.

A digest without salt or stretching is enough for a secret that cannot be guessed.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.database.base import new_id, now
from service.database.tables import ApiKey, Clinic
from service.tenancy.clinics import DEFAULT_CLINIC
from service.tenancy.scope import Scope
from service.tenancy.share_links import end_links_of
from service.tenancy.tenant import Actor, TenantId

PREFIX: Final = "lm_"
_KEYS: Final = "system:keys"


def create_key(session: Session, clinic_name: str, scopes: Iterable[Scope] = ()) -> str:
    """A new key of the clinic, which is made when it is new; every scope where none is named."""
    _, key = make_key(session, clinic_named(session, clinic_name), scopes)
    return key


def make_key(session: Session, tenant: TenantId, scopes: Iterable[Scope] = ()) -> tuple[ApiKey, str]:
    """A new key of the clinic as it is kept, and as it is told this once; every scope where none is named."""
    key = PREFIX + secrets.token_urlsafe(32)
    granted = sorted(set(scopes) or set(Scope))
    row = ApiKey(id=new_id(), tenant_id=tenant, sha256=digest_of(key), scopes=" ".join(granted))
    session.add(row)
    return row, key


def keys_of(session: Session, tenant: TenantId) -> Sequence[ApiKey]:
    """The clinic's keys that have not been revoked, the oldest first."""
    mine = select(ApiKey).where(ApiKey.tenant_id == tenant, ApiKey.revoked_at.is_(None))
    return session.scalars(mine.order_by(ApiKey.id)).all()


def create_first_key(session: Session) -> str | None:
    """A key of the default clinic when there is no key at all yet, else None."""
    if session.scalar(select(ApiKey.id).limit(1)) is not None:
        return None
    return create_key(session, DEFAULT_CLINIC)


def every_key(session: Session) -> Sequence[tuple[ApiKey, str]]:
    """All keys of all clinics with their clinics' names, the oldest first, for whoever runs the service."""
    keys = select(ApiKey, Clinic.name).join(Clinic, Clinic.id == ApiKey.tenant_id).order_by(ApiKey.id)
    return [(key, clinic) for key, clinic in session.execute(keys)]


def revoke_key(session: Session, key_id: str, tenant: TenantId | None = None) -> bool:
    """End a key, of this clinic alone if one is named, and the links made with it; False where there is none.

    One that has ended stays as it was.
    """
    named = select(ApiKey).where(ApiKey.id == key_id)
    key = session.scalar(named if tenant is None else named.where(ApiKey.tenant_id == tenant))
    if key is not None and key.revoked_at is None:
        key.revoked_at = now()
        end_links_of(session, TenantId(key.tenant_id), key.id, by=_KEYS)
    return key is not None


def opens_still(session: Session, tenant: TenantId, key_id: str) -> bool:
    """Whether a key of the clinic has this id and was not revoked."""
    mine = select(ApiKey.revoked_at).where(ApiKey.tenant_id == tenant, ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
    return session.execute(mine).one_or_none() is not None


def find_actor(session: Session, key: str) -> Actor | None:
    """Whose key this is; None for a wrong or revoked one."""
    digest = digest_of(key)
    row = session.scalar(select(ApiKey).where(ApiKey.sha256 == digest, ApiKey.revoked_at.is_(None)))
    if row is None or not hmac.compare_digest(row.sha256, digest):
        return None
    return Actor(TenantId(row.tenant_id), row.id, frozenset(Scope(word) for word in row.scopes.split()))


def clinic_named(session: Session, name: str) -> TenantId:
    """The clinic that the operator calls so; it is made when it is new."""
    known = session.scalar(select(Clinic.id).where(Clinic.name == name))
    if known is not None:
        return TenantId(known)
    clinic = Clinic(id=new_id(), name=name)
    session.add(clinic)
    session.flush()
    return TenantId(clinic.id)


def digest_of(key: str) -> str:
    """What is kept of a secret of 256 random bits."""
    return hashlib.sha256(key.encode()).hexdigest()
