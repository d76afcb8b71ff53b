"""Blobs in an object store (S3, Google, Azure, or memory for tests), which answers only once it has kept them."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from service.blobs.store import BlobMissingError, BlobsUnavailableError, StoredBlob, require_name

_PROBE: Final = "ready"


class ObjectStore:
    """A bucket, or a prefix in it.

    Credentials, region and endpoint come from the store's own environment variables (``AWS_ACCESS_KEY_ID``,
    ``AWS_ENDPOINT``, ``AWS_ALLOW_HTTP`` …), as its other tools read them.
    """

    def __init__(self, address: str) -> None:
        self._store = from_url(address)

    def put(self, name: str, content: bytes) -> None:
        """One request; the store answers when the object is kept."""
        with _store_at_work():
            obstore.put(self._store, require_name(name), content)

    def get(self, name: str) -> bytes:
        """Fetch the object."""
        try:
            with _store_at_work():
                return bytes(obstore.get(self._store, require_name(name)).bytes())
        except FileNotFoundError as error:
            raise BlobMissingError(name) from error

    def delete_under(self, prefix: str) -> None:
        """Delete the object and those below it."""
        for name in [require_name(prefix), *self.names_under(prefix)]:
            self._delete(name)

    def names_under(self, prefix: str) -> Iterator[str]:
        """List page by page."""
        yield from (blob.name for blob in self.blobs_under(prefix))

    def blobs_under(self, prefix: str) -> Iterator[StoredBlob]:
        """List page by page."""
        with _store_at_work():
            for page in obstore.list(self._store, prefix=require_name(prefix)):
                yield from (StoredBlob(entry["path"], entry["size"], entry["last_modified"]) for entry in page)

    def folders_under(self, prefix: str) -> Iterator[str]:
        """List the level below."""
        with _store_at_work():
            below = obstore.list_with_delimiter(self._store, prefix=require_name(prefix))["common_prefixes"]
        yield from (path.rpartition("/")[2] for path in below)

    def tidy(self, before: datetime) -> int:
        """An upload in parts that never ended is in no list; stores end it by a rule of the bucket's own."""
        del before
        return 0

    def check(self) -> None:
        """Keep a small object and take it away again."""
        self.put(_PROBE, b"ready?")
        self._delete(_PROBE)

    def _delete(self, name: str) -> None:
        with _store_at_work(), suppress(FileNotFoundError):
            obstore.delete(self._store, name)


@contextmanager
def _store_at_work() -> Iterator[None]:
    """A missing object is for the caller to judge; all else is the store's failure."""
    try:
        yield
    except FileNotFoundError:
        raise
    except BaseError as error:
        raise BlobsUnavailableError(f"The object store does not work: {error}") from error
