"""From a report back to the pages of whoever is signed in."""

from fastapi import Request

from service.people.member import Member
from service.reports.home import Home


def way_back(request: Request, address: str, says: str) -> Home | None:
    """The way back to ``address``; None for a reader who came by a link or with a key."""
    member = request.scope.get("member")
    return Home(address, says, member.csrf) if isinstance(member, Member) else None
