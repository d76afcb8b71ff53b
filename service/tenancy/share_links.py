"""Links as one clinic keeps them: found, listed and ended."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from models.consent import Purpose
from service.audit import Action, record
from service.database.base import now
from service.database.sharing_tables import ShareLink
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository
from service.tenancy.tenant import Actor, TenantId


class LinkKind(StrEnum):
    """What a link opens."""

    COMPARISON = "comparison"
    SERIES = "series"
    COHORT = "cohort"
    CORRECTION = "correction"


class LinkEnd(StrEnum):
    """Why a link was ended before its time."""

    REVOKED = "revoked"
    """Somebody of the clinic ended it."""
    CONSENT = "consent"
    """The consent that it rested on was withdrawn, or replaced by one that does not cover what it shows."""
    MAKER = "maker"
    """Whoever made it may do nothing here any more."""


@dataclass(frozen=True, slots=True)
class LinkFilter:
    """Which links are wanted: all of the clinic's, but for what is said.

    Parameters
    ----------
    running_at : those alone that open something at this moment.
    """

    subject_id: str | None = None
    comparison_id: str | None = None
    running_at: datetime | None = None

    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """As the query asks for them."""
        asked = [
            getattr(ShareLink, name) == value
            for name in ("subject_id", "comparison_id")
            if (value := getattr(self, name)) is not None
        ]
        return (*asked, *(() if self.running_at is None else _running(self.running_at)))


class ShareLinks(TenantRepository[ShareLink]):
    """The clinic's links, those that ended included."""

    row = ShareLink
    absent = ProblemCode.LINK_NOT_FOUND

    def find(self, link_id: str) -> ShareLink | None:
        """The link, None once it went with what it opens."""
        return self._one(ShareLink.id == link_id)

    def running_on(self, subject_id: str, purpose: Purpose, at: datetime) -> list[ShareLink]:
        """The subject's links for a purpose that can be opened."""
        return self.every(ShareLink.subject_id == subject_id, ShareLink.purpose == purpose, *_running(at))

    def running_of(self, maker: str, at: datetime) -> list[ShareLink]:
        """The links that somebody made and that can be opened."""
        return self.every(ShareLink.made_by == maker, *_running(at))

    def page_of(self, wanted: LinkFilter, after: str | None, limit: int) -> list[ShareLink]:
        """A page of the links that are wanted."""
        return self.page(*wanted.conditions(), after=after, limit=limit)

    def newest(self, wanted: LinkFilter, limit: int) -> list[ShareLink]:
        """The newest links of those that are wanted, the newest first."""
        query = self._select().where(*wanted.conditions()).order_by(ShareLink.id.desc()).limit(limit)
        return list(self.session.scalars(query))

    def note_opening(self, link: ShareLink, at: datetime) -> None:
        """Count that somebody opened it."""
        link.times_opened, link.last_opened_at = ShareLink.times_opened + 1, at
        self.session.flush()

    def ended_with(self, consent_id: str) -> list[ShareLink]:
        """The links that a consent took along when it ended."""
        return self.every(ShareLink.consent_id == consent_id, ShareLink.revoked_because == LinkEnd.CONSENT)


def end_links_of(session: Session, tenant: TenantId, maker: str, by: str) -> None:
    """End all links that somebody made who may do nothing here any more: a key or a person, as the audit names them."""
    at = now()
    for link in ShareLinks(session, tenant).running_of(maker, at):
        end(link, at, by, LinkEnd.MAKER)
        record(session, Actor(tenant, by, frozenset()), Action.LINK_REVOKED, link.id)


def end(link: ShareLink, at: datetime, by: str, because: LinkEnd) -> None:
    """Have the link open nothing from now on; one that has ended stays as it was."""
    if link.revoked_at is None:
        link.revoked_at, link.revoked_by, link.revoked_because = at, by, because


def is_running(link: ShareLink, at: datetime) -> bool:
    """Whether it can be opened."""
    return link.revoked_at is None and at < link.expires_at


def _running(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return ShareLink.revoked_at.is_(None), ShareLink.expires_at > at
