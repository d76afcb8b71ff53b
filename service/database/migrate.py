"""Bring a database to the shape that this version expects; safe to run by several processes at once."""

import logging
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from models.errors import LiftmarkError
from service.database.engine import Database
from service.database.walls import tables_without_wall

_log = logging.getLogger(__name__)

_LOCK_ID: Final = 0x11F7_3A2C


class OtherShapeError(LiftmarkError):
    """The tables are not those of this version. Run one version of the service in all its processes."""


def migrate(database: Database, to: str = "head") -> None:
    """Run every migration that is missing, in one transaction, up to the newest or the one named."""
    config = _config()
    with database.connection() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's write lock is already held
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # another process may be at a long migration
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _LOCK_ID})
        config.attributes["connection"] = connection
        config.attributes["audit_key"] = database.audit_key
        command.upgrade(config, to)


def require_current(database: Database) -> None:
    """Raise OtherShapeError unless every migration that this version knows, and no other, has run."""
    with database.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    if set(found) != _newest():
        raise OtherShapeError(OtherShapeError.__doc__)


def tell_of_missing_walls(database: Database) -> None:
    """Warn where PostgreSQL lets this login see every clinic's rows: the service works, with one wall and not two."""
    with database.engine.connect() as connection:
        tables = tables_without_wall(connection)
    if tables:
        _log.warning(
            "PostgreSQL's row-level security does not hold for this login (docs/tenancy.md): %s", ", ".join(tables)
        )


@cache
def _newest() -> frozenset[str]:
    return frozenset(ScriptDirectory.from_config(_config()).get_heads())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
