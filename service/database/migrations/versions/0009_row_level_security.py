"""PostgreSQL keeps the clinics apart by itself, as a second wall."""

from alembic import op

from service.database.walls import raise_wall, tables_with_clinics

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Raise the wall around every table that holds clinics' rows; whoever makes one later calls ``raise_wall`` on it."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for table in tables_with_clinics(connection):
            raise_wall(connection, table)


def downgrade() -> None:
    """Take it down again."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for table in tables_with_clinics(connection):
            op.execute(f"DROP POLICY one_clinic ON {table}")
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
