"""Pages: the worklist."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, JSONResponse

from service.dependencies import TheService
from service.fields import Day
from service.screens.days import ago, clock_of, weekday_words
from service.screens.shell import ReadingMember, show
from service.worklist.gathering import WorklistDesk

router = APIRouter(prefix="/app", include_in_schema=False)

OfDay = Annotated[Day | None, Query(alias="day")]


@router.get("")
def see_worklist(request: Request, member: ReadingMember, service: TheService, of_day: OfDay = None) -> HTMLResponse:
    """What there is to do."""
    clock = clock_of(request)
    today = clock.today()
    day = min(of_day or today, today)
    return show(
        request,
        member,
        "worklist.html",
        work=WorklistDesk(service.database).see(member.actor, day, clock),
        day=day,
        is_today=day == today,
        named=ago(day, today),
        in_full=weekday_words(day),
        zone=clock.name,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
    )


@router.get("/worklist/state")
def see_state(request: Request, member: ReadingMember, service: TheService, day: Day) -> JSONResponse:
    """Whether something has changed since: asked every few seconds, so it reads as little as it can."""
    state = WorklistDesk(service.database).state(member.actor, day, clock_of(request))
    return JSONResponse({"state": state}, headers={"Cache-Control": "no-store"})
