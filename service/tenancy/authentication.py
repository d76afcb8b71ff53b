"""Who is asking, found out before a single byte of the body is read."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.database import Database
from service.errors import PROBLEMS, ProblemCode, problem_response
from service.limiting.guesses import Guesses
from service.limiting.turnstile import refuse
from service.observing.note import note_of
from service.people.cookies import session_token
from service.people.member import Member
from service.people.own_pages import comes_from_own_page, proves_its_page
from service.people.signing_in import SignInDesk
from service.reports.page import templates
from service.tenancy.keeping_links import runs
from service.tenancy.keys import find_actor
from service.tenancy.links import CohortLink, CorrectionLink, Link, LinkSigner, ReportLink, SeriesLink, choice_of
from service.tenancy.tenant import Actor
from service.texts import speak

COOKIE: Final = "liftmark_link"
_OVER_HTTPS: Final = "__Secure-"
"""Begins the name of a cookie that browsers take over HTTPS alone, so that nobody on the line can plant one."""

PAGES: Final = "/app"
"""Where the pages are for people who are signed in."""
_GUARDED: Final = "/v1/"
_BEARER: Final = "bearer "
_READS: Final = frozenset({"GET", "HEAD"})
_REPORT: Final = re.compile(r"(?P<base>/v1/comparisons/(?P<id>[0-9a-f]+))/(report(\.pdf)?|aligned/(before|after))")
_SERIES: Final = re.compile(
    r"(?P<base>/v1/subjects/(?P<id>[0-9a-f]+))"
    r"/(series\.csv|series/(report(\.pdf)?|pictures/[0-9a-f]+/(before|after)|compare/[0-9a-f]+))"
)
_COHORT: Final = re.compile(r"(?P<base>/v1/cohort)/report(?P<id>)")
_PHOTO: Final = re.compile(r"(?P<base>/v1/photos/(?P<id>[0-9a-f]+))/(correct|picture|corrections)")
_CORRECTION: Final = re.compile(r"(?P<base>/v1/photos/(?P<id>[0-9a-f]+))/corrections/[a-z]+/[a-z_]+")
_LINKED: Final = (
    (_REPORT, _READS, ReportLink),
    (_SERIES, _READS, SeriesLink),
    (_COHORT, _READS, CohortLink),
    (_PHOTO, _READS, CorrectionLink),
    (_CORRECTION, frozenset({"PUT", "DELETE"}), CorrectionLink),
)
"""The addresses and methods that links open, and the kind of link that opens them."""
_FAILED: Final = 401
_HTML: Final = "text/html"
_OWN_SITE: Final = frozenset({None, "same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Gate:
    """What authentication asks, found as ``app.state.gate`` from when the service has started."""

    database: Database
    links: LinkSigner
    guesses: Guesses
    sign_ins: SignInDesk

    def find_actor(self, key: str) -> Actor | None:
        """Whose key it is; None for a wrong one."""
        with self.database.reading_across() as session:
            return find_actor(session, key)

    def lets_in(self, link: Link, *, opens: bool) -> bool:
        """Whether the link is kept and runs; where somebody ``opens`` it just now, that is counted."""
        with self.database.writing(link.tenant) if opens else self.database.reading(link.tenant) as session:
            return runs(session, link, datetime.now(UTC), opens=opens)


class Authentication:
    """ASGI middleware: puts the actor into the scope, or answers 401; pages lead to where one signs in.

    A key comes in the ``Authorization`` header, a session's token in a cookie. A link's token comes once in the
    address, moves into a cookie that the browser sends to that comparison's, subject's or photo's pages alone; so it
    stays out of history and logs. A key goes before a session, and a session before a link unless that opens more.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through what needs no key, and whoever has one."""
        if scope["type"] != "http" or not (scope["path"].startswith(_GUARDED) or is_page(scope["path"])):
            await self._app(scope, receive, send)
            return
        gate: Gate = scope["app"].state.gate
        answer = await _admit(Request(scope), gate)
        if isinstance(answer, Member):
            scope["member"] = answer
            speak(answer.language)
            answer = answer.actor
        if isinstance(answer, Actor):
            scope["actor"] = answer  # in this very scope, for those further out tell the log which clinic it was
            await self._app(scope, receive, send)
        else:
            await _turn_away(answer, gate.guesses)(scope, receive, send)


def is_page(path: str) -> bool:
    """Whether it is the address of a page for people who are signed in."""
    return path == PAGES or path.startswith(f"{PAGES}/")


def _turn_away(answer: Response | None, guesses: Guesses) -> ASGIApp:
    """The answer; in its place, where the address has failed too often, that it should come again later."""

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        failed = answer is None or answer.status_code == _FAILED
        wait_s = guesses.count(_address(scope)) if failed else None
        if answer is None or wait_s is not None:
            await refuse(wait_s or 1, scope, receive, send)
        else:
            await answer(scope, receive, send)

    return respond


def _address(scope: Scope) -> str:
    """Where the request comes from."""
    client = scope.get("client")
    return str(client[0]) if client else ""


async def _admit(request: Request, gate: Gate) -> Actor | Member | Response | None:
    """Who it is, or the answer; None where too many failures came from the address for looking into it."""
    header = request.headers.get("authorization")
    if header is not None and not is_page(request.url.path):
        return await _admit_by_key(request, header, gate)
    token = session_token(request)
    member = None if token is None else await run_in_threadpool(gate.sign_ins.find, token)
    if member is None:
        return _to_sign_in(request) if is_page(request.url.path) else await _admit_by_link(request, gate)
    through = await _admit_by_link(request, gate) if _has_link_for_more(request, member, gate.links) else None
    is_shut = through is None or (isinstance(through, Response) and through.status_code == _FAILED)
    return _admit_member(request, member) if is_shut else through


async def _admit_by_key(request: Request, header: str, gate: Gate) -> Actor | Response | None:
    key = header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else ""
    if gate.guesses.are_too_many(_address(request.scope)) and not gate.guesses.was_right(key):
        return None
    found = await run_in_threadpool(gate.find_actor, key)
    gate.guesses.remember(key, right=found is not None)
    return found or problem_response(ProblemCode.UNAUTHENTICATED)


def _admit_member(request: Request, member: Member) -> Member | Response:
    """A change comes from a page of ours: its script says so in a header, its form in a field that is read later."""
    if request.method in _READS:
        return member
    has_form = is_page(request.url.path)
    if comes_from_own_page(request) and (has_form or proves_its_page(request, member)):
        return member
    return problem_response(ProblemCode.FOREIGN_PAGE)


def _to_sign_in(request: Request) -> Response:
    wanted = request.url.path if request.method in _READS else PAGES
    query = f"?{request.url.query}" if request.url.query and request.method in _READS else ""
    return RedirectResponse(f"/sign-in?{urlencode({'next': wanted + query})}", 303)


def _is_opened(request: Request) -> bool:
    """Whether somebody opens the address in a browser, as a page of its own."""
    return request.method in _READS and request.headers.get("sec-fetch-mode") == "navigate"


def _has_link_for_more(request: Request, member: Member, links: LinkSigner) -> bool:
    """Whether a link opens what the member may not: of another clinic, or beyond the member's role."""
    token = request.query_params.get("token") or request.cookies.get(_cookie_of(request))
    link = None if token is None or _linked(request) is None else links.read(token, datetime.now(UTC))
    return link is not None and (link.tenant != member.tenant or not link.actor.scopes <= member.actor.scopes)


async def _admit_by_link(request: Request, gate: Gate) -> Actor | Response:
    linked = _linked(request)
    token = request.query_params.get("token") if request.method in _READS else None
    held = token or request.cookies.get(_cookie_of(request))
    if linked is None or held is None:
        return _to_sign_in(request) if _is_opened(request) else problem_response(ProblemCode.UNAUTHENTICATED)
    address, kind = linked
    link = gate.links.read(held, datetime.now(UTC))
    if link is None or not isinstance(link, kind) or not _is_about(link, request, address["id"]):
        return _link_ended(request)
    if not await run_in_threadpool(gate.lets_in, link, opens=token is not None and request.method != "HEAD"):
        return _link_ended(request)
    return link.actor if token is None else _moved_into_cookie(request, address["base"], token, link)


def _link_ended(request: Request) -> Response:
    """A problem for programs, a page for whoever opened the link in a browser."""
    if request.method not in _READS or _HTML not in request.headers.get("accept", ""):
        return problem_response(ProblemCode.LINK_ENDED)
    note = note_of(request.scope)
    if note is not None:
        note.problem = ProblemCode.LINK_ENDED
    page = templates().get_template("screens/link_ended.html").render(static="/static")
    return HTMLResponse(page, PROBLEMS[ProblemCode.LINK_ENDED].status)


def _linked(request: Request) -> tuple[re.Match[str], type[Link]] | None:
    """The address, where a link may open it this way; a change must come from our own page."""
    if request.method not in _READS and request.headers.get("sec-fetch-site") not in _OWN_SITE:
        return None
    for pattern, methods, kind in _LINKED:
        address = pattern.fullmatch(request.url.path)
        if address is not None and request.method in methods:
            return address, kind
    return None


def _is_about(link: Link, request: Request, record_id: str) -> bool:
    """Whether the address is of the link's own record, series or choice of subjects."""
    if isinstance(link, CohortLink):
        return link.choice == choice_of(request.query_params)
    if isinstance(link, SeriesLink):
        return (link.subject_id, link.course_id) == (record_id, request.query_params.get("course_id"))
    return record_id == (link.comparison_id if isinstance(link, ReportLink) else link.photo_id)


def _moved_into_cookie(request: Request, base: str, token: str, link: Link) -> Response:
    rest = request.url.remove_query_params("token")
    response = RedirectResponse(f"{rest.path}?{rest.query}" if rest.query else rest.path, 303)
    response.set_cookie(
        _cookie_of(request),
        token,
        expires=link.expires_at,
        path=base,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",  # strict would be dropped when the link is clicked in webmail; lax stays off others' writes
    )
    return response


def _cookie_of(request: Request) -> str:
    return f"{_OVER_HTTPS}{COOKIE}" if request.url.scheme == "https" else COOKIE
