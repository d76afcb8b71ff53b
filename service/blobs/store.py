"""What a keeper of blobs promises."""

import errno
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from models.errors import LiftmarkError

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")


class BlobMissingError(LiftmarkError):
    """There is no blob of this name."""


class BlobsUnavailableError(LiftmarkError):
    """The keeper cannot be reached or cannot write, now; it may later."""


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A blob as its keeper lists it.

    Parameters
    ----------
    kept_at : when it was put there, by the keeper's clock.
    """

    name: str
    size_bytes: int
    kept_at: datetime


class BlobsFullError(BlobsUnavailableError):
    """There is no room for another blob, now."""


class BlobDamagedError(LiftmarkError):
    """What the keeper gave back is not what it was given."""


FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
"""How a system says that a disk, or a user's share of it, is full."""


class BlobStore(Protocol):
    """Named bytes. Names are ids with slashes between them; :func:`require_name` refuses all others.

    Each method raises BlobsUnavailableError when the keeper does not work.
    """

    def put(self, name: str, content: bytes) -> None:
        """Keep ``content`` so that it survives a power cut from the moment this returns; a blob there is replaced."""

    def get(self, name: str) -> bytes:
        """The content, or BlobMissingError."""

    def delete_under(self, prefix: str) -> None:
        """Delete the blob ``prefix`` and all below ``prefix/``; nothing there is not an error."""

    def names_under(self, prefix: str) -> Iterator[str]:
        """The names of all blobs below ``prefix/``, in no order."""

    def blobs_under(self, prefix: str) -> Iterator[StoredBlob]:
        """The same with sizes and times; one that is deleted meanwhile may be left out."""

    def folders_under(self, prefix: str) -> Iterator[str]:
        """The names directly below ``prefix/`` that have something below them; one may be empty by now."""

    def tidy(self, before: datetime) -> int:
        """Remove what writers left that died before ``before``, and that is no blob; how much that was."""

    def check(self) -> None:
        """Raise when blobs cannot be kept or had."""


def require_name(name: str) -> str:
    """``name``, or ValueError where it could lead out of the store."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a blob name: {name!r}")
    return name
