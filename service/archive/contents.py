"""What is in the photos of an archive, as far as a hash tells: nobody's face is measured twice from one picture."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from service.archive.listing import read_bytes
from service.archive.records import Archive, Entry, Reason, Refusal


def sha256_of(path: Path) -> str:
    """Lower-case hex of a file's content; OSError where it cannot be read."""
    return hashlib.sha256(read_bytes(path)).hexdigest()


def with_contents(archive: Archive, digest: Callable[[Path], str] = sha256_of) -> tuple[Archive, dict[str, str]]:
    """The archive without photos that cannot be read or that a subject has already, and each photo's hash by its file.

    Parameters
    ----------
    digest : the hash of a file; OSError where it cannot be read.
    """
    hashes: dict[str, str] = {}
    first: dict[tuple[str, str], str] = {}
    refusals: list[Refusal] = []
    for entry in archive.entries:
        found = _digest(entry, digest)
        if isinstance(found, Refusal):
            refusals.append(found)
        elif (other := first.setdefault((entry.subject, found), entry.file)) != entry.file:
            refusals.append(Refusal(entry.file, Reason.DUPLICATE, f"It has the same content as {other}."))
        else:
            hashes[entry.file] = found
    kept = tuple(entry for entry in archive.entries if entry.file in hashes)
    return replace(archive, entries=kept, refusals=(*archive.refusals, *refusals)), hashes


def _digest(entry: Entry, digest: Callable[[Path], str]) -> str | Refusal:
    try:
        return digest(entry.path)
    except OSError as error:
        why = error.strerror or str(error)
        return Refusal(entry.file, Reason.FILE_UNREADABLE, f"The file cannot be read: {why}.")
