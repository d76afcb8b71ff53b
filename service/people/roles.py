"""What a person may do."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from service.tenancy.scope import Scope
from service.texts import N_


class Role(StrEnum):
    """A person's part in the clinic. What programs may do is said by their keys' scopes."""

    OWNER = "owner"
    PRACTITIONER = "practitioner"
    MARKETING = "marketing"


SCOPES: Final[Mapping[Role, frozenset[Scope]]] = MappingProxyType(
    {
        Role.OWNER: frozenset(Scope),
        Role.PRACTITIONER: frozenset({Scope.INGEST, Scope.READ, Scope.EXPORT}),
        Role.MARKETING: frozenset({Scope.READ, Scope.EXPORT}),
    }
)

TITLES: Final[Mapping[Role, str]] = MappingProxyType(
    {Role.OWNER: N_("Owner"), Role.PRACTITIONER: N_("Practitioner"), Role.MARKETING: N_("Marketing")}
)

WHAT_THEY_DO: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.OWNER: N_("everything, people and keys included"),
        Role.PRACTITIONER: N_("takes photos, corrects contours, sees and exports results"),
        Role.MARKETING: N_("sees results and exports them; changes no record"),
    }
)
