"""Lists, a page at a time."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, Self, TypeVar

from fastapi import Query
from pydantic import BaseModel

from service.database.tables import TenantRow

AnyItem = TypeVar("AnyItem")
AnyRow = TypeVar("AnyRow", bound=TenantRow)

Limit = Annotated[int, Query(ge=1, le=200, description="Items on the page.")]
After = Annotated[str | None, Query(max_length=64, pattern="^[0-9a-f]*$", description="`next` of the page before.")]


class Page(BaseModel, Generic[AnyItem]):
    """A page of a list, oldest first; ``next`` goes into ``after`` for the following one, null at the end."""

    items: list[AnyItem]
    next: str | None

    @classmethod
    def of(cls, rows: Sequence[AnyRow], limit: int, shape: Callable[[AnyRow], AnyItem]) -> Self:
        """The page of ``rows``; a full one may have another after it."""
        return cls(items=[shape(row) for row in rows], next=rows[-1].id if len(rows) == limit else None)
