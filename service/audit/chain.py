"""How a row of the audit is bound to the one before it.

Each row carries HMAC-SHA-256 over the hash of the row before it and its own content, under a key that is derived from
the master key. Whoever can only write the database can therefore neither change a row nor make one.
"""

import hashlib
import hmac
import json
from datetime import UTC
from typing import Final

from service.database.tables import AuditRow

_ENCODING: Final = "liftmark-audit-1"


def encoded(row: AuditRow) -> bytes:
    """The row's content and what it follows, in the one way of writing them: a JSON list without blanks, in ASCII.

    Its place is told by ``previous``. ``id`` is the database's own and ``number`` the count of rows up to here.
    """
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    told = [_ENCODING, row.previous, row.tenant_id, at, row.actor, row.action, row.target, row.counts]
    return json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def row_hash(key: bytes, row: AuditRow) -> str:
    """The hash that the row must carry: 64 digits of lower-case hex."""
    return hmac.new(key, encoded(row), hashlib.sha256).hexdigest()


def seal(key: bytes, row: AuditRow, number: int, previous: str) -> None:
    """Give the row its place in the chain."""
    row.number, row.previous = number, previous
    row.hash = row_hash(key, row)


def is_genuine(key: bytes, row: AuditRow) -> bool:
    """Whether the row was written by a service that has the key, wherever it stands now."""
    return hmac.compare_digest(row.hash, row_hash(key, row))
