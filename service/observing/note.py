"""What is noted of a request while it is answered."""

import secrets
from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("liftmark_request_id", default=None)
"""Of the request that is being answered here; log lines carry it."""

_KEY: Final = "liftmark.note"


@dataclass(slots=True)
class RequestNote:
    """What is told of a request once it has ended.

    Parameters
    ----------
    request_id : 128 random bits in hex, made here: what a client sends as an id could be anything, a name included.
    status : of the answer; None while none has begun.
    problem : the code of the problem that was the answer.
    """

    request_id: str = field(default_factory=lambda: secrets.token_hex(16))
    status: int | None = None
    problem: str | None = None

    def put_into(self, scope: MutableMapping[str, Any]) -> None:
        """Let all that answer this request find the note."""
        scope[_KEY] = self


def note_of(scope: MutableMapping[str, Any]) -> RequestNote | None:
    """The note on this request, where one is kept."""
    found = scope.get(_KEY)
    return found if isinstance(found, RequestNote) else None
