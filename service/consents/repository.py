"""Consents of one clinic's subjects."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import dropwhile

from sqlalchemy import ColumnElement

from models.consent import Consent, ConsentEnd, Purpose, Region
from service.database.sharing_tables import ConsentRow
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository


class Consents(TenantRepository[ConsentRow]):
    """The clinic's records of consent, those that ended included."""

    row = ConsentRow
    absent = ProblemCode.CONSENT_NOT_FOUND

    def find(self, consent_id: str) -> ConsentRow | None:
        """The record, None once it went with its subject."""
        return self._one(ConsentRow.id == consent_id)

    def current(self, subject_id: str, purpose: Purpose) -> ConsentRow | None:
        """The record that has not ended, though it may have expired; None where there is none."""
        return self._one(*_about(subject_id, purpose), ConsentRow.ended_at.is_(None))

    def latest(self, subject_id: str, purpose: Purpose) -> ConsentRow | None:
        """The newest record, a withdrawn one too; None where there never was one."""
        return next(reversed(self.every(*_about(subject_id, purpose))), None)

    def history_of(self, subject_id: str) -> list[ConsentRow]:
        """Every record of every purpose, the oldest first."""
        return self.every(ConsentRow.subject_id == subject_id)

    def successor(self, row: ConsentRow) -> ConsentRow:
        """The record that took its place, and the place of that one, until one that was not replaced; maybe itself."""
        since = self.every(*_about(row.subject_id, Purpose(row.purpose)), ConsentRow.id >= row.id)
        return next(dropwhile(lambda one: one.ended_as == ConsentEnd.REPLACED, since), row)

    def all_of(self, rows: Iterable[ConsentRow]) -> list[ConsentRow]:
        """Every record of the same subjects and purposes, the oldest first."""
        wanted = {(row.subject_id, row.purpose) for row in rows}
        found = self.every(ConsentRow.subject_id.in_({subject_id for subject_id, _ in wanted}))
        return [one for one in found if (one.subject_id, one.purpose) in wanted]

    def ending_by(self, day: date, limit: int) -> list[ConsentRow]:
        """Those in force whose last day is ``day`` or before, the soonest first."""
        query = self._select().where(ConsentRow.ended_at.is_(None), ConsentRow.expires_on <= day)
        return list(self.session.scalars(query.order_by(ConsentRow.expires_on, ConsentRow.id).limit(limit)))

    def withdrawn(self, limit: int, since: datetime | None = None) -> list[ConsentRow]:
        """Those that were withdrawn, the latest first."""
        query = self._select().where(ConsentRow.ended_as == ConsentEnd.WITHDRAWN)
        query = query if since is None else query.where(ConsentRow.ended_at >= since)
        return list(self.session.scalars(query.order_by(ConsentRow.ended_at.desc()).limit(limit)))


def _about(subject_id: str, purpose: Purpose) -> tuple[ColumnElement[bool], ...]:
    return ConsentRow.subject_id == subject_id, ConsentRow.purpose == purpose


def consent_of(row: ConsentRow) -> Consent:
    """As the rules take it."""
    ended_as = None if row.ended_as is None else ConsentEnd(row.ended_as)
    return Consent(row.id, Purpose(row.purpose), regions_of(row), row.given_on, row.expires_on, ended_as)


def regions_of(row: ConsentRow) -> frozenset[Region]:
    """The regions that were agreed to."""
    return frozenset(Region(word) for word in row.regions.split())


def written(regions: Iterable[Region]) -> str:
    """As the row holds them, in the order in which they are listed."""
    wanted = set(regions)
    return " ".join(region for region in Region if region in wanted)
