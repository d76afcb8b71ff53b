"""The frame of the pages for people who are signed in: who that is, and how a template is shown to them.

A page's route asks for one of the members below and answers with :func:`show`. Where it changes something it takes a
form, whose hidden field ``csrf`` is looked at before the route is called; a script sends it in a header instead.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import HTMLResponse

from service.dependencies import require_proof
from service.errors import ProblemCode, ServiceError
from service.people.member import Member
from service.people.own_pages import READS, prove_by_form, proves_its_page
from service.reports.page import templates
from service.screens.navigation import navigation
from service.tenancy.scope import Scope

_STATIC = "/static"


def _member_with(scope: Scope | None) -> Callable[[Request], Awaitable[Member]]:
    async def member(request: Request) -> Member:
        found = request.scope.get("member")
        if not isinstance(found, Member):
            raise ServiceError(ProblemCode.UNAUTHENTICATED)
        if request.method not in READS and not proves_its_page(request, found):
            await prove_by_form(request, found)
        require_proof(request)
        if scope is not None:
            found.actor.require(scope)
        return found

    return member


TheMember = Annotated[Member, Depends(_member_with(None))]
"""Whoever is signed in, in any role."""
ReadingMember = Annotated[Member, Depends(_member_with(Scope.READ))]
IngestingMember = Annotated[Member, Depends(_member_with(Scope.INGEST))]
ExportingMember = Annotated[Member, Depends(_member_with(Scope.EXPORT))]
Owner = Annotated[Member, Depends(_member_with(Scope.ADMIN))]


def show(request: Request, member: Member, template: str, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401  a template takes anything
    """The page that ``screens/<template>`` makes for the member.

    The template extends ``screens/shell.html`` and also sees ``member``, ``navigation``, ``path`` and ``static``.
    """
    path = request.url.path
    entries = navigation(member.actor.scopes, path)
    page = templates().get_template(f"screens/{template}")
    html = page.render(static=_STATIC, member=member, navigation=entries, path=path, **context)
    return HTMLResponse(html, status)


def show_at_the_door(template: str, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401  as above
    """The page that ``screens/<template>`` makes for whoever is not signed in; it extends ``screens/door.html``."""
    return HTMLResponse(templates().get_template(f"screens/{template}").render(static=_STATIC, **context), status)
