"""Pages: who did what to which record, and when."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse

from service.audit.anchor import AnchorError
from service.audit.anchoring import kept_anchors
from service.audit.desk import AuditDesk
from service.audit.rows import AuditFilter
from service.audit.schemas import VerificationAnswer
from service.audit.trail import Action
from service.database.tables import AuditRow
from service.dependencies import TheService
from service.errors import ProblemCode, ServiceError
from service.people.naming import SHORT, names_of, who
from service.reports.words import spoken
from service.screens.days import Clock, clock_of
from service.screens.shell import Owner, show
from service.tenancy.tenant import PERSON
from service.texts import _

router = APIRouter(prefix="/app/audit", include_in_schema=False)

_ROWS: Final = 100
_LAST_NUMBER: Final = 2**31 - 1

Word = Annotated[str, Query(max_length=200, pattern="^[0-9a-z:/_-]*$")]
Day = Annotated[str, Query(max_length=10, pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
Before = Annotated[int | None, Query(ge=1, le=_LAST_NUMBER)]


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One row in words; ``actor_id`` and ``target_id`` are what one filters by."""

    number: int
    at: str
    actor: str
    actor_id: str
    action: str
    target: str
    target_id: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for; empty words ask for anything. Days are by the reader's clock, both inclusive."""

    action: Word = ""
    target: Word = ""
    actor: Word = ""
    since: Day = ""
    until: Day = ""

    def filter(self, clock: Clock) -> AuditFilter:
        """As the database takes it."""
        since, until = _day(self.since), _day(self.until)
        return AuditFilter(
            action=self.action or None,
            target=self.target or None,
            actor=self.actor or None,
            since=None if since is None else clock.begins(since),
            before=None if until is None else clock.ends(until),
        )


@router.get("")
def see_audit(
    request: Request, member: Owner, service: TheService, asked: Annotated[Asked, Depends()], before: Before = None
) -> HTMLResponse:
    """The newest rows, or those that are asked for."""
    clock = clock_of(request)
    rows = AuditDesk(service.database).latest(member.actor, asked.filter(clock), before, _ROWS)
    names = names_of(service.database, member.tenant)
    told = {name: value for name, value in asdict(asked).items() if value}
    return show(
        request,
        member,
        "audit.html",
        lines=[_line(row, names, clock) for row in rows],
        asked=asked,
        actions=sorted((spoken(one), str(one)) for one in Action),
        people=sorted((name, f"{PERSON}{person}") for person, name in names.items()),
        query=urlencode(told),
        next=rows[-1].number if len(rows) == _ROWS else None,
        first=before is None,
        zone=clock.name,
    )


@router.get("/verification")
def see_verification(request: Request, member: Owner, service: TheService) -> HTMLResponse:
    """Whether the audit is whole."""
    try:
        found = AuditDesk(service.database).verify(member.actor, kept_anchors(service.settings.audit_anchors))
        answer = VerificationAnswer.of(found)
    except AnchorError:
        answer = None
    return show(request, member, "audit_verification.html", found=answer)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise ServiceError(ProblemCode.INVALID_REQUEST) from error


def _line(row: AuditRow, names: Mapping[str, str], clock: Clock) -> AuditLine:
    return AuditLine(
        number=row.number,
        at=f"{clock.day(row.at)}, {clock.time(row.at)}",
        actor=who(row.actor, names),
        actor_id=row.actor,
        action=_(spoken(row.action)),
        target=_(spoken(row.target)) if row.target.isalpha() else row.target[:SHORT],
        target_id=row.target,
    )
