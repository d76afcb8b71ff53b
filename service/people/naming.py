"""Saying who an actor is, as pages show it: by name where it is a person."""

from collections.abc import Mapping
from typing import Final

from service.database import Database
from service.people.repository import People
from service.tenancy.tenant import PERSON, TenantId
from service.texts import _

SHORT: Final = 12
"""Letters of an id that a person tells it by."""


def names_of(database: Database, tenant: TenantId) -> dict[str, str]:
    """The names of the clinic's people, of those who ended too, by their ids."""
    with database.reading(tenant) as session:
        return People(session, tenant).names()


def who(actor: str, names: Mapping[str, str]) -> str:
    """The actor in words.

    Parameters
    ----------
    actor : as the audit names it.
    names : of the clinic's people, by their ids.
    """
    if actor.startswith(PERSON):
        return names.get(actor.removeprefix(PERSON), _("A person who was removed"))
    if actor.startswith("link:"):
        return _("Holder of a link")
    if actor.startswith("system:"):
        return _("The service itself")
    return _("Key %s") % actor[:SHORT]
