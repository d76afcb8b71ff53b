"""How many requests in a minute: moving windows, kept in this process.

The windows are those of the library ``limits``. One web process has them all; several would each have their own, until
they are given one of the library's other storages.
"""

import time
from dataclasses import dataclass
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, Storage
from limits.strategies import MovingWindowRateLimiter

_CLINIC: Final = "clinic"
_KEY: Final = "key"
_HEAVY: Final = "heavy"
_FAILED: Final = "failed"

Limit = RateLimitItemPerMinute


@dataclass(frozen=True, slots=True)
class Use:
    """One limit that a request counts against.

    Parameters
    ----------
    whose : the kind of limit, and the clinic, key or address.
    """

    limit: Limit
    whose: tuple[str, str]
    cost: int = 1


class Rates:
    """Counts requests; remembers a minute."""

    def __init__(self, storage: Storage | None = None) -> None:
        self._windows = MovingWindowRateLimiter(storage or MemoryStorage())

    def refused_for_s(self, *uses: Use) -> float | None:
        """Count a request against each limit; where one is used up, the seconds until it has room again, else None.

        What is refused counts against the limits that were looked at before.
        """
        for use in uses:
            if not self._windows.hit(use.limit, *use.whose, cost=min(use.cost, use.limit.amount)):
                return self._wait_s(use)
        return None

    def is_used_up(self, use: Use) -> bool:
        """Whether the next one would be refused."""
        return not self._windows.test(use.limit, *use.whose)

    def left(self, use: Use) -> int:
        """How many more are let through now."""
        return max(0, self._windows.get_window_stats(use.limit, *use.whose).remaining)

    def _wait_s(self, use: Use) -> float:
        return max(0.0, self._windows.get_window_stats(use.limit, *use.whose).reset_time - time.time())


def of_clinic(tenant: str, per_minute: int) -> Use:
    """A request of a clinic."""
    return Use(Limit(per_minute), (_CLINIC, tenant))


def of_key(name: str, per_minute: int) -> Use:
    """A request with a key."""
    return Use(Limit(per_minute), (_KEY, name))


def heavy(tenant: str, per_minute: int, cost: int = 1) -> Use:
    """A heavy call of a clinic."""
    return Use(Limit(per_minute), (_HEAVY, tenant), cost)


def failed_at(address: str, per_minute: int) -> Use:
    """A request from ``address`` with a wrong key."""
    return Use(Limit(per_minute), (_FAILED, address))
