"""The one key that all others hang on."""

import base64
import os
import secrets
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.errors import LiftmarkError
from service.blobs.local import sync_folder

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
OVERHEAD_BYTES: Final = _NONCE_BYTES + 16
"""So much longer is what is sealed than its content: nonce and tag."""


class MasterKeyError(LiftmarkError):
    """The master key cannot be had, or is not the one that the data was encrypted with."""


class Cipher:
    """AES-256-GCM with a fresh 96-bit nonce before each ciphertext.

    ``context`` is authenticated, not kept: bytes put in another place do not open there.
    """

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, content: bytes, context: str) -> bytes:
        """Nonce, ciphertext and tag."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, content, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """The content, or MasterKeyError where key, context or bytes are not those of the sealing."""
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise MasterKeyError(f"{context} does not open: wrong master key, or altered bytes.") from error


class UnknownMasterKeyError(MasterKeyError):
    """Something was sealed by a master key that this process does not have."""


class MasterKey(Cipher):
    """Wraps the subjects' data keys and the service's own secrets."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise MasterKeyError(f"A master key has {KEY_BYTES} bytes, not {len(key)}.")
        super().__init__(key)
        self._key = key
        self.id = self.derive("id")[:8].hex()

    @classmethod
    def from_base64(cls, written: str) -> Self:
        """The key as an operator sets it."""
        try:
            return cls(base64.b64decode(written, validate=True))
        except ValueError as error:
            raise MasterKeyError("LIFTMARK_MASTER_KEY must be 32 bytes in base64.") from error

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The key in ``path``, made at first use; two processes that start together end up with the same one."""
        if not path.exists():
            _write_new_key(path)
        return cls(path.read_bytes())

    @classmethod
    def new(cls) -> Self:
        """A key that nobody has."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @property
    def in_base64(self) -> str:
        """As :meth:`from_base64` reads it."""
        return base64.b64encode(self._key).decode()

    def write(self, path: Path) -> None:
        """Put this key in place of the one in ``path``; at each moment there is one of the two, whole."""
        draft = _draft(path, self._key)
        draft.replace(path)
        sync_folder(path.parent)

    def derive(self, purpose: str) -> bytes:
        """A key for ``purpose`` alone (HKDF, RFC 5869)."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self._key)


def _write_new_key(path: Path) -> None:
    """Write beside, sync, then link: linking fails where another process was first, and its key stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sync_folder(path.parent.parent)
    draft = _draft(path, secrets.token_bytes(KEY_BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync_folder(path.parent)


def _draft(path: Path, content: bytes) -> Path:
    """A file beside ``path``, for its owner alone, on the disk."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft
