"""The same request sent twice does its work once."""

import hashlib

from service.database.tables import IdempotencyKey
from service.errors import ProblemCode, ServiceError
from service.tenancy.repository import TenantRepository


class IdempotencyKeys(TenantRepository[IdempotencyKey]):
    """The clients' names for requests, each with a fingerprint of what was asked and the id of what was made."""

    row = IdempotencyKey
    absent = ProblemCode.INVALID_REQUEST

    def made(self, key: str | None, fingerprint: str) -> str | None:
        """The id that the same request made before, None when it is new.

        Raises
        ------
        ServiceError
            When ``key`` named a different request.
        """
        known = None if key is None else self._one(IdempotencyKey.key == key)
        if known is None:
            return None
        if known.fingerprint != fingerprint:
            raise ServiceError(ProblemCode.KEY_REUSED)
        return known.made_id

    def has(self, key: str | None) -> bool:
        """Whether a request of this name was answered before."""
        return key is not None and self._one(IdempotencyKey.key == key) is not None

    def keep(self, key: str | None, fingerprint: str, subject_id: str, made_id: str) -> None:
        """Remember what the request made, where the client gave it a name."""
        if key is not None:
            self.add(IdempotencyKey(key=key, fingerprint=fingerprint, subject_id=subject_id, made_id=made_id))

    def forget(self, made_id: str) -> None:
        """Forget the request that made what is now deleted."""
        for known in self.every(IdempotencyKey.made_id == made_id):
            self.delete(known)


def fingerprint(*parts: str) -> str:
    """One word for all that makes a request what it is."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
