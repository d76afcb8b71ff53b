"""The judge: holds what the client was told against what is there. It shares no code with the service.

It reads the ledger that the client wrote, the service's answers over HTTP, and the database and blobs themselves.
"""

import hashlib
import json
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.faults.shelves import Rows, Shelves

Said = dict[str, Any]
"""A line of the ledger."""


class Verdict(StrEnum):
    """What is wrong."""

    LOST = "lost"
    """Acknowledged, and not there or not to be had."""
    DOUBLED = "doubled"
    """Done twice: one key or upload with two photos, one deed with two rows of the audit."""
    ALTERED = "altered"
    """Not the bytes that were sent; or a photo that nobody sent."""
    STUCK = "stuck"
    """Not ended, though all was in order for long enough."""
    REMAINING = "remaining"
    """Acknowledged as erased, and something of it is still there."""
    UNCHAINED = "unchained"
    """The audit has a gap, or lacks what was done."""
    FAILED = "failed"
    """A good photo or pair was given up, or a client was told of an internal error."""
    ORPHANED = "orphaned"
    """A blob that no row names. Nothing of the client's is wrong; it waits for the reconciler."""


HARMLESS = frozenset({Verdict.ORPHANED})


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and with what."""

    verdict: Verdict
    about: str
    says: str


@dataclass(frozen=True)
class Reader:
    """The service as anybody with a key sees it."""

    address: str
    key: str

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        request = urllib.request.Request(self.address + path, headers={"Authorization": f"Bearer {self.key}"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read()


class Acknowledgements:
    """What the client asked for, and what it was told."""

    def __init__(self, path: Path) -> None:
        self._lines: list[Said] = [json.loads(line) for line in path.read_text().splitlines()]

    def asked(self, what: str) -> list[Said]:
        return self._those("asked", what)

    def acknowledged(self, what: str) -> list[Said]:
        return self._those("acknowledged", what)

    def failed(self) -> list[Said]:
        return self._those("failed", "answer")

    def gone(self) -> set[str]:
        """Photos that were erased or may have been, by themselves or with their subject."""
        photos = {said["id"] for said in self.asked("photo_erased")}
        return photos | {photo["id"] for photo in self.acknowledged("photo") if self._subject(photo) in self._subjects}

    def erased(self) -> set[str]:
        """Photos and subjects of which the client was told that they are gone."""
        told = self.acknowledged("photo_erased") + self.acknowledged("subject_erased")
        return {said["id"] for said in told}

    def standing(self, what: str) -> list[Said]:
        """What was acknowledged and must be there."""
        gone = self.gone()
        about = {"photo": ("id",), "comparison": ("before", "after")}[what]
        return [said for said in self.acknowledged(what) if not gone & {said[name] for name in about}]

    def _those(self, event: str, what: str) -> list[Said]:
        return [said for said in self._lines if (said["event"], said["what"]) == (event, what)]

    def _subject(self, photo: Said) -> str | None:
        return self._subject_of_visit.get(photo["visit"])

    @cached_property
    def _subjects(self) -> set[str]:
        return {said["id"] for said in self.asked("subject_erased")}

    @cached_property
    def _subject_of_visit(self) -> dict[str, str]:
        return {said["id"]: said["subject"] for said in self.acknowledged("visit")}


@dataclass(frozen=True)
class Checker:
    """Judges one service after it was left in peace (:meth:`settle`)."""

    ledger: Acknowledgements
    reader: Reader
    shelves: Shelves

    def settle(self, seconds: float) -> bool:
        """Wait until no work is left; False when there is still some after so many seconds of peace."""
        deadline = time.monotonic() + seconds
        while unfinished := self._unfinished():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return not unfinished

    def findings(self) -> list[Finding]:
        """All that is wrong."""
        kinds: tuple[Callable[[], Iterable[Finding]], ...] = (
            self._photos,
            self._pairs,
            self._one_of_each,
            self._rows_and_blobs,
            self._work_left,
            self._erasures,
            self._audit,
            self._answers,
        )
        return [finding for kind in kinds for finding in kind()]

    def _photos(self) -> Iterator[Finding]:
        for photo in self.ledger.standing("photo"):
            yield from self._photo(photo)

    def _photo(self, photo: Said) -> Iterator[Finding]:
        status, content = self.reader.get(f"/v1/photos/{photo['id']}/file")
        if status != 200:
            yield Finding(Verdict.LOST, photo["id"], f"its file answers {status}")
        elif hashlib.sha256(content).hexdigest() != photo["sha256"]:
            yield Finding(Verdict.ALTERED, photo["id"], f"{len(content)} other bytes than were sent")
        status, document = self.reader.get(f"/v1/photos/{photo['id']}")
        if status != 200:
            yield Finding(Verdict.LOST, photo["id"], f"it answers {status}")
        else:
            yield from self._outcome(f"/v1/photos/{photo['id']}", document)
            yield from self._picture(f"/v1/photos/{photo['id']}", document)

    def _pairs(self) -> Iterator[Finding]:
        for pair in self.ledger.standing("comparison"):
            status, document = self.reader.get(f"/v1/comparisons/{pair['id']}")
            if status != 200:
                yield Finding(Verdict.LOST, pair["id"], f"the comparison answers {status}")
            else:
                yield from self._outcome(f"/v1/comparisons/{pair['id']}", document)

    def _outcome(self, path: str, document: bytes) -> Iterator[Finding]:
        status = json.loads(document)["status"]
        if status == "queued":
            yield Finding(Verdict.STUCK, path, "still queued")
        if status == "failed":
            yield Finding(Verdict.FAILED, path, "given up")

    def _picture(self, path: str, document: bytes) -> Iterator[Finding]:
        if json.loads(document)["status"] == "analysed":
            status, _ = self.reader.get(f"{path}/overlay")
            if status != 200:
                yield Finding(Verdict.LOST, path, f"its overlay answers {status}")

    def _one_of_each(self) -> Iterator[Finding]:
        """No more photos of the same bytes than keys they were sent under; under a key one photo, the one told."""
        keys = Counter(sha for _, sha in {(said["key"], said["sha256"]) for said in self.ledger.asked("photo")})
        for sha, count in Counter(row["sha256"] for row in self.shelves.rows("SELECT sha256 FROM photos")).items():
            if keys[sha] == 0:
                yield Finding(Verdict.ALTERED, sha, "a photo that nobody sent")
            elif count > keys[sha]:
                yield Finding(Verdict.DOUBLED, sha, f"{count} photos, sent under {keys[sha]} keys")
        kept = self.shelves.rows("SELECT key, made_id FROM idempotency_keys")
        yield from self._keys([(row["key"], row["made_id"]) for row in kept])

    def _keys(self, kept: list[tuple[str, str]]) -> Iterator[Finding]:
        standing = self.ledger.standing("photo")
        pairs = {*kept, *((said["key"], said["id"]) for said in standing)}
        for key, count in Counter(key for key, _ in pairs).items():
            if count > 1:
                yield Finding(Verdict.DOUBLED, key, f"{count} records under one key")
        for said in standing:
            if (said["key"], said["id"]) not in kept:
                yield Finding(Verdict.LOST, said["key"], "the key is forgotten")

    def _rows_and_blobs(self) -> Iterator[Finding]:
        named, there = self._named_blobs(), self.shelves.blob_names()
        for name in sorted(named - there):
            yield Finding(Verdict.LOST, name, "a row names this blob, and it is not there")
        for name in sorted(name for name in there - named if not name.startswith("audit-anchors/")):
            yield Finding(Verdict.ORPHANED, name, "no row names this blob")

    def _named_blobs(self) -> set[str]:
        tables = self.shelves.rows_together(
            "SELECT tenant_id, subject_id, upload_blob, overlay_blob, thumbnail_blob FROM photos",
            "SELECT tenant_id, subject_id, aligned_before_blob, aligned_after_blob FROM comparisons",
            "SELECT tenant_id, subject_id, file_blob, draft_blob FROM exports",
        )
        return {
            f"{row['tenant_id']}/{row['subject_id']}/{blob}"
            for rows in tables
            for row in rows
            for column, blob in row.items()
            if column.endswith("_blob") and blob is not None
        }

    def _work_left(self) -> Iterator[Finding]:
        for about, says in self._unfinished():
            yield Finding(Verdict.STUCK, about, says)

    def _unfinished(self) -> list[tuple[str, str]]:
        jobs, photos, pairs = self.shelves.rows_together(
            "SELECT kind, target, attempts FROM jobs",
            "SELECT id FROM photos WHERE status = 'queued'",
            "SELECT id FROM comparisons WHERE status = 'queued'",
        )
        queued = [(row["id"], "queued") for row in photos + pairs]
        return [(row["target"], f"a job {row['kind']}, attempt {row['attempts']}") for row in jobs] + queued

    def _erasures(self) -> Iterator[Finding]:
        erased, names = self.ledger.erased(), self.shelves.blob_names()
        rows = self.shelves.rows("SELECT id FROM photos UNION SELECT id FROM subjects")
        for record in sorted(erased & {row["id"] for row in rows}):
            yield Finding(Verdict.REMAINING, record, "its row is still there")
        for name in sorted(names):
            if erased & set(name.split("/")):
                yield Finding(Verdict.REMAINING, name, "the blob is still there")

    def _audit(self) -> Iterator[Finding]:
        rows, heads = self.shelves.rows_together(
            "SELECT tenant_id, number, action, target, previous, hash FROM audit ORDER BY tenant_id, number",
            "SELECT id, audit_count, audit_hash FROM clinics",
        )
        for head in heads:
            yield from _chain(head, [row for row in rows if row["tenant_id"] == head["id"]])
        done = Counter((row["action"], row["target"]) for row in rows)
        deeds = {"photo": "photo_uploaded", "comparison": "comparison_made", "photo_erased": "photo_deleted"}
        for what, action in (deeds | {"subject_erased": "subject_erased"}).items():
            for said in self.ledger.acknowledged(what):
                yield from _deed(action, said["id"], done[action, said["id"]])

    def _answers(self) -> Iterator[Finding]:
        for said in self.ledger.failed():
            yield Finding(Verdict.FAILED, said["path"], said["says"])


def _chain(head: Said, rows: Rows) -> Iterator[Finding]:
    """Numbers from 1 without a gap, each row after the one before it, as many as the clinic counts."""
    previous = "0" * 64
    for number, row in enumerate(rows, 1):
        if (row["number"], row["previous"]) != (number, previous):
            yield Finding(Verdict.UNCHAINED, head["id"], f"row {row['number']} does not follow row {number - 1}")
        previous = row["hash"]
    if (head["audit_count"], head["audit_hash"]) != (len(rows), previous):
        yield Finding(Verdict.UNCHAINED, head["id"], f"{head['audit_count']} rows are counted, {len(rows)} are there")


def _deed(action: str, record: str, times: int) -> Iterator[Finding]:
    if times == 0:
        yield Finding(Verdict.UNCHAINED, record, f"no {action} in the audit")
    if times > 1:
        yield Finding(Verdict.DOUBLED, record, f"{times} times {action} in the audit")
