"""A webhook's secret as it lies in the database: sealed by the master key, and bound to its webhook."""

from service.blobs.master_key import MasterKey
from service.database.tables import Webhook


def sealed_secret(master: MasterKey, webhook_id: str, secret: str) -> bytes:
    """For the row called ``webhook_id``; it opens in no other."""
    return master.seal(secret.encode(), _context(webhook_id))


def open_secret(master: MasterKey, webhook: Webhook) -> str:
    """The secret, or MasterKeyError."""
    return master.open(webhook.sealed_secret, _context(webhook.id)).decode()


def _context(webhook_id: str) -> str:
    return f"webhook/{webhook_id}"
