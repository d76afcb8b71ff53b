"""A webhook's secret as it lies in the database: sealed by a secret of the service, and bound to its webhook."""

from service.blobs.master_key import Cipher
from service.database.tables import Webhook


def sealed_secret(cipher: Cipher, webhook_id: str, secret: str) -> bytes:
    """For the row called ``webhook_id``; it opens in no other."""
    return cipher.seal(secret.encode(), _context(webhook_id))


def open_secret(cipher: Cipher, webhook: Webhook) -> str:
    """The secret, or MasterKeyError."""
    return cipher.open(webhook.sealed_secret, _context(webhook.id)).decode()


def _context(webhook_id: str) -> str:
    return f"webhook/{webhook_id}"
