"""The rows of the audit and the heads of its chains: the one module that asks the database for them.

Each statement begins with the clinic.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from service.database.tables import AuditRow, Clinic
from service.tenancy.tenant import TenantId

_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a clinic's chain: how many rows it has, and the last one's hash."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows are asked for; None asks for all.

    Parameters
    ----------
    since, before : of the moment, the second one exclusive.
    """

    action: str | None = None
    target: str | None = None
    actor: str | None = None
    since: datetime | None = None
    before: datetime | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """As the database takes them."""
        return [
            *([AuditRow.action == self.action] if self.action is not None else []),
            *([AuditRow.target == self.target] if self.target is not None else []),
            *([AuditRow.actor == self.actor] if self.actor is not None else []),
            *([AuditRow.at >= self.since] if self.since is not None else []),
            *([AuditRow.at < self.before] if self.before is not None else []),
        ]


class AuditRows:
    """One clinic's audit."""

    def __init__(self, session: Session, tenant: TenantId) -> None:
        self._session = session
        self._tenant = tenant

    def head(self) -> Head:
        """The end of the chain as it is now."""
        row = self._session.execute(select(Clinic.audit_count, Clinic.audit_hash).where(Clinic.id == self._tenant))
        return Head(*row.one())

    def hold_head(self) -> Head:
        """The same, and nobody else appends until this transaction ends.

        Rows that refer to the clinic may still be written: the lock is the one that leaves keys alone.
        """
        query = select(Clinic.audit_count, Clinic.audit_hash).where(Clinic.id == self._tenant)
        return Head(*self._session.execute(query.with_for_update(key_share=True)).one())

    def move_head(self, head: Head) -> None:
        """Say where the chain ends from now on."""
        mine = update(Clinic).where(Clinic.id == self._tenant)
        self._session.execute(mine.values(audit_count=head.count, audit_hash=head.hash))

    def page(self, wanted: AuditFilter, after: int, limit: int) -> Sequence[AuditRow]:
        """Up to ``limit`` rows that are wanted, oldest first, after the one with the number ``after``."""
        query = select(AuditRow).where(AuditRow.tenant_id == self._tenant, AuditRow.number > after, *wanted.conditions)
        return self._session.scalars(query.order_by(AuditRow.number).limit(limit)).all()

    def latest(self, wanted: AuditFilter, before: int | None, limit: int) -> Sequence[AuditRow]:
        """Up to ``limit`` rows that are wanted, newest first, before the one with the number ``before``."""
        query = select(AuditRow).where(AuditRow.tenant_id == self._tenant, *wanted.conditions)
        if before is not None:
            query = query.where(AuditRow.number < before)
        return self._session.scalars(query.order_by(AuditRow.number.desc()).limit(limit)).all()

    def walk(self, place: tuple[int, int] = (0, 0)) -> Iterator[AuditRow]:
        """All rows by their numbers, a few at a time, so that no long transaction stands in anyone's way.

        Two rows of one number, which only a tampered table can hold, both come.

        Parameters
        ----------
        place : number and id of the row after which to begin.
        """
        while rows := self._after(place):
            yield from rows
            place = (rows[-1].number, rows[-1].id)
            self._session.expunge_all()
            self._session.rollback()

    def hash_at(self, number: int) -> str | None:
        """The hash of the row with this number, None where there is none."""
        query = select(AuditRow.hash).where(AuditRow.tenant_id == self._tenant, AuditRow.number == number)
        return self._session.scalars(query.limit(1)).first()

    def with_hash(self, digest: str) -> AuditRow | None:
        """A row that carries this hash, for telling where a row belongs."""
        query = select(AuditRow).where(AuditRow.tenant_id == self._tenant, AuditRow.hash == digest)
        return self._session.scalars(query.limit(1)).first()

    def follower_of(self, digest: str) -> AuditRow | None:
        """A row that says that it follows the one with this hash."""
        query = select(AuditRow).where(AuditRow.tenant_id == self._tenant, AuditRow.previous == digest)
        return self._session.scalars(query.limit(1)).first()

    def _after(self, place: tuple[int, int]) -> Sequence[AuditRow]:
        number, row_id = place
        later = (AuditRow.number > number) | ((AuditRow.number == number) & (AuditRow.id > row_id))
        query = select(AuditRow).where(AuditRow.tenant_id == self._tenant, later)
        return self._session.scalars(query.order_by(AuditRow.number, AuditRow.id).limit(_AT_ONCE)).all()


def clinics_of(session: Session) -> list[tuple[TenantId, str]]:
    """Every clinic's id and name, for whoever runs the service; they stand in no answer."""
    return [(TenantId(tenant), name) for tenant, name in session.execute(select(Clinic.id, Clinic.name))]
