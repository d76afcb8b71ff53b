"""Where the bytes of photos and pictures are kept: one protocol, several keepers, always encrypted."""

from service.blobs.local import LocalFolder
from service.blobs.objects import ObjectStore
from service.blobs.store import (
    BlobDamagedError,
    BlobMissingError,
    BlobsFullError,
    BlobStore,
    BlobsUnavailableError,
    StoredBlob,
)

__all__ = [
    "BlobDamagedError",
    "BlobMissingError",
    "BlobStore",
    "BlobsFullError",
    "BlobsUnavailableError",
    "LocalFolder",
    "ObjectStore",
    "StoredBlob",
    "open_blobs",
]


def open_blobs(address: str) -> BlobStore:
    """The keeper at ``address``: an object store where it has a scheme (``s3://…``), else a folder."""
    if address.startswith("file://"):
        return LocalFolder(address.removeprefix("file://"))
    return ObjectStore(address) if "://" in address else LocalFolder(address)
