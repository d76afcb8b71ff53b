"""A database that is SQLite or PostgreSQL, and the rest of the service need not know which."""

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from service.database.walls import EVERY_CLINIC, WHOSE

Written = TypeVar("Written")

_SQLITE_PRAGMAS: Final = (
    "PRAGMA busy_timeout = 15000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # an acknowledged photo survives a power cut; NORMAL would lose the last transactions
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # erasure overwrites what it deletes
)

_COMMON: Final[dict[str, Any]] = {"pool_size": 10, "max_overflow": 70, "hide_parameters": True}
"""Of both databases. Errors do not quote what was to be written: it is a patient's."""
_CONNECT_S: Final = 5  # a server that does not answer by then is as good as none
_POSTGRESQL_LIMITS: Final = "-c lock_timeout=15s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"
"""As long as SQLite's busy_timeout; and a process that hangs in the middle lets go of its locks."""
_KEEP_ALIVE: Final = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A server whose machine is gone is noticed in 25 s, not in two hours."""
_DISK_FULL: Final = "53100"  # SQLSTATE disk_full
_DEADLOCK: Final = "40P01"  # SQLSTATE deadlock_detected
_WRITES: Final = "liftmark_writes"
_CLINIC: Final = "liftmark_clinic"

OUT_OF_SERVICE: Final = (OperationalError, InternalError, NoConnectionError)
"""What is raised where the database is down, locked, full or broken, and the query is not at fault."""

AUDIT_KEY: Final = "audit_key"
"""Under this name a writing session's ``info`` holds the key of the audit chains."""


class LogInUseError(OSError):
    """Others read SQLite's log, so it cannot be emptied now; it can later."""


class Database:
    """Sessions on one database, each of one clinic: PostgreSQL itself shows it no other clinic's rows.

    What has to look across the clinics says so (``…_across``); a test keeps the list of those and their reasons.

    A writing session takes SQLite's write lock when it begins: a session that first reads and then writes would
    otherwise fail at once, whatever the busy timeout, when another one wrote in between.

    Parameters
    ----------
    audit_key : what rows of the audit are chained with; whoever has the database alone has it not. It is set anew when
        the sealed one has been read.
    """

    def __init__(self, address: str, audit_key: bytes) -> None:
        self.audit_key = audit_key
        self.engine = _open_engine(address)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()

    @contextmanager
    def reading(self, tenant: str) -> Iterator[Session]:
        """A session for queries of one clinic alone; its objects stay readable after it."""
        with Session(self._engine_of(tenant), expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self, tenant: str) -> Iterator[Session]:
        """One clinic's transaction: committed when the block ends, rolled back when it raises."""
        about, engine = {AUDIT_KEY: self.audit_key}, self._engine_of(tenant, writes=True)
        with Session(engine, expire_on_commit=False, info=about) as session, session.begin():
            yield session

    def reading_across(self) -> AbstractContextManager[Session]:
        """The same over all clinics, for what is not done for one of them."""
        return self.reading(EVERY_CLINIC)

    def writing_across(self) -> AbstractContextManager[Session]:
        """The same over all clinics, for what is not done for one of them."""
        return self.writing(EVERY_CLINIC)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection inside one writing transaction over all clinics, for migrations."""
        with self._engine_of(EVERY_CLINIC, writes=True).begin() as connection:
            yield connection

    def _engine_of(self, tenant: str, *, writes: bool = False) -> Engine:
        return self.engine.execution_options(**{_CLINIC: tenant, _WRITES: writes})

    def check(self) -> None:
        """Raise when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def scrub(self) -> None:
        """Empty SQLite's write-ahead log, which still holds rows as they were before they were erased.

        Raises
        ------
        LogInUseError
            Where readers needed the log all the time. PostgreSQL's own log and tables are its operator's.
        """
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.commit()
                busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            if busy:
                raise LogInUseError(errno.EBUSY, LogInUseError.__doc__)


def has_no_room(error: BaseException) -> bool:
    """Whether it is the disk below the database that is full."""
    driver = error.orig if isinstance(error, DBAPIError) else None
    return getattr(driver, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or (
        getattr(driver, "sqlstate", None) == _DISK_FULL
    )


def retry_on_clash(write: Callable[[], Written]) -> Written:
    """Run a transaction; once more when another one inserted what it had looked for, or each waited for the other."""
    try:
        return write()
    except IntegrityError:
        return write()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _DEADLOCK:
            raise
        return write()


def _open_engine(address: str) -> Engine:
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        patience = {"connect_timeout": _CONNECT_S, "options": _POSTGRESQL_LIMITS, **_KEEP_ALIVE}
        engine = create_engine(url, **_COMMON, pool_pre_ping=True, connect_args=patience)
        event.listen(engine, "begin", _say_whose)
        return engine
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, **_COMMON)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _say_whose(connection: Connection) -> None:
    """Who says nothing sees nothing."""
    tenant = connection.get_execution_options().get(_CLINIC)
    if tenant is not None:
        connection.execute(WHOSE, {"tenant": tenant})


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # Python must not begin transactions of its own; _begin_sqlite does
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)
    connection.create_function("lower", 1, _lower, deterministic=True)  # its own knows the letters of ASCII alone


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
