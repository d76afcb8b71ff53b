"""Keeping anchors of the audit outside the database: in a file, and in the object store where photos are in one."""

import errno
import logging
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Final, Self

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from service.audit.anchor import Anchor, AnchorError, anchor_of, read_anchors
from service.audit.rows import AuditRows, Head, clinics_of
from service.blobs.store import BlobMissingError, BlobStore, BlobsUnavailableError
from service.database import Database
from service.database.base import new_id, now
from service.tenancy.tenant import TenantId

_LONGEST_LINE_BYTES: Final = 4096

_log = logging.getLogger(__name__)

FOLDER: Final = "audit-anchors"
"""The anchors' own place among the blobs; no clinic's id looks like it."""


def kept_anchors(file: Path) -> list[Anchor]:
    """The anchors in ``file``; none before the first one was kept."""
    return read_anchors(file) if file.exists() else []


def stored_anchors(store: BlobStore) -> Iterator[Anchor]:
    """The anchors in the object store.

    Raises
    ------
    AnchorError
        Where an object is none, told with its name.
    """
    for name in sorted(store.names_under(FOLDER)):
        try:
            yield from (anchor_of(line) for line in store.get(name).splitlines())
        except (ValidationError, BlobMissingError) as error:
            raise AnchorError(f"{name} among the blobs holds no anchors of the audit.") from error


class AnchorKeeper:
    """Anchors every clinic's chain each ``every_s`` and at the end, when it has grown.

    Parameters
    ----------
    store : where an object is put under a new name each time, beside the file; None: the file alone.
    """

    def __init__(self, database: Database, file: Path, store: BlobStore | None, every_s: float) -> None:
        self._database = database
        self._file = file
        self._store = store
        self._every_s = every_s
        self._stop = Event()
        self._thread = Thread(target=self._work, name="audit-anchors")
        self._last: dict[str, Anchor] = {}

    def __enter__(self) -> Self:
        try:
            self._last = _last_of_each(kept_anchors(self._file))
        except AnchorError as error:
            _log.error("Anchors of the audit are damaged: %s", error)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._keep_or_say_why()

    def keep(self) -> list[Anchor]:
        """Anchor the chains that have grown; those that were anchored now."""
        with self._database.reading_across() as session:
            heads = {clinic: AuditRows(session, clinic).head() for clinic, _ in clinics_of(session)}
            for clinic in heads:
                self._look_back(AuditRows(session, clinic), clinic)
        at = now()
        grown = [self._anchor(at, clinic, head) for clinic, head in heads.items() if self._has_grown(clinic, head)]
        if grown:
            content = "".join(f"{anchor.line}\n" for anchor in grown).encode()
            _append(self._file, content)
            if self._store is not None:
                self._store.put(f"{FOLDER}/{new_id()}", content)
            self._last |= {anchor.clinic: anchor for anchor in grown}
        return grown

    def _anchor(self, at: datetime, clinic: TenantId, head: Head) -> Anchor:
        return Anchor.made(self._database.audit_key, at, clinic, head.count, head.hash)

    def _has_grown(self, clinic: TenantId, head: Head) -> bool:
        last = self._last.get(clinic)
        return head.count > 0 and (last is None or (last.count, last.hash) != (head.count, head.hash))

    def _look_back(self, rows: AuditRows, clinic: TenantId) -> None:
        """Say at once where what was anchored last is no longer there; the anchors that are kept prove it later."""
        last = self._last.get(clinic)
        if last is not None and rows.hash_at(last.count) != last.hash:
            _log.critical(
                "The audit of clinic %s is not the one anchored at %s: run liftmark audit verify", clinic, last.at
            )

    def _work(self) -> None:
        while not self._stop.wait(self._every_s):
            self._keep_or_say_why()

    def _keep_or_say_why(self) -> None:
        try:
            self.keep()
        except (OSError, SQLAlchemyError, BlobsUnavailableError):
            _log.exception("The audit could not be anchored now; trying again later")


def _last_of_each(anchors: Iterable[Anchor]) -> dict[str, Anchor]:
    return {anchor.clinic: anchor for anchor in anchors}


def _append(file: Path, content: bytes) -> None:
    """At the end, in one write, on the disk when this returns; a line that a power cut tore goes first."""
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        whole = _end_of_last_line(descriptor, size)
        if whole < size:
            os.ftruncate(descriptor, whole)
        if os.write(descriptor, content) < len(content):
            os.ftruncate(descriptor, whole)
            raise OSError(errno.ENOSPC, "the anchors do not fit on the disk", str(file))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _end_of_last_line(descriptor: int, size: int) -> int:
    """Where the last whole line ends, in bytes; a line is far shorter than what is looked at."""
    looked_at = min(size, _LONGEST_LINE_BYTES)
    tail = os.pread(descriptor, looked_at, size - looked_at)
    return size - looked_at + tail.rfind(b"\n") + 1
