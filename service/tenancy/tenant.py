"""The words of tenancy."""

from dataclasses import dataclass
from typing import Final, NewType

from service.errors import ProblemCode, ServiceError
from service.tenancy.scope import Scope
from service.texts import N_

TenantId = NewType("TenantId", str)
"""A clinic's id. Repositories are made with one, so a query without a tenant cannot be written."""

PERSON: Final = "person:"
"""Begins the names of people in the audit."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever sent a request: a key, a person who is signed in, or the holder of a link.

    Parameters
    ----------
    name : what the audit says: the key's id, ``person:`` with the person's, or ``link:`` with the comparison's.
    link_id : of the link that it holds, as it is kept; empty for all others.
    """

    tenant: TenantId
    name: str
    scopes: frozenset[Scope]
    link_id: str = ""

    @property
    def comes_by_link(self) -> bool:
        """Whether it is the holder of a link and not of a key."""
        return self.name.startswith("link:")

    @property
    def is_person(self) -> bool:
        """Whether it is somebody who signed in."""
        return self.name.startswith(PERSON)

    def require(self, scope: Scope) -> None:
        """Raise ServiceError where the key, or the person's role, lacks ``scope``."""
        if scope not in self.scopes and self.is_person:
            raise ServiceError(ProblemCode.SCOPE_MISSING, N_("Your role in the clinic does not include this."))
        if scope not in self.scopes:
            raise ServiceError(ProblemCode.SCOPE_MISSING, f"Use a key with the scope '{scope}'.")
