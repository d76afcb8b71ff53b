"""Blobs in an object store (S3, Google, Azure, or memory for tests), which answers only once it has kept them."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from service.blobs.store import BlobMissingError, BlobsUnavailableError, StoredBlob, require_name

if TYPE_CHECKING:
    from obstore.store import BackoffConfig, ClientConfig, RetryConfig

_PROBES: Final = "ready"
_CONNECT: Final = timedelta(seconds=3)
_REQUEST: Final = timedelta(seconds=30)
"""A request may take so long, bodies included: 50 MB at 13 Mbit/s."""
_RETRY: Final = timedelta(seconds=10)
"""What failed later than this is not tried again; the library's own figure is three minutes."""
_ENVIRONMENT: Final = {"gs": "GOOGLE_", "az": "AZURE_", "azure": "AZURE_", "abfs": "AZURE_", "abfss": "AZURE_"}
_CLIENT_KEYS: Final = (
    *("allow_http", "allow_invalid_certificates", "timeout", "connect_timeout", "read_timeout", "pool_idle_timeout"),
    *("proxy_url", "proxy_ca_certificate", "proxy_excludes", "http1_only", "http2_only", "randomize_addresses"),
)
_AT_ONCE: Final = 16
_PLACE_S: Final = 1.0


class ObjectStore:
    """A bucket, or a prefix in it.

    Credentials, region and endpoint come from the store's own environment variables (``AWS_ACCESS_KEY_ID``,
    ``AWS_ENDPOINT``, ``AWS_ALLOW_HTTP`` …), as its other tools read them.

    A store that does not answer holds few threads for a short time: ``_AT_ONCE`` wait for it, others are turned away.

    Parameters
    ----------
    request, retry : how long one request may take, and until when a failed one is tried again.
    """

    def __init__(self, address: str, request: timedelta = _REQUEST, retry: timedelta = _RETRY) -> None:
        if address.startswith("memory:"):
            self._store = from_url(address)
        else:
            self._store = from_url(address, client_options=_client(address, request), retry_config=_retries(retry))
        self._places = BoundedSemaphore(_AT_ONCE)

    def put(self, name: str, content: bytes) -> None:
        """One request, and another one that asks whether it was kept: a proxy or a store may say yes and forget."""
        with self._at_work():
            sent = obstore.put(self._store, require_name(name), content, use_multipart=False)
            try:
                kept = obstore.head(self._store, name)
            except FileNotFoundError as error:
                raise BlobsUnavailableError("The object store did not keep what it was sent.") from error
            if (kept["size"], kept["e_tag"]) != (len(content), sent["e_tag"]):
                raise BlobsUnavailableError("The object store kept something else than it was sent.")

    def get(self, name: str) -> bytes:
        """Fetch the object."""
        try:
            with self._at_work():
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
        with _errors_told():
            for page in obstore.list(self._store, prefix=require_name(prefix)):
                yield from (StoredBlob(entry["path"], entry["size"], entry["last_modified"]) for entry in page)

    def folders_under(self, prefix: str) -> Iterator[str]:
        """List the level below."""
        with _errors_told():
            below = obstore.list_with_delimiter(self._store, prefix=require_name(prefix))["common_prefixes"]
        yield from (path.rpartition("/")[2] for path in below)

    def tidy(self, before: datetime) -> int:
        """Nothing: an object is there whole or not at all."""
        del before
        return 0

    def check(self) -> None:
        """Keep a small object of its own and take it away again."""
        probe = f"{_PROBES}/{secrets.token_hex(8)}"
        self.put(probe, b"ready?")
        self._delete(probe)

    def _delete(self, name: str) -> None:
        with self._at_work(), suppress(FileNotFoundError):
            obstore.delete(self._store, name)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """One of the few that may wait for the store."""
        if not self._places.acquire(timeout=_PLACE_S):
            raise BlobsUnavailableError(f"The object store leaves {_AT_ONCE} requests waiting.")
        try:
            with _errors_told():
                yield
        finally:
            self._places.release()


@contextmanager
def _errors_told() -> Iterator[None]:
    """A missing object is for the caller to judge; all else is the store's failure."""
    try:
        yield
    except FileNotFoundError:
        raise
    except BaseError as error:
        raise BlobsUnavailableError(f"The object store does not work: {error}") from error


def _client(address: str, request: timedelta) -> "ClientConfig":
    """What the environment says of the connection, which options given here would hide, and our patience else."""
    own = _ENVIRONMENT.get(address.partition("://")[0], "AWS_")
    said = {key: value for key in _CLIENT_KEYS if (value := os.environ.get(f"{own}{key.upper()}")) is not None}
    patience: ClientConfig = {"timeout": request, "connect_timeout": min(_CONNECT, request)}
    return patience | cast("ClientConfig", said)


def _retries(until: timedelta) -> "RetryConfig":
    first, longest = timedelta(seconds=0.1), timedelta(seconds=1)
    backoff: BackoffConfig = {"init_backoff": first, "max_backoff": longest, "base": 2}
    return {"max_retries": 3, "retry_timeout": until, "backoff": backoff}
