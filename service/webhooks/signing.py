"""Signatures as Standard Webhooks 1.0.0 has them, so that its libraries verify them in any language."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Final

PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32  # the specification: 24 to 64


def new_secret() -> str:
    """A secret in the form in which its holder configures it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(secret: str, message_id: str, at: int, body: bytes) -> Mapping[str, str]:
    """What the receiver verifies a message by.

    Parameters
    ----------
    at : the moment of this attempt, in seconds since 1970.
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    mac = hmac.new(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(mac).decode()}"
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": signature}
