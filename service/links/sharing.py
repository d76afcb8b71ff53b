"""What a report's page needs so that whoever is signed in can share it."""

from dataclasses import dataclass

from fastapi import Request

from models.consent import Purpose
from service.consents.words import purpose_words
from service.people.member import Member
from service.tenancy.scope import Scope
from service.tenancy.share_links import LinkKind


@dataclass(frozen=True, slots=True)
class ShareOffer:
    """The dialog's addresses and choices.

    Parameters
    ----------
    csrf : of the member's session, for the page's scripts.
    make, running : where a link is made, and where those that run are listed.
    course_id : of a series, as its addresses name it.
    """

    csrf: str
    kind: LinkKind
    make: str
    running: str
    may_correct: bool = False
    course_id: str | None = None

    @property
    def purposes(self) -> list[tuple[Purpose, str]]:
        """What something may be shared for, in words."""
        return [(purpose, purpose_words(purpose)) for purpose in Purpose]


def offer_comparison(request: Request, comparison_id: str) -> ShareOffer | None:
    """For a comparison's report; None for all who are not signed in, or may not share."""
    member = sharing_member(request)
    if member is None:
        return None
    running = f"/v1/links?running=true&limit=200&comparison_id={comparison_id}"
    may_correct = Scope.INGEST in member.actor.scopes
    return ShareOffer(
        member.csrf, LinkKind.COMPARISON, f"/v1/comparisons/{comparison_id}/link", running, may_correct=may_correct
    )


def offer_series(request: Request, subject_id: str, course_id: str | None) -> ShareOffer | None:
    """For a series' report; None as above."""
    member = sharing_member(request)
    if member is None:
        return None
    running = f"/v1/links?running=true&limit=200&subject_id={subject_id}"
    return ShareOffer(
        member.csrf, LinkKind.SERIES, f"/v1/subjects/{subject_id}/series/link", running, course_id=course_id
    )


def sharing_member(request: Request) -> Member | None:
    """Whoever is signed in and may share."""
    member = request.scope.get("member")
    return member if isinstance(member, Member) and Scope.EXPORT in member.actor.scopes else None
