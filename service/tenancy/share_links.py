"""Links as one clinic keeps them: found, listed and ended."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement

from models.consent import Purpose
from service.database.sharing_tables import ShareLink
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository

MOST_LISTED: Final = 200


class LinkEnd(StrEnum):
    """Why a link was ended before its time."""

    REVOKED = "revoked"
    """Somebody of the clinic ended it."""
    CONSENT = "consent"
    """The consent that it rested on was withdrawn, or replaced by one that does not cover what it shows."""
    MAKER = "maker"
    """Whoever made it may do nothing here any more."""


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

    def ended_with(self, consent_id: str) -> list[ShareLink]:
        """The links that a consent took along when it ended."""
        return self.every(ShareLink.consent_id == consent_id, ShareLink.revoked_because == LinkEnd.CONSENT)


def end(link: ShareLink, at: datetime, by: str, because: LinkEnd) -> None:
    """Have the link open nothing from now on; one that has ended stays as it was."""
    if link.revoked_at is None:
        link.revoked_at, link.revoked_by, link.revoked_because = at, by, because


def _running(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return ShareLink.revoked_at.is_(None), ShareLink.expires_at > at
