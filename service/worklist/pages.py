"""Pages: the worklist, and where a browser tells of its clock."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from service.dependencies import TheService
from service.fields import Day
from service.screens.days import ZONE_COOKIE, ago, clock_of, is_zone, weekday_words
from service.screens.shell import ReadingMember, TheMember, show
from service.worklist.gathering import WorklistDesk

router = APIRouter(prefix="/app", include_in_schema=False)

_SEEN_COOKIE: Final = "liftmark_seen"
"""When this browser was shown the worklist last."""
_A_YEAR_S: Final = 31_536_000

OfDay = Annotated[Day | None, Query(alias="day")]
Zone = Annotated[str, Query(max_length=100)]
NextPage = Annotated[str, Query(alias="next", max_length=2000, pattern=r"^/app(/|\?|$)")]


@router.get("")
def see_worklist(request: Request, member: ReadingMember, service: TheService, of_day: OfDay = None) -> HTMLResponse:
    """What there is to do."""
    clock = clock_of(request)
    today = clock.today()
    day = min(of_day or today, today)
    page = show(
        request,
        member,
        "worklist.html",
        work=WorklistDesk(service.database).see(member.actor, day, clock, _seen_at(request)),
        day=day,
        is_today=day == today,
        named=ago(day, today),
        in_full=weekday_words(day),
        zone=clock.name,
        told=clock.told,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
    )
    _keep(request, page, _SEEN_COOKIE, datetime.now(UTC).isoformat())
    return page


@router.get("/worklist/state")
def see_state(request: Request, member: ReadingMember, service: TheService, day: Day) -> JSONResponse:
    """Whether something has changed since: asked every few seconds, so it reads as little as it can."""
    return JSONResponse({"state": WorklistDesk(service.database).state(member.actor, day, clock_of(request))})


@router.get("/zone")
def keep_zone(request: Request, _member: TheMember, name: Zone, next_page: NextPage) -> Response:
    """Keep what the browser's clock is set to, and go on."""
    answer = RedirectResponse(next_page, 303)
    if is_zone(name):
        _keep(request, answer, ZONE_COOKIE, name)
    return answer


def _keep(request: Request, answer: Response, name: str, value: str) -> None:
    secure = request.url.scheme == "https"
    answer.set_cookie(name, value, _A_YEAR_S, path="/app", secure=secure, httponly=True, samesite="lax")


def _seen_at(request: Request) -> datetime | None:
    try:
        seen_at = datetime.fromisoformat(request.cookies.get(_SEEN_COOKIE, ""))
    except ValueError:
        return None
    return seen_at if seen_at.tzinfo is not None else None
