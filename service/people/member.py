"""Who is signed in."""

from dataclasses import dataclass

from service.people.roles import SCOPES, Role
from service.tenancy.tenant import PERSON, Actor, TenantId


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a clinic in a browser in which they signed in.

    Parameters
    ----------
    csrf : what a page of ours knows and no other site's.
    clinic : its name, as pages show it.
    """

    tenant: TenantId
    person_id: str
    session_id: str
    email: str
    name: str
    role: Role
    csrf: str
    language: str
    clinic: str

    @property
    def actor(self) -> Actor:
        """Who the person is to the rest of the service."""
        return person_actor(self.tenant, self.person_id, self.role)


def person_actor(tenant: TenantId, person_id: str, role: Role) -> Actor:
    """A person as the audit names them."""
    return Actor(tenant, f"{PERSON}{person_id}", SCOPES[role])
