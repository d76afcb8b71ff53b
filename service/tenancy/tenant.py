"""The words of tenancy."""

from dataclasses import dataclass
from typing import NewType

from service.errors import ProblemCode, ServiceError
from service.tenancy.scope import Scope

TenantId = NewType("TenantId", str)
"""A clinic's id. Repositories are made with one, so a query without a tenant cannot be written."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever sent a request: a key, or the holder of a link.

    Parameters
    ----------
    name : what the audit says: the key's id, or ``link:`` with the comparison's id.
    link_id : of the link that it holds, as it is kept; empty for all others.
    """

    tenant: TenantId
    name: str
    scopes: frozenset[Scope]
    link_id: str = ""

    @property
    def is_person(self) -> bool:
        """Whether it is somebody who is signed in."""
        return self.name.startswith("person:")

    @property
    def comes_by_link(self) -> bool:
        """Whether it is the holder of a link and not of a key."""
        return self.name.startswith("link:")

    def require(self, scope: Scope) -> None:
        """Raise ServiceError where the key lacks ``scope``."""
        if scope not in self.scopes:
            raise ServiceError(ProblemCode.SCOPE_MISSING, f"Use a key with the scope '{scope}'.")
