"""A subject's blobs, readable only with the subject's own key."""

import secrets
from dataclasses import dataclass

from service.blobs.key_ring import KeyRing, Sealed
from service.blobs.master_key import KEY_BYTES, Cipher, MasterKeyError
from service.blobs.store import BlobDamagedError, BlobStore
from service.database.tables import Subject
from service.tenancy.tenant import TenantId


def blob_prefix(tenant: TenantId, subject_id: str) -> str:
    """Where all blobs of a subject are, so that erasure finds them without its rows."""
    return f"{tenant}/{subject_id}"


@dataclass(frozen=True, slots=True)
class SubjectVault:
    """Seals and opens the blobs of one subject."""

    store: BlobStore
    cipher: Cipher
    prefix: str

    def put(self, name: str, content: bytes) -> str:
        """Seal and keep durably; the name to keep in the row."""
        self.store.put(f"{self.prefix}/{name}", self.cipher.seal(content, name))
        return name

    def get(self, name: str) -> bytes:
        """The content, proved to be what was put under this very name; BlobDamagedError where it is not."""
        sealed = self.store.get(f"{self.prefix}/{name}")
        try:
            return self.cipher.open(sealed, name)
        except MasterKeyError as error:
            raise BlobDamagedError(f"{name} of {self.prefix} is not what was kept.") from error

    def delete(self, *names: str | None) -> None:
        """Delete those that are there."""
        for name in names:
            if name is not None:
                self.store.delete_under(f"{self.prefix}/{name}")


@dataclass(frozen=True, slots=True)
class Vaults:
    """All subjects' vaults: where the blobs are, and the keys of keys."""

    store: BlobStore
    ring: KeyRing

    def new_wrapped_key(self, subject_id: str) -> Sealed:
        """A data key for a new subject, wrapped for the subject's row."""
        return self.ring.seal(secrets.token_bytes(KEY_BYTES), subject_id)

    def of(self, subject: Subject) -> SubjectVault:
        """The vault that ``subject``'s wrapped key opens."""
        cipher = Cipher(self.ring.open(Sealed(subject.wrapped_key, subject.wrapped_by), subject.id))
        return SubjectVault(self.store, cipher, blob_prefix(TenantId(subject.tenant_id), subject.id))
