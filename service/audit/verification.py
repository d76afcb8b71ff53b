"""Walking a chain, and saying where it is broken first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from service.audit.anchor import Anchor
from service.audit.chain import is_genuine
from service.audit.rows import AuditRows, Head
from service.database import Database
from service.database.tables import NO_HASH, AuditRow
from service.tenancy.tenant import TenantId

_EVERY: Final = 500


class BreakKind(StrEnum):
    """How a chain is broken."""

    EDITED = "edited"
    FORGED = "forged"
    DELETED = "deleted"
    REORDERED = "reordered"
    CUT = "cut"
    REWRITTEN = "rewritten"
    """The chain is sound in itself, but not the one that was anchored."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain is broken.

    Parameters
    ----------
    number : of the row, counted from 1.
    """

    kind: BreakKind
    number: int
    says: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found of one clinic's chain.

    Parameters
    ----------
    head : rows that were found sound, and the last one's hash.
    anchors : how many of the clinic's anchors were held against it.
    broken : None where all is sound.
    """

    tenant: TenantId
    head: Head
    anchors: int
    broken: Break | None


def verify(
    database: Database,
    tenant: TenantId,
    anchors: Iterable[Anchor] = (),
    advance: Callable[[int], None] = lambda _: None,
) -> Verification:
    """Walk the clinic's chain from its first row to its head, beside a service that goes on writing.

    Parameters
    ----------
    anchors : heads that were kept elsewhere, those of other clinics among them.
    advance : is told how many rows were checked since the last time.
    """
    mine = [anchor for anchor in anchors if anchor.clinic == tenant]
    with database.reading(tenant) as session:
        walker = _Walker(session, tenant, database.audit_key, mine, advance)
        broken = walker.walk()
    return Verification(tenant, walker.head, len(mine), broken)


class _Walker:
    """Follows a chain. ``head`` is the last row that was found sound."""

    def __init__(
        self,
        session: Session,
        tenant: TenantId,
        key: bytes,
        anchors: Iterable[Anchor],
        advance: Callable[[int], None],
    ) -> None:
        self._session = session
        self._rows = AuditRows(session, tenant)
        self._key = key
        self._advance = advance
        self._unproved = [anchor for anchor in anchors if not anchor.is_genuine(key)]
        self._anchored = _by_count(anchors)
        self._place = (0, 0)
        self.head = Head(0, NO_HASH)

    def walk(self) -> Break | None:
        """The first break. A row and the head that counts it are committed at once: a head read later counts it."""
        if self._unproved:
            return _unproved(self._unproved[0])
        while True:
            broken = self._walk_rows()
            told = self._told_head()
            if broken is not None:
                return broken
            if told.count <= self.head.count:
                return self._end(told)
            if self._is_cut():
                return self._cut(told)

    def _walk_rows(self) -> Break | None:
        for row in self._rows.walk(self._place):
            broken = self._row_break(row) or self._anchor_break(row)
            if broken is not None:
                return broken
            self.head, self._place = Head(row.number, row.hash), (row.number, row.id)
            if row.number % _EVERY == 0:
                self._advance(_EVERY)
        return None

    def _row_break(self, row: AuditRow) -> Break | None:
        number = self.head.count + 1
        if row.number > number:
            return Break(BreakKind.DELETED, number, f"Row {number} is missing.")
        if not is_genuine(self._key, row):
            return self._not_genuine(row)
        if row.number < number or row.previous != self.head.hash:
            return self._out_of_place(row)
        return None

    def _not_genuine(self, row: AuditRow) -> Break:
        """One whose hash others still know was changed; one whose hash nobody knows was put there."""
        known = self._rows.follower_of(row.hash) is not None or self._rows.head().hash == row.hash
        if known and row.previous == self.head.hash:
            return Break(BreakKind.EDITED, row.number, f"Row {row.number} is not as it was written.")
        return Break(BreakKind.FORGED, row.number, f"Row {row.number} was not written by this service.")

    def _out_of_place(self, row: AuditRow) -> Break:
        if row.previous == NO_HASH or self._rows.with_hash(row.previous) is not None:
            says = f"Row {row.number} is genuine but does not belong there: the order was changed."
            return Break(BreakKind.REORDERED, row.number, says)
        return Break(BreakKind.DELETED, row.number, f"What stood before row {row.number} is missing.")

    def _anchor_break(self, row: AuditRow) -> Break | None:
        for anchor in self._anchored.get(row.number, ()):
            if anchor.hash != row.hash:
                return _rewritten(anchor)
        return None

    def _told_head(self) -> Head:
        self._session.rollback()
        return self._rows.head()

    def _is_cut(self) -> bool:
        """Whether no row comes any more, asked once more, for the head may have moved since the walk."""
        return next(iter(self._rows.walk(self._place)), None) is None

    def _cut(self, told: Head) -> Break:
        says = f"The chain ends at row {self.head.count}, but had {told.count}."
        return Break(BreakKind.CUT, self.head.count + 1, says)

    def _end(self, told: Head) -> Break | None:
        self._advance(self.head.count % _EVERY)
        if told != self.head:
            says = f"Row {self.head.count} is the last one, but not the one that the chain's head names."
            return Break(BreakKind.FORGED, self.head.count, says)
        cut = [anchor for count, group in self._anchored.items() if count > self.head.count for anchor in group]
        if cut:
            last = max(cut, key=lambda anchor: anchor.count)
            says = f"The chain ends at row {self.head.count}, but had {last.count} at {last.at.isoformat()}."
            return Break(BreakKind.CUT, self.head.count + 1, says)
        return None


def _by_count(anchors: Iterable[Anchor]) -> Mapping[int, list[Anchor]]:
    groups: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        groups.setdefault(anchor.count, []).append(anchor)
    return groups


def _unproved(anchor: Anchor) -> Break:
    says = f"The anchor of row {anchor.count} was not made with this service's master key."
    return Break(BreakKind.FORGED, anchor.count, says)


def _rewritten(anchor: Anchor) -> Break:
    says = f"Row {anchor.count} is not the one that stood there at {anchor.at.isoformat()}: the chain was replaced."
    return Break(BreakKind.REWRITTEN, anchor.count, says)
