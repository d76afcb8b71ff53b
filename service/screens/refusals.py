"""What is refused under the pages' addresses is told on a page, not in JSON."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from service.errors import ProblemCode, ServiceError
from service.people.member import Member
from service.screens.shell import show, show_at_the_door
from service.tenancy.authentication import PAGES
from service.texts import N_

_PLACES: Final = (PAGES, "/sign-in", "/welcome", "/invitations")

Told = Callable[[Request, Any], Response | Awaitable[Response]]
Shown = Callable[[Request, Exception], Awaitable[Response]]


def show_refusals_on_pages(app: FastAPI) -> None:
    """Have the problems that ``app`` answers with shown as pages where people meet them."""
    for error in (ServiceError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, _on_a_page(app.exception_handlers[error]))


def _on_a_page(told: Told) -> Shown:
    async def answer(request: Request, error: Exception) -> Response:
        answered = told(request, error)
        response = await answered if isinstance(answered, Awaitable) else answered
        if not request.url.path.startswith(_PLACES):
            return response
        problem = _for_a_person(json.loads(bytes(response.body)))
        member = request.scope.get("member")
        if isinstance(member, Member):
            return show(request, member, "refused.html", response.status_code, problem=problem)
        return show_at_the_door("refused_at_the_door.html", response.status_code, problem=problem)

    return answer


def _for_a_person(problem: dict[str, str]) -> dict[str, str]:
    """The problem, without the advice that is meant for programs."""
    if problem["code"] == ProblemCode.ROUTE_NOT_FOUND:
        return {"title": N_("There is no such page"), "detail": N_("Check the address, or begin at the first page.")}
    return problem
