"""The service's own secrets: what the audit is chained with, links are signed with, webhooks' secrets are sealed with.

They are kept in the database, sealed by the master key, so that another master key may take its place without ending
every link and breaking every chain. The database alone opens none of them.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.audit.chain import is_genuine
from service.audit.rows import AuditFilter, AuditRows, clinics_of
from service.blobs.key_ring import KeyRing, Sealed
from service.blobs.master_key import KEY_BYTES, MasterKey, MasterKeyError, UnknownMasterKeyError
from service.database import Database, retry_on_clash
from service.database.tables import AuditRow, SealedSecret

_ANOTHER_KEY: Final = (
    "The data here were written with another master key than the one that is set. Set that one as LIFTMARK_MASTER_KEY, "
    "or put it into master.key."
)


class Purpose(StrEnum):
    """What a secret is for. The word is also what keys were derived with before they were sealed."""

    AUDIT = "audit"
    LINKS = "links"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True, slots=True)
class ServiceSecrets:
    """The secrets, opened."""

    audit: bytes
    links: bytes
    webhooks: bytes


def open_secrets(database: Database, ring: KeyRing) -> ServiceSecrets:
    """The secrets of this installation, made at its first start.

    Raises
    ------
    MasterKeyError
        Where the data were written with another master key.
    """
    return retry_on_clash(lambda: _opened(database, ring) or _make(database, ring))


def kept_secret(database: Database, ring: KeyRing, purpose: str, make: Callable[[], bytes]) -> bytes:
    """A further secret of this installation, made when it is first needed.

    Raises
    ------
    MasterKeyError
        Where it was sealed with another master key.
    """
    return retry_on_clash(lambda: _kept(database, ring, purpose, make))


def _kept(database: Database, ring: KeyRing, purpose: str, make: Callable[[], bytes]) -> bytes:
    with database.writing_across() as session:
        row = session.get(SealedSecret, purpose)
        if row is not None:
            return ring.open(Sealed(row.sealed, row.sealed_by), purpose)
        secret = make()
        sealed = ring.seal(secret, purpose)
        session.add(SealedSecret(purpose=purpose, sealed=sealed.content, sealed_by=sealed.by))
        return secret


def reseal(session: Session, ring: KeyRing) -> int:
    """Put the secrets under the present master key; how many were not."""
    rows = session.scalars(select(SealedSecret).where(SealedSecret.sealed_by != ring.present.id)).all()
    for row in rows:
        sealed = ring.seal(ring.open(Sealed(row.sealed, row.sealed_by), row.purpose), row.purpose)
        row.sealed, row.sealed_by = sealed.content, sealed.by
    return len(rows)


def _opened(database: Database, ring: KeyRing) -> ServiceSecrets | None:
    with database.reading_across() as session:
        rows = {row.purpose: Sealed(row.sealed, row.sealed_by) for row in session.scalars(select(SealedSecret))}
    if not rows:
        return None
    try:
        opened = {purpose: ring.open(rows[purpose], purpose) for purpose in Purpose}
    except UnknownMasterKeyError as error:
        named = rows[Purpose.AUDIT].by
        told = f"{_ANOTHER_KEY} It is the one with the id {named}; the one that is set has {ring.present.id}."
        raise UnknownMasterKeyError(told) from error
    return ServiceSecrets(*(opened[purpose] for purpose in Purpose))


def _make(database: Database, ring: KeyRing) -> ServiceSecrets:
    with database.writing_across() as session:
        former = _former_key(session, ring.keys)
        made = {one: secrets.token_bytes(KEY_BYTES) if former is None else former.derive(one) for one in Purpose}
        for purpose, secret in made.items():
            sealed = ring.seal(secret, purpose)
            session.add(SealedSecret(purpose=purpose, sealed=sealed.content, sealed_by=sealed.by))
    return ServiceSecrets(*(made[purpose] for purpose in Purpose))


def _former_key(session: Session, keys: Iterable[MasterKey]) -> MasterKey | None:
    """The master key that the audit was chained with while that key was derived; None where there is no audit yet."""
    firsts = [row for tenant, _ in clinics_of(session) for row in AuditRows(session, tenant).page(AuditFilter(), 0, 1)]
    if not firsts:
        return None
    for key in keys:
        if _chained_any(key, firsts):
            return key
    raise MasterKeyError(_ANOTHER_KEY)


def _chained_any(key: MasterKey, rows: Iterable[AuditRow]) -> bool:
    derived = key.derive(Purpose.AUDIT)
    return any(is_genuine(derived, row) for row in rows)
