"""Telling our own pages' requests from those that other sites have a browser send."""

import hmac
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from service.people.member import Member

CSRF_HEADER: Final = "X-Liftmark-CSRF"
CSRF_FIELD: Final = "csrf"
READS: Final = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""
_OWN_SITE: Final = frozenset({"same-origin", "none"})
_PROVEN: Final = "csrf_proven"


def comes_from_own_page(request: Request) -> bool:
    """What the browser itself says of where the request comes from; old ones say nothing, nor do programs."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site in _OWN_SITE
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def proves_its_page(request: Request, member: Member) -> bool:
    """Whether the request brings what only a page of this session knows: in a header, or earlier in a form's field."""
    if request.scope.get(_PROVEN) is True:
        return True
    return _is_the(request.headers.get(CSRF_HEADER), member)


def csrf_of(request: Request) -> str | None:
    """What a page for this request has to know; None where nobody is signed in."""
    member = request.scope.get("member")
    return member.csrf if isinstance(member, Member) else None


async def prove_by_form(request: Request, member: Member) -> None:
    """Look for it in the form's field."""
    told = (await request.form()).get(CSRF_FIELD)
    request.scope[_PROVEN] = isinstance(told, str) and _is_the(told, member)


def _is_the(told: str | None, member: Member) -> bool:
    return told is not None and hmac.compare_digest(told.encode(), member.csrf.encode())
