"""API keys: 256 random bits, kept as a digest, so that a stolen database opens nothing.

A digest without salt or stretching is enough for a secret that cannot be guessed.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.database.tables import ApiKey, Clinic, new_id
from service.tenancy.scope import Scope
from service.tenancy.tenant import Actor, TenantId

PREFIX: Final = "lm_"
DEFAULT_CLINIC: Final = "default"


def create_key(session: Session, clinic_name: str, scopes: Iterable[Scope] = ()) -> str:
    """A new key of the clinic, which is made when it is new; every scope where none is named."""
    key = PREFIX + secrets.token_urlsafe(32)
    granted = sorted(set(scopes) or set(Scope))
    tenant = _find_or_make_clinic(session, clinic_name)
    session.add(ApiKey(tenant_id=tenant, sha256=_digest(key), scopes=" ".join(granted)))
    return key


def create_first_key(session: Session) -> str | None:
    """A key of the default clinic when there is no key at all yet, else None."""
    if session.scalar(select(ApiKey.id).limit(1)) is not None:
        return None
    return create_key(session, DEFAULT_CLINIC)


def find_actor(session: Session, key: str) -> Actor | None:
    """Whose key this is; None for a wrong or revoked one."""
    digest = _digest(key)
    row = session.scalar(select(ApiKey).where(ApiKey.sha256 == digest, ApiKey.revoked_at.is_(None)))
    if row is None or not hmac.compare_digest(row.sha256, digest):
        return None
    return Actor(TenantId(row.tenant_id), row.id, frozenset(Scope(word) for word in row.scopes.split()))


def _find_or_make_clinic(session: Session, name: str) -> str:
    known = session.scalar(select(Clinic.id).where(Clinic.name == name))
    if known is not None:
        return known
    clinic = Clinic(id=new_id(), name=name)
    session.add(clinic)
    session.flush()
    return clinic.id


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
