"""HTTP connections that cannot be held for ever: uvicorn has no deadline for headers, nor for an answer being read.

Bodies have theirs in :class:`service.web_safety.ReceiveLimits`, which can still answer.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

_LOOK_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Patience:
    """What a connection may take.

    Parameters
    ----------
    idle_s : until a request's headers are whole, and for an answer of which nothing is read.
    deadline_s : until an answer is read, however steadily it trickles.
    connections : open at once; beyond them, whoever has kept the service waiting for longest has to go.
    """

    idle_s: float
    deadline_s: float
    connections: int


class _At(IntEnum):
    """What a connection is at. Where some must go, the first of these go first."""

    WAITING = 0
    RECEIVING = 1
    ANSWERING = 2


class _Connection(H11Protocol):
    """A connection that looks every second whether the other side still does its part."""

    patience: ClassVar[Patience]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Make room for it where there is none."""
        super().connection_made(transport)
        self._at, self._since = _At.WAITING, self.loop.time()
        self._unsent, self._sending_since, self._moved_at = 0, self._since, self._since
        self._looking = self.loop.call_later(_LOOK_EVERY_S, self._look)
        if len(self.connections) > self.patience.connections:
            _longest_waiting(self.connections, self).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop looking."""
        self._looking.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Note whether a request has begun, or has all come."""
        super().data_received(data)
        self._note()

    def on_response_complete(self) -> None:
        """From now on the next request is waited for, whatever still comes of the last one's body."""
        super().on_response_complete()
        self._since = self.loop.time()
        self._note()

    def _note(self) -> None:
        at = self._now_at()
        if at is not self._at:
            self._at, self._since = at, self.loop.time()

    def _now_at(self) -> _At:
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]  # None before the first
            return _At.WAITING
        return _At.RECEIVING if self.cycle.more_body else _At.ANSWERING

    def _look(self) -> None:
        if self._request_is_late() or self._answer_is_stuck():
            self.transport.abort()
        else:
            self._looking = self.loop.call_later(_LOOK_EVERY_S, self._look)

    def _request_is_late(self) -> bool:
        return self._at is _At.WAITING and self.loop.time() - self._since > self.patience.idle_s

    def _answer_is_stuck(self) -> bool:
        was, self._unsent = self._unsent, self.transport.get_write_buffer_size()
        moment = self.loop.time()
        if not self._unsent:
            self._sending_since = self._moved_at = moment
        elif self._unsent != was:
            self._moved_at = moment
        idle_s, whole_s = moment - self._moved_at, moment - self._sending_since
        return idle_s > self.patience.idle_s or whole_s > self.patience.deadline_s


def connections_with(patience: Patience) -> type[asyncio.Protocol]:
    """The protocol for uvicorn's ``http``."""
    return type("Connection", (_Connection,), {"patience": patience})


def _longest_waiting(connections: Iterable[Any], newcomer: _Connection) -> _Connection:
    """Of those whose turn it is to send, the one that has been at it for longest; else the newcomer itself."""
    theirs = [one for one in connections if one is not newcomer and one._at is not _At.ANSWERING]  # noqa: SLF001  its own kind
    return min(theirs, key=lambda one: (one._at, one._since), default=newcomer)  # noqa: SLF001  as above
