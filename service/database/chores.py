"""What is done now and then for all clinics, by whichever process comes first."""

from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, insert, select, update

from service.database.base import now
from service.database.engine import Database, retry_on_clash
from service.database.tables import ChoreRow


def take_chore(database: Database, name: str, every: timedelta) -> bool:
    """Whether the chore is due, and the caller's to do now: no other process gets it before it is due again.

    It is due for the first time ``every`` after it was first heard of. A process that dies at it leaves it until then.
    """
    return retry_on_clash(lambda: _take(database, name, every))


def _take(database: Database, name: str, every: timedelta) -> bool:
    with database.reading_across() as session:
        due_at = session.scalar(select(ChoreRow.due_at).where(ChoreRow.name == name))
    moment = now()
    if due_at is not None and moment < due_at <= moment + every:  # later than that, a clock was wrong
        return False
    with database.writing_across() as session:
        if due_at is None:
            session.execute(insert(ChoreRow).values(name=name, due_at=moment + every))
            return False
        mine = update(ChoreRow).where(ChoreRow.name == name, ChoreRow.due_at == due_at)
        moved: CursorResult[Any] = session.execute(mine.values(due_at=moment + every))  # type: ignore[assignment]  # DML
        return moved.rowcount == 1
