"""The JSON of the audit, its verification, and the proof of an erasure."""

import json
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from service.audit.rows import Head
from service.audit.verification import BreakKind, Verification
from service.database.tables import AuditRow


class AuditAnswer(BaseModel):
    """One row of the audit: who (a key's id, a link, or the service itself) did what to which record.

    `number` is its place in the clinic's chain, `previous` the hash of the row before it, `hash` its own. `counts` are,
    of an erasure, the rows that went, by table.
    """

    number: int
    at: datetime
    actor: str
    action: str
    target: str
    counts: dict[str, int] | None
    previous: str
    hash: str

    @classmethod
    def of(cls, row: AuditRow) -> Self:
        """From the row."""
        return cls(
            number=row.number,
            at=row.at,
            actor=row.actor,
            action=row.action,
            target=row.target,
            counts=None if row.counts is None else json.loads(row.counts),
            previous=row.previous,
            hash=row.hash,
        )


class HeadAnswer(BaseModel):
    """The end of a chain: how many rows it has, and the last one's hash."""

    count: int
    hash: str

    @classmethod
    def of(cls, head: Head) -> Self:
        """From the head."""
        return cls(count=head.count, hash=head.hash)


class BreakAnswer(BaseModel):
    """The first place where the chain is broken."""

    kind: BreakKind
    number: int
    says: str


class VerificationAnswer(BaseModel):
    """What a walk along the clinic's chain found.

    `checked` rows were found sound, up to `head`; `anchors` are the heads kept outside the database that it was held
    against.
    """

    sound: bool
    checked: int
    head: HeadAnswer
    anchors: int
    broken: BreakAnswer | None

    @classmethod
    def of(cls, found: Verification) -> Self:
        """From what was found."""
        broken = found.broken and BreakAnswer.model_validate(found.broken, from_attributes=True)
        head = HeadAnswer.of(found.head)
        return cls(
            sound=broken is None, checked=found.head.count, head=head, anchors=found.anchors, broken=broken or None
        )


class ErasureAnswer(BaseModel):
    """The proof that a subject was erased.

    `rows_erased` are the rows that went, by table (null where it was erased before they were counted). `rows_left` are
    those that are there now, `blobs_left` the photos and pictures; `complete` is true when nothing is left. `audit` is
    the row that tells of it.
    """

    subject_id: str
    erased_at: datetime
    erased_by: str
    rows_erased: dict[str, int] | None
    rows_left: dict[str, int]
    blobs_left: int
    complete: bool
    audit: AuditAnswer
