"""HTTP: the settings' page: oneself, and for an owner the clinic, its people, invitations and keys.

Every form leads back to the page; what is refused, and what is told once, stands on it in the answer itself.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from service.assembly import Service
from service.dependencies import TheService
from service.errors import ProblemCode, ServiceError
from service.people.desk import PeopleDesk
from service.people.door import Typed
from service.people.member import Member
from service.people.roles import TITLES, WHAT_THEY_DO, Role
from service.screens.shell import Owner, TheMember, show
from service.tenancy.clinic_desk import LOGO_BYTES, ClinicDesk
from service.tenancy.scope import Scope
from service.texts import LANGUAGES, N_, _

router = APIRouter(prefix="/app/settings", include_in_schema=False)

_PNG: Final = "image/png"
_WHAT_KEYS_DO: Final = {
    Scope.INGEST: N_("make and change records, photos and comparisons"),
    Scope.READ: N_("see them"),
    Scope.EXPORT: N_("take pictures out, make links"),
    Scope.ADMIN: N_("erase records, read the audit"),
}
_DONE: Final = {
    "password": N_("The password is changed. Other browsers in which you were signed in have to sign in again."),
    "language": N_("The language is changed."),
    "clinic": N_("The clinic's name is changed."),
    "logo": N_("The logo is changed."),
    "role": N_("The role is changed."),
    "ended": N_("That person is signed out everywhere and cannot sign in any more."),
    "withdrawn": N_("The invitation has ended."),
    "revoked": N_("The key opens nothing any more."),
}


@router.get("")
def settings(request: Request, member: TheMember, service: TheService, done: str = "") -> Response:
    """What one may set."""
    return _page(request, member, service, done=_(_DONE[done]) if done in _DONE else None)


@router.post("/password")
def change_password(
    request: Request, member: TheMember, service: TheService, current: Typed = "", password: Typed = ""
) -> Response:
    """Change one's own password; the other sessions end."""

    def change() -> None:
        client = request.client.host if request.client else ""
        service.sign_ins.require_password(member, current, client)
        PeopleDesk(service.database).set_password(member.actor, member.person_id, password, but=member.session_id)

    return _done(request, member, service, "password", change)


@router.post("/language")
def change_language(request: Request, member: TheMember, service: TheService, language: Typed = "") -> Response:
    """Have the pages speak another language."""
    code = language if language in LANGUAGES else member.language
    desk = PeopleDesk(service.database)
    return _done(request, member, service, "language", lambda: desk.speak(member.actor, member.person_id, code))


@router.post("/clinic")
def rename_clinic(request: Request, owner: Owner, service: TheService, name: Typed = "") -> Response:
    """Give the clinic another name."""
    return _done(request, owner, service, "clinic", lambda: ClinicDesk(service.database).rename(owner.actor, name))


@router.post("/logo")
def change_logo(
    request: Request, owner: Owner, service: TheService, file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Give the clinic a logo; without a file, none."""
    upload = file.file.read(LOGO_BYTES + 1) if file is not None and file.filename else None
    desk = ClinicDesk(service.database)
    return _done(request, owner, service, "logo", lambda: desk.set_logo(owner.actor, upload, service.archivist))


@router.get("/logo.png")
def logo(member: TheMember, service: TheService) -> Response:
    """The clinic's logo."""
    picture = ClinicDesk(service.database).identity(member.actor).logo
    if picture is None:
        raise ServiceError(ProblemCode.PICTURE_NOT_FOUND)
    return Response(picture, media_type=_PNG)


@router.post("/invitations")
def invite(
    request: Request,
    owner: Owner,
    service: TheService,
    email: Typed = "",
    role: Annotated[Role, Form()] = Role.MARKETING,
) -> Response:
    """Make an invitation; the page tells its link this once."""
    try:
        invitation, token = PeopleDesk(service.database).invite(owner.actor, email, role)
    except ServiceError as error:
        return _page(request, owner, service, problem=error)
    link = str(request.url_for("invitation", token=token))
    return _page(request, owner, service, link={"address": link, "email": invitation.email})


@router.post("/invitations/{invitation_id}/withdraw")
def withdraw(request: Request, owner: Owner, service: TheService, invitation_id: str) -> Response:
    """End an invitation."""
    desk = PeopleDesk(service.database)
    return _done(request, owner, service, "withdrawn", lambda: desk.withdraw(owner.actor, invitation_id))


@router.post("/people/{person_id}/role")
def change_role(
    request: Request, owner: Owner, service: TheService, person_id: str, role: Annotated[Role, Form()]
) -> Response:
    """Give a person another role."""
    desk = PeopleDesk(service.database)
    return _done(request, owner, service, "role", lambda: desk.change_role(owner.actor, person_id, role))


@router.post("/people/{person_id}/end")
def end(request: Request, owner: Owner, service: TheService, person_id: str) -> Response:
    """End a person."""
    desk = PeopleDesk(service.database)
    return _done(request, owner, service, "ended", lambda: desk.end(owner.actor, person_id))


@router.post("/keys")
def make_key(
    request: Request,
    owner: Owner,
    service: TheService,
    scope: Annotated[list[Scope], Form()] = [],  # noqa: B006  FastAPI copies it
) -> Response:
    """Make an API key; the page tells it this once."""
    try:
        key = ClinicDesk(service.database).make_key(owner.actor, scope)
    except ServiceError as error:
        return _page(request, owner, service, problem=error)
    return _page(request, owner, service, key=key)


@router.post("/keys/{key_id}/revoke")
def revoke(request: Request, owner: Owner, service: TheService, key_id: str) -> Response:
    """End an API key."""
    desk = ClinicDesk(service.database)
    return _done(request, owner, service, "revoked", lambda: desk.revoke_key(owner.actor, key_id))


def _done(request: Request, member: Member, service: Service, what: str, act: Callable[[], None]) -> Response:
    """Do it and lead back to the page, which says so; or to what refused it."""
    try:
        act()
    except ServiceError as error:
        return _page(request, member, service, problem=error)
    return RedirectResponse(f"/app/settings?done={what}", 303)


def _page(
    request: Request, member: Member, service: Service, *, problem: ServiceError | None = None, **told: object
) -> Response:
    status = 200 if problem is None else problem.status
    nothing = {"done": None, "link": None, "key": None}
    of_clinic = _clinic(member, service) if member.role is Role.OWNER else {}
    return show(
        request,
        member,
        "settings.html",
        status,
        problem=problem,
        languages=LANGUAGES,
        roles={role: (_(TITLES[role]), _(WHAT_THEY_DO[role])) for role in Role},
        **(nothing | told | of_clinic),
    )


def _clinic(owner: Member, service: Service) -> dict[str, Any]:
    """What an owner sees of the clinic."""
    people, invitations = PeopleDesk(service.database).roster(owner.actor)
    clinic = ClinicDesk(service.database)
    return {
        "people": people,
        "invitations": invitations,
        "keys": clinic.keys(owner.actor),
        "clinic": clinic.identity(owner.actor),
        "scopes": {scope: _(_WHAT_KEYS_DO[scope]) for scope in Scope},
    }
