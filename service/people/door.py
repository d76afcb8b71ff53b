"""HTTP: the pages before one is signed in: the first start, signing in and out."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from service.dependencies import TheService
from service.errors import ProblemCode, ServiceError
from service.people.cookies import forget_session, keep_session, session_token
from service.people.desk import PeopleDesk
from service.people.joining import Newcomer
from service.people.member import Member
from service.people.own_pages import comes_from_own_page
from service.people.signing_in import SignInDesk
from service.screens.shell import TheMember, show_at_the_door
from service.tenancy.authentication import PAGES, is_page

router = APIRouter(include_in_schema=False)

AFTER_WELCOME: Final = f"{PAGES}/upload"
"""Where the first owner is led to."""
_SIGN_IN: Final = "/sign-in"
_WELCOME: Final = "/welcome"
_TURN_S: Final = 60

Typed = Annotated[str, Form(max_length=1000)]
Wanted = Annotated[str, Form(alias="next", max_length=2000)]


def _from_own_page(request: Request) -> None:
    """Nobody is signed in yet, so there is no token to hold against; the browser itself says where the form stood."""
    if not comes_from_own_page(request):
        raise ServiceError(ProblemCode.FOREIGN_PAGE)


def _newcomer(name: Typed = "", email: Typed = "", password: Typed = "") -> Newcomer:
    return Newcomer(name, email, password)


FROM_OWN_PAGE: Final = Depends(_from_own_page)
TheNewcomer = Annotated[Newcomer, Depends(_newcomer)]


@router.get("/")
def lead_on(request: Request, service: TheService) -> Response:
    """To the first start, to the pages, or to where one signs in."""
    if service.welcome.is_open():
        return _to(_WELCOME)
    return _to(PAGES if _signed_in(request, service.sign_ins) else _SIGN_IN)


@router.get("/sign-in")
def ask_to_sign_in(request: Request, service: TheService) -> Response:
    """The page where one signs in."""
    if service.welcome.is_open():
        return _to(_WELCOME)
    wanted = request.query_params.get("next", "")
    if _signed_in(request, service.sign_ins):
        return _to(_own(wanted))
    return show_at_the_door("sign_in.html", wanted=wanted, email="", problem=None)


@router.post("/sign-in", dependencies=[FROM_OWN_PAGE])
def sign_in(
    request: Request, service: TheService, email: Typed = "", password: Typed = "", wanted: Wanted = ""
) -> Response:
    """Begin a session; the one that this browser had ends."""
    client = request.client.host if request.client else ""
    try:
        token = service.sign_ins.sign_in(email, password, client)
    except ServiceError as error:
        page = show_at_the_door("sign_in.html", error.status, wanted=wanted, email=email, problem=error)
        if error.code is ProblemCode.RATE_LIMITED:
            page.headers["Retry-After"] = str(_TURN_S)
        return page
    return let_in(request, service.sign_ins, token, _own(wanted))


@router.post(f"{PAGES}/sign-out")
def sign_out(request: Request, member: TheMember, service: TheService) -> Response:
    """End the session."""
    service.sign_ins.sign_out(member)
    response = _to(_SIGN_IN)
    forget_session(request, response)
    return response


@router.get("/welcome")
def welcome(service: TheService, code: str = "") -> Response:
    """The first start, for whoever holds the code; for all others, where it is found."""
    if not service.welcome.is_open():
        return _to(_SIGN_IN)
    if not service.welcome.knows(code):
        return show_at_the_door("welcome_without_code.html", is_wrong=bool(code))
    return show_at_the_door("welcome.html", code=code, clinic=service.welcome.clinic(), typed=None, problem=None)


@router.post("/welcome", dependencies=[FROM_OWN_PAGE])
def begin(
    request: Request, service: TheService, newcomer: TheNewcomer, code: Typed = "", clinic: Typed = ""
) -> Response:
    """Make the first owner and sign them in."""
    try:
        token = service.welcome.make_owner(code, clinic, newcomer)
    except ServiceError as error:
        if error.code is ProblemCode.WELCOME_ENDED:
            raise
        return show_at_the_door("welcome.html", error.status, code=code, clinic=clinic, typed=newcomer, problem=error)
    return let_in(request, service.sign_ins, token, AFTER_WELCOME)


@router.get("/invitations/{token}", name="invitation")
def invitation(token: str, service: TheService) -> Response:
    """Where somebody who was invited says who they are."""
    invited = PeopleDesk(service.database).invited(token)
    return show_at_the_door("invitation.html", invited=invited, name="", problem=None)


@router.post("/invitations/{token}", dependencies=[FROM_OWN_PAGE])
def take_invitation(
    request: Request, token: str, service: TheService, name: Typed = "", password: Typed = ""
) -> Response:
    """Join the clinic, or have a new password there."""
    desk = PeopleDesk(service.database)
    try:
        session = desk.take(token, name, password)
    except ServiceError as error:
        invited = desk.invited(token)
        return show_at_the_door("invitation.html", error.status, invited=invited, name=name, problem=error)
    return let_in(request, service.sign_ins, session, PAGES)


def let_in(request: Request, sign_ins: SignInDesk, token: str, address: str) -> Response:
    """Lead on with the new session in the browser; none that it brought goes on, whoever put it there."""
    before = _signed_in(request, sign_ins)
    if before is not None:
        sign_ins.sign_out(before)
    response = _to(address)
    keep_session(request, response, token)
    return response


def _signed_in(request: Request, sign_ins: SignInDesk) -> Member | None:
    token = session_token(request)
    return None if token is None else sign_ins.find(token)


def _own(wanted: str) -> str:
    """The address that was wanted, where it is one of ours that a person opens; else the first page."""
    parts = urlsplit(wanted)
    path_alone = not parts.scheme and not parts.netloc and "\\" not in wanted and wanted.isprintable()
    return wanted if path_alone and (is_page(parts.path) or parts.path.startswith("/v1/")) else PAGES


def _to(address: str) -> Response:
    return RedirectResponse(address, 303)
