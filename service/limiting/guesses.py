"""Wrong keys and links, counted by the address that they come from."""

import hashlib
import ipaddress
import threading
from typing import Final

from service.limiting.rates import Rates, failed_at

_REMEMBERED: Final = 10_000
_IPV6_OF_ONE: Final = 64


class Guesses:
    """Lets an address fail so often in a minute.

    After that it is not looked into whether a key is right, unless it was right before: behind a proxy all clients may
    have one address, and who guesses there must not lock out the others.
    """

    def __init__(self, rates: Rates, per_minute: int) -> None:
        self._rates = rates
        self._per_minute = per_minute
        self._right: dict[bytes, None] = {}
        self._lock = threading.Lock()

    def are_too_many(self, address: str) -> bool:
        """Whether the address has failed too often."""
        return self._rates.is_used_up(failed_at(_who(address), self._per_minute))

    def count(self, address: str) -> float | None:
        """Count a failure; the seconds until the next one is answered, where it is one too many."""
        return self._rates.refused_for_s(failed_at(_who(address), self._per_minute))

    def was_right(self, key: str) -> bool:
        """Whether the key was right when it was last looked at."""
        return _digest(key) in self._right

    def remember(self, key: str, *, right: bool) -> None:
        """Keep what was found out about a key; of the right ones the latest 10,000."""
        digest = _digest(key)
        with self._lock:
            self._right.pop(digest, None)
            if right:
                self._right[digest] = None
            if len(self._right) > _REMEMBERED:
                del self._right[next(iter(self._right))]


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _who(address: str) -> str:
    """An IPv6 address stands for its network of 64 bits, all of which one client has to choose from."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, _IPV6_OF_ONE), strict=False)) if ip.version == 6 else address  # noqa: PLR2004
