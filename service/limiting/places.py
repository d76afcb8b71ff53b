"""How many requests of one clinic are under way at once."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

_WAITING_FOR_EACH: Final = 4
_PATIENCE_S: Final = 10.0


class NoPlaceError(Exception):
    """The clinic's places are taken, and so many wait for one, or so long, that it is better to come again."""


class Places:
    """So many places for each clinic, and a queue before them, in the order in which requests came.

    A place is held while a request is answered: also while it waits for an analysis, and while its body comes in.
    """

    def __init__(self, for_each: int, patience_s: float = _PATIENCE_S) -> None:
        self._for_each = for_each
        self._patience_s = patience_s
        self._free: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(for_each))
        self._here: defaultdict[str, int] = defaultdict(int)

    @asynccontextmanager
    async def taken(self, tenant: str) -> AsyncIterator[None]:
        """Hold a place while the block runs, or raise NoPlaceError; for the event loop's thread alone."""
        if self._here[tenant] >= self._for_each * (1 + _WAITING_FOR_EACH):
            raise NoPlaceError
        self._here[tenant] += 1
        try:
            await self._take(self._free[tenant])
            try:
                yield
            finally:
                self._free[tenant].release()
        finally:
            self._leave(tenant)

    async def _take(self, free: asyncio.Semaphore) -> None:
        try:
            await asyncio.wait_for(free.acquire(), self._patience_s)
        except TimeoutError as error:
            raise NoPlaceError from error

    def _leave(self, tenant: str) -> None:
        self._here[tenant] -= 1
        if not self._here[tenant]:
            del self._here[tenant], self._free[tenant]
