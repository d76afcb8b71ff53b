"""Where the pages are, as the shell names them: one line for each."""

from dataclasses import dataclass
from typing import Final

from service.tenancy.scope import Scope
from service.texts import N_, _


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that the shell leads to, for whoever has the scope."""

    says: str
    address: str
    scope: Scope


_ENTRIES: Final = (
    Entry(N_("Today"), "/app", Scope.READ),
    Entry(N_("Subjects"), "/app/subjects", Scope.READ),
    Entry(N_("Upload"), "/app/upload", Scope.INGEST),
    Entry(N_("All courses"), "/app/cohort", Scope.READ),
    Entry(N_("Repeatability"), "/app/studies", Scope.READ),
    Entry(N_("Exports"), "/app/exports", Scope.EXPORT),
    Entry(N_("Consents"), "/app/consents", Scope.READ),
    Entry(N_("Links"), "/app/links", Scope.EXPORT),
    Entry(N_("Audit"), "/app/audit", Scope.ADMIN),
)
"""In the order in which they are shown; the settings stand beside the person's name."""


@dataclass(frozen=True, slots=True)
class Leading:
    """An entry as it is shown, and whether this is the page, or the part, that one is on."""

    says: str
    address: str
    is_here: bool


def navigation(scopes: frozenset[Scope], path: str) -> list[Leading]:
    """What is shown to somebody with these scopes on the page at ``path``."""
    seen = [entry for entry in _ENTRIES if entry.scope in scopes]
    here = max((entry.address for entry in seen if _leads_to(entry, path)), key=len, default="")
    return [Leading(_(entry.says), entry.address, entry.address == here) for entry in seen]


def _leads_to(entry: Entry, path: str) -> bool:
    """Whether the page is the entry's own, or one below it."""
    return path == entry.address or (entry.address != "/app" and path.startswith(f"{entry.address}/"))
