"""Links that show one comparison, series or the cohort, or let contours be corrected, for a while without a key.

A token says what its link opens, and on what the link hangs (``hangs_on``): the id of the row that is kept of it, which
can be revoked (:mod:`service.tenancy.share_links`). The links to correct that a report makes for an hour hang on the
report's own link, or on the key that opened it, and end with that.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from service.tenancy.scope import Scope
from service.tenancy.tenant import Actor, TenantId

NO_COURSE: Final = "none"
"""In addresses: the series of a subject without a course."""


@dataclass(frozen=True, slots=True)
class ReportLink:
    """What a link allows: to read the comparison's report and pictures until ``expires_at``.

    Parameters
    ----------
    corrector : the actor who lets the holder correct the photos' contours from the report; None where nobody does.
    """

    tenant: TenantId
    comparison_id: str
    expires_at: datetime
    corrector: str | None = None
    hangs_on: str = ""

    @property
    def actor(self) -> Actor:
        """Who the holder is to the rest of the service."""
        reader = frozenset({Scope.READ})
        if self.corrector is None:
            return Actor(self.tenant, f"link:{self.comparison_id}", reader, self.hangs_on)
        name = f"link:{self.comparison_id}/{self.corrector}"
        return Actor(self.tenant, name, reader | {Scope.INGEST}, self.hangs_on)


@dataclass(frozen=True, slots=True)
class CorrectionLink:
    """What a link allows: to see one photo and to correct its contours until ``expires_at``.

    Parameters
    ----------
    corrector : the actor who made it, whose key had the scope ``ingest``.
    """

    tenant: TenantId
    photo_id: str
    expires_at: datetime
    corrector: str
    hangs_on: str = ""

    @property
    def actor(self) -> Actor:
        """Who the holder is to the rest of the service; the address keeps it to this photo."""
        name = f"link:{self.photo_id}/{self.corrector.rpartition('/')[2]}"
        return Actor(self.tenant, name, frozenset({Scope.READ, Scope.INGEST}), self.hangs_on)


@dataclass(frozen=True, slots=True)
class SeriesLink:
    """What a link allows: to read one series, its pictures, table and PDF, until ``expires_at``.

    Parameters
    ----------
    course_id : of the series, as its addresses name it.
    """

    tenant: TenantId
    subject_id: str
    course_id: str
    expires_at: datetime
    hangs_on: str = ""

    @property
    def actor(self) -> Actor:
        """Who the holder is to the rest of the service; the address keeps it to this series."""
        return Actor(self.tenant, f"link:{self.subject_id}", frozenset({Scope.READ}), self.hangs_on)


@dataclass(frozen=True, slots=True)
class CohortLink:
    """What a link allows: to read the page of one choice of the clinic's subjects until ``expires_at``.

    Parameters
    ----------
    choice : of the subjects, as :func:`choice_of` writes it; two choices side by side could tell of one subject.
    """

    tenant: TenantId
    choice: str
    expires_at: datetime
    hangs_on: str = ""

    @property
    def actor(self) -> Actor:
        """Who the holder is to the rest of the service; the address keeps it to the cohort's page."""
        return Actor(self.tenant, "link:cohort", frozenset({Scope.READ}), self.hangs_on)


Link = ReportLink | CorrectionLink | SeriesLink | CohortLink


def choice_of(query: Mapping[str, str]) -> str:
    """The part of a cohort's address that chooses subjects, in one way of writing it."""
    return urlencode([(name, query[name]) for name in ("kind", "from", "until", "phase") if query.get(name)])


class LinkSigner:
    """Signs links (HMAC-SHA-256) and reads them back."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, link: Link) -> str:
        """The token of ``link``, fit for an address."""
        claims = {"t": link.tenant, "e": int(link.expires_at.timestamp()), "i": link.hangs_on}
        body = json.dumps(claims | _about(link)).encode()
        return _encode(self._mac(body) + body)

    def read(self, token: str, at: datetime) -> Link | None:
        """The link, or None where the token was altered, made elsewhere, or has ended at ``at``."""
        signed = _decode(token)
        mac, body = signed[:32], signed[32:]
        if not hmac.compare_digest(mac, self._mac(body)):
            return None
        link = _link(json.loads(body))
        return link if at < link.expires_at else None

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()


def correction_page(links: LinkSigner, link: CorrectionLink) -> str:
    """The path of the page on which the photo's contours are corrected, with the token that opens it."""
    return f"/v1/photos/{link.photo_id}/correct?token={links.sign(link)}"


def _about(link: Link) -> dict[str, str | None]:
    if isinstance(link, CohortLink):
        return {"h": link.choice}
    if isinstance(link, SeriesLink):
        return {"s": link.subject_id, "o": link.course_id}
    if isinstance(link, CorrectionLink):
        return {"p": link.photo_id, "k": link.corrector}
    return {"c": link.comparison_id, "k": link.corrector}


def _link(claims: Mapping[str, Any]) -> Link:
    """A token of the time before links were kept hangs on nothing, and so opens nothing."""
    tenant, expires_at, hangs_on = TenantId(claims["t"]), datetime.fromtimestamp(claims["e"], UTC), claims.get("i", "")
    if "h" in claims:
        return CohortLink(tenant, claims["h"], expires_at, hangs_on)
    if "s" in claims:
        return SeriesLink(tenant, claims["s"], claims["o"], expires_at, hangs_on)
    if "p" in claims:
        return CorrectionLink(tenant, claims["p"], expires_at, claims["k"], hangs_on)
    return ReportLink(tenant, claims["c"], expires_at, claims.get("k"), hangs_on)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(token: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return b""
