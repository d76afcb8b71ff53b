"""Pages: what a subject agreed to, and which of the clinic's consents somebody has to look at."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from models.consent import ConsentState, Purpose, Region
from service.assembly import Service
from service.consents.desk import ConsentDesk, Overview
from service.consents.repository import consent_of
from service.consents.schemas import ConsentAnswer, PurposeAnswer
from service.consents.withdrawal import Resting
from service.consents.words import PURPOSES, REGIONS, STATES, purpose_words, regions_words
from service.database.base import now
from service.database.sharing_tables import ConsentRow
from service.dependencies import TheService
from service.people.naming import names_of, who
from service.screens.days import Clock, clock_of, day_words
from service.screens.shell import ReadingMember, show
from service.subjects.repository import Subjects
from service.tenancy.scope import Scope
from service.tenancy.tenant import Actor
from service.texts import _

router = APIRouter(prefix="/app", include_in_schema=False)

SOON: Final = timedelta(days=60)
"""A consent that ends within this time is shown, so that a new one can be asked for at a visit."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of consent in words; ``ended`` is empty while it is in force."""

    regions: str
    signed: str
    until: str
    paper: str
    recorded: str
    ended: str
    why: str


@dataclass(frozen=True, slots=True)
class Card:
    """One purpose: how it stands, and what ends when it is withdrawn.

    Parameters
    ----------
    filled : what the form begins with.
    """

    purpose: Purpose
    title: str
    meaning: str
    state: str
    badge: str
    can_end: bool
    latest: Record | None
    earlier: list[Record]
    resting: Resting
    published: list[tuple[str, str | None, str]]
    filled: dict[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the clinic's page."""

    subject_id: str
    reference: str
    purpose: Purpose
    title: str
    day: str
    note: str
    badge: str = ""
    url: str | None = None


@router.get("/subjects/{subject_id}/consents")
def see_consents_of_subject(
    subject_id: str, request: Request, member: ReadingMember, service: TheService
) -> HTMLResponse:
    """Five purposes, each with what was agreed to."""
    desk, clock = ConsentDesk(service.database, service.resting_exports), clock_of(request)
    seen = desk.see(member.actor, subject_id)
    resting, names = desk.resting(member.actor, seen), names_of(service.database, member.tenant)
    return show(
        request,
        member,
        "consents_of_subject.html",
        subject_id=subject_id,
        reference=_reference(service, member.actor, subject_id),
        cards=[_card(one, resting[one.purpose], clock, names) for one in seen.purposes],
        regions=[(region, _(says)) for region, says in REGIONS.items()],
        may_change=Scope.INGEST in member.actor.scopes,
        today=clock.today(),
    )


@router.get("/consents")
def see_consents(request: Request, member: ReadingMember, service: TheService) -> HTMLResponse:
    """What runs out, what was withdrawn, and what is still out there."""
    clock, desk = clock_of(request), ConsentDesk(service.database, service.resting_exports)
    found, names = desk.over_all(member.actor, now().date() + SOON), names_of(service.database, member.tenant)
    return show(
        request,
        member,
        "consents.html",
        out_there=_out_there(found),
        ending=[_ending(row, found) for row in found.ending],
        withdrawn=[_withdrawn(row, found, clock, names) for row in found.withdrawn],
        days=SOON.days,
    )


def _reference(service: Service, actor: Actor, subject_id: str) -> str:
    with service.database.reading(actor.tenant) as session:
        return Subjects(session, actor.tenant).get(subject_id).reference


def _card(told: PurposeAnswer, resting: Resting, clock: Clock, names: dict[str, str]) -> Card:
    (title, meaning), (state, badge) = PURPOSES[told.purpose], STATES[told.state]
    records = [_record(one, clock, names) for one in told.history]
    return Card(
        purpose=told.purpose,
        title=_(title),
        meaning=_(meaning),
        state=_(state),
        badge=badge,
        can_end=told.state in {ConsentState.GIVEN, ConsentState.EXPIRED},
        latest=records[-1] if records else None,
        earlier=records[-2::-1],
        resting=resting,
        published=[
            (one.where, one.url, day_words(one.published_on)) for one in resting.published if one.taken_down_on is None
        ],
        filled=_filled(told.latest),
    )


def _record(told: ConsentAnswer, clock: Clock, names: dict[str, str]) -> Record:
    ended = ""
    if told.ended_at is not None:
        says = (
            _("Withdrawn on %(day)s, noted by %(who)s")
            if told.ended_as == "withdrawn"
            else _("Replaced on %(day)s by %(who)s")
        )
        ended = says % {"day": clock.day(told.ended_at), "who": who(told.ended_by or "", names)}
    return Record(
        regions=regions_words(told.regions),
        signed=day_words(told.given_on),
        until=_("no last day") if told.expires_on is None else day_words(told.expires_on),
        paper=told.paper,
        recorded=_("%(day)s by %(name)s") % {"day": clock.day(told.recorded_at), "name": told.recorded_by},
        ended=ended,
        why=told.why or "",
    )


def _filled(latest: ConsentAnswer | None) -> dict[str, object]:
    """A form begins with what was agreed to last, but for the day and the paper, which are new."""
    if latest is None:
        return {"regions": [str(region) for region in Region]}
    return {"regions": [str(region) for region in latest.regions]}


def _ending(row: ConsentRow, found: Overview) -> Line:
    consent = consent_of(row)
    state = consent.state(now())
    note = _(STATES[state][0]) if state is ConsentState.EXPIRED else ""
    day = "" if row.expires_on is None else day_words(row.expires_on)
    return _line(row, found, day, note, STATES[state][1] if note else "")


def _withdrawn(row: ConsentRow, found: Overview, clock: Clock, names: dict[str, str]) -> Line:
    day = "" if row.ended_at is None else clock.day(row.ended_at)
    return _line(row, found, day, who(row.ended_by or "", names))


def _out_there(found: Overview) -> list[Line]:
    rows = ((one, found.records[one.consent_id]) for one in found.out_there)
    return [_line(row, found, day_words(one.published_on), one.where, "", one.url) for one, row in rows]


def _line(row: ConsentRow, found: Overview, day: str, note: str, badge: str = "", url: str | None = None) -> Line:
    purpose = Purpose(row.purpose)
    reference = found.references.get(row.subject_id, "")
    return Line(row.subject_id, reference, purpose, purpose_words(purpose), day, note, badge, url)
