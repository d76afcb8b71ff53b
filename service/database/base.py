"""What all tables share: ids, moments, and the base class."""

import secrets
import time
from datetime import UTC, datetime
from threading import Lock
from typing import Final

from sqlalchemy import (
    DateTime,
    Dialect,
    Double,
    LargeBinary,
    MetaData,
    Text,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

_NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class _Milliseconds:
    """Since 1970, and never twice the same: they go on counting while the clock stands still or was put back."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = Lock()

    def next(self) -> int:
        """The clock's, or one more than the last."""
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1_000_000)
            return self._last


_MILLISECONDS: Final = _Milliseconds()


def new_id() -> str:
    """128 bits in hex: milliseconds, then 80 random bits. Later ids sort later, so lists are paged by id."""
    return f"{_MILLISECONDS.next():012x}{secrets.token_hex(10)}"


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A time with its zone. SQLite keeps none, so all are kept in UTC and given back as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC on the way in."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say UTC on the way out."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {str: Text(), float: Double(), datetime: UtcDateTime(), bytes: LargeBinary()}  # noqa: RUF012  SQLAlchemy's own
