"""The second wall between clinics: PostgreSQL shows a transaction the rows of its own clinic and no others.

The first one is :mod:`service.tenancy.repository`. Where a query forgot the clinic, or a string became SQL, this one is
left. SQLite has nothing like it.
"""

from typing import Final

from sqlalchemy import Connection, inspect, text

from service.database.base import Row
from service.database.tables import Clinic

EVERY_CLINIC: Final = "*"
"""In place of a clinic's id, which is hexadecimal: the transaction is not done for one clinic."""

WHOSE: Final = text("SELECT set_config('liftmark.tenant', :tenant, true)")
"""Says, until the transaction ends, whose it is."""

_RAISE: Final = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",  # the service owns its tables, and owners are let through otherwise
    "CREATE POLICY one_clinic ON {table} USING (current_setting('liftmark.tenant', true) IN ({column}, '*'))",
)
_OPEN: Final = text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = ANY (:tables) "
    "AND NOT row_security_active(oid) ORDER BY relname"
)


def column_of_clinic(table: str) -> str:
    """The column that says whose a row is."""
    return "id" if table == Clinic.__tablename__ else "tenant_id"


def raise_wall(connection: Connection, table: str) -> None:
    """Let each transaction see and write its own clinic's rows of ``table`` alone; for migrations."""
    if connection.dialect.name == "postgresql":
        for statement in _RAISE:
            connection.exec_driver_sql(statement.format(table=table, column=column_of_clinic(table)))


def tables_with_clinics(connection: Connection) -> list[str]:
    """Those that the database has now."""
    there = inspect(connection)
    return [
        table
        for table in sorted(there.get_table_names())
        if table == Clinic.__tablename__ or "tenant_id" in {column["name"] for column in there.get_columns(table)}
    ]


def tables_without_wall(connection: Connection) -> list[str]:
    """Tables whose rows this login sees whatever the transaction says: all of them, for a superuser."""
    if connection.dialect.name != "postgresql":
        return []
    of_clinics = [table for table in Row.metadata.tables.values() if column_of_clinic(table.name) in table.columns]
    return list(connection.scalars(_OPEN, {"tables": [table.name for table in of_clinics]}))
