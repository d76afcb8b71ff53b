"""The cookie that a browser is recognised by."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from service.people.signing_in import LONGEST

COOKIE: Final = "liftmark_session"
_OVER_HTTPS: Final = "__Host-"
"""Begins the name of a cookie that browsers take from this very host over HTTPS alone, so that nobody can plant one."""


def session_token(request: Request) -> str | None:
    """What the browser brought."""
    return request.cookies.get(_name(request)) or None


def keep_session(request: Request, response: Response, token: str) -> None:
    """Have the browser bring the token from now on."""
    response.set_cookie(
        _name(request),
        token,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",  # strict would meet whoever comes by a link in a message with the sign-in page
    )


def forget_session(request: Request, response: Response) -> None:
    """Have the browser forget it."""
    secure = request.url.scheme == "https"
    response.delete_cookie(_name(request), path="/", secure=secure, httponly=True, samesite="lax")


def _name(request: Request) -> str:
    return f"{_OVER_HTTPS}{COOKIE}" if request.url.scheme == "https" else COOKIE
