"""Pages: who shared what, until when, and how often it was opened."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from models.consent import Purpose
from service.consents.words import purpose_words
from service.database.base import now
from service.database.sharing_tables import ShareLink
from service.dependencies import TheService
from service.links.desk import LinkDesk
from service.links.words import KINDS, state_words
from service.people.naming import who
from service.screens.days import Clock, clock_of
from service.screens.shell import ExportingMember, show
from service.texts import _, ngettext

router = APIRouter(prefix="/app", include_in_schema=False)

MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One link in words; ``address`` is where the record that it opens is seen by whoever is signed in."""

    id: str
    what: str
    address: str
    reference: str
    made: str
    ends: str
    opened: str
    purpose: str
    state: str
    is_running: bool


@router.get("/links")
def see_links(request: Request, member: ExportingMember, service: TheService) -> HTMLResponse:
    """The links that run, and those that have ended, the newest first."""
    seen, clock = LinkDesk(service.database).newest(member.actor, MOST_SHOWN), clock_of(request)
    lines = [_line(link, seen.references, seen.names, clock) for link in seen.links]
    return show(
        request,
        member,
        "links.html",
        running=[line for line in lines if line.is_running],
        ended=[line for line in lines if not line.is_running],
        most=MOST_SHOWN,
    )


def _line(link: ShareLink, references: dict[str, str], names: dict[str, str], clock: Clock) -> Line:
    state = state_words(link, now(), lambda actor: who(actor, names), clock)
    return Line(
        id=link.id,
        what=_(KINDS[link.kind]),
        address=_address(link),
        reference=references.get(link.subject_id or "", ""),
        made=_("%(day)s by %(name)s") % {"day": clock.day(link.created_at), "name": who(link.made_by, names)},
        ends=f"{clock.day(link.expires_at)}, {clock.time(link.expires_at)}",
        opened=_opened(link, clock),
        purpose="" if link.purpose is None else purpose_words(Purpose(link.purpose)),
        state=state,
        is_running=not state,
    )


def _opened(link: ShareLink, clock: Clock) -> str:
    if link.last_opened_at is None:
        return _("never")
    times = ngettext("%s time", "%s times", link.times_opened) % link.times_opened
    return _("%(times)s, last on %(day)s") % {"times": times, "day": clock.day(link.last_opened_at)}


def _address(link: ShareLink) -> str:
    if link.comparison_id is not None:
        return f"/v1/comparisons/{link.comparison_id}/report"
    if link.photo_id is not None:
        return f"/v1/photos/{link.photo_id}/correct"
    if link.subject_id is not None:
        return f"/v1/subjects/{link.subject_id}/series/report?course_id={link.course_id or 'none'}"
    return f"/v1/cohort/report?{link.choice}"
