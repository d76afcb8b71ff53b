"""The words of tenancy."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from service.errors import ProblemCode, ServiceError

TenantId = NewType("TenantId", str)
"""A clinic's id. Repositories are made with one, so a query without a tenant cannot be written."""


class Scope(StrEnum):
    """What a key may do."""

    INGEST = "ingest"
    """Make subjects, visits, photos and comparisons."""
    READ = "read"
    """See them."""
    EXPORT = "export"
    """Take pictures out, make links."""
    ADMIN = "admin"
    """Erase subjects."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever sent a request: a key, or the holder of a link.

    Parameters
    ----------
    name : what the audit says: the key's id, or ``link:`` with the comparison's id.
    """

    tenant: TenantId
    name: str
    scopes: frozenset[Scope]

    def require(self, scope: Scope) -> None:
        """Raise ServiceError where the key lacks ``scope``."""
        if scope not in self.scopes:
            raise ServiceError(ProblemCode.SCOPE_MISSING, f"Use a key with the scope '{scope}'.")
