"""Bring a database to the shape that this version expects; safe to run by several processes at once."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from service.database.engine import Database

_LOCK_ID: Final = 0x11F7_3A2C


def migrate(database: Database, to: str = "head") -> None:
    """Run every migration that is missing, in one transaction, up to the newest or the one named."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with database.connection() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's write lock is already held
            connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _LOCK_ID})
        config.attributes["connection"] = connection
        config.attributes["audit_key"] = database.audit_key
        command.upgrade(config, to)
