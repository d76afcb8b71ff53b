"""The one way to a clinic's rows. Every query it makes begins with the tenant.

No other module of the service writes a ``select`` on these tables; a test reads the source for it.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from service.database.base import Row
from service.database.tables import Photo, Subject, TenantRow
from service.errors import ProblemCode, ServiceError
from service.tenancy.tenant import TenantId

AnyRow = TypeVar("AnyRow", bound=TenantRow)


class TenantRepository(Generic[AnyRow]):
    """The rows of one kind that belong to one clinic.

    A foreign id, a missing id and an id of another kind all meet the same error, ``absent``. ``bulky`` are columns that
    lists leave in the database.
    """

    row: ClassVar[type[Any]]
    absent: ClassVar[ProblemCode]
    bulky: ClassVar[Sequence[InstrumentedAttribute[Any]]] = ()

    def __init__(self, session: Session, tenant: TenantId) -> None:
        self.session = session
        self._tenant = tenant

    def get(self, row_id: str) -> AnyRow:
        """The row, or ServiceError."""
        row = self._one(self._has_id(row_id))
        if row is None:
            raise ServiceError(self.absent)
        return row

    def get_alone(self, row_id: str) -> AnyRow:
        """The row, held until this transaction ends, so that nothing is hung on it meanwhile; or ServiceError."""
        row = self.session.scalars(self._select().where(self._has_id(row_id)).with_for_update()).one_or_none()
        if row is None:
            raise ServiceError(self.absent)
        return row

    def page(
        self, *where: ColumnElement[bool], after: str | None = None, limit: int = 50, whole: bool = False
    ) -> list[AnyRow]:
        """Up to ``limit`` rows, oldest first, after the one called ``after``; with the bulky columns if ``whole``."""
        query = (self._select() if whole else self._light()).where(*where).order_by(self.row.id).limit(limit)
        if after is not None:
            query = query.where(self.row.id > after)
        return list(self.session.scalars(query))

    def every(self, *where: ColumnElement[bool]) -> list[AnyRow]:
        """All rows, oldest first: for what hangs on one subject, never for a clinic's whole list."""
        return list(self.session.scalars(self._select().where(*where).order_by(self.row.id)))

    def every_light(self, *where: ColumnElement[bool]) -> list[AnyRow]:
        """The same without the bulky columns, which cannot be read then."""
        return list(self.session.scalars(self._light().where(*where).order_by(self.row.id)))

    def add(self, row: AnyRow) -> AnyRow:
        """Write the row now, so that a clash with another one shows here."""
        row.tenant_id = self._tenant
        self.session.add(row)
        self.session.flush()
        return row

    def delete(self, row: AnyRow) -> None:
        """Delete the row with all that hangs on it."""
        self.session.delete(row)
        self.session.flush()

    def _has_id(self, row_id: str) -> ColumnElement[bool]:
        """PostgreSQL takes no text with a NUL, and no id has one."""
        same: ColumnElement[bool] = self.row.id == row_id
        return false() if "\0" in row_id else same

    def _one(self, *where: ColumnElement[bool]) -> AnyRow | None:
        return self.session.scalars(self._select().where(*where)).one_or_none()

    def _light(self) -> Select[AnyRow]:
        return self._select().options(*(defer(column, raiseload=True) for column in self.bulky))

    def _select(self) -> Select[AnyRow]:
        tenant_id: InstrumentedAttribute[str] = self.row.tenant_id
        return select(self.row).where(tenant_id == self._tenant)


def photos_of_clinic(session: Session, tenant: TenantId) -> tuple[int, int]:
    """How many photos the clinic has, and how many bytes they take; told by an index alone."""
    both = select(func.count(), func.coalesce(func.sum(Photo.size_bytes), 0)).where(Photo.tenant_id == tenant)
    count, size_bytes = session.execute(both).one()
    return count, int(size_bytes)


def rows_of_subject(session: Session, tenant: TenantId, subject_id: str) -> dict[str, int]:
    """How many rows each table holds of a subject, its own included; tables that hold none are left out."""
    counts = {}
    for table in Row.metadata.sorted_tables:
        column = table.c.id if table is Subject.__table__ else table.c.get("subject_id")
        if column is not None:
            mine = select(func.count()).select_from(table).where(table.c.tenant_id == tenant, column == subject_id)
            counts[table.name] = session.execute(mine).scalar_one()
    return {name: count for name, count in counts.items() if count}
