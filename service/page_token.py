"""What the pages of a signed-in browser carry, so that changes which they ask for can be told from other sites'."""

from contextvars import ContextVar
from typing import Final

_TOKEN: Final[ContextVar[str | None]] = ContextVar("liftmark_page_token", default=None)


def page_token() -> str | None:
    """The token of the session that is answered here and now; None where nobody is signed in."""
    return _TOKEN.get()


def carry(token: str) -> None:
    """Have every page of this context, a request's for instance, carry the token."""
    _TOKEN.set(token)
