"""Links that show one comparison for a while, without a key."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from service.tenancy.scope import Scope
from service.tenancy.tenant import Actor, TenantId


@dataclass(frozen=True, slots=True)
class ReportLink:
    """What a link allows: to read the comparison's report and pictures until ``expires_at``."""

    tenant: TenantId
    comparison_id: str
    expires_at: datetime

    @property
    def actor(self) -> Actor:
        """Who the holder is to the rest of the service."""
        return Actor(self.tenant, f"link:{self.comparison_id}", frozenset({Scope.READ}))


class LinkSigner:
    """Signs links (HMAC-SHA-256) and reads them back."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, link: ReportLink) -> str:
        """The token of ``link``, fit for an address."""
        claims = {"t": link.tenant, "c": link.comparison_id, "e": int(link.expires_at.timestamp())}
        body = json.dumps(claims).encode()
        return _encode(self._mac(body) + body)

    def read(self, token: str, at: datetime) -> ReportLink | None:
        """The link, or None where the token was altered, made elsewhere, or has ended at ``at``."""
        signed = _decode(token)
        mac, body = signed[:32], signed[32:]
        if not hmac.compare_digest(mac, self._mac(body)):
            return None
        claims = json.loads(body)
        link = ReportLink(TenantId(claims["t"]), claims["c"], datetime.fromtimestamp(claims["e"], UTC))
        return link if at < link.expires_at else None

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(token: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return b""
