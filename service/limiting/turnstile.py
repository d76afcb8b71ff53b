"""Where a request whose clinic is known is let through, waits, or is told to come again."""

import asyncio
import math
from collections.abc import Sequence
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from service.errors import ProblemCode, problem_response
from service.limiting.costs import COSTS
from service.limiting.limits import Limits
from service.limiting.places import NoPlaceError, Places
from service.observing.request_record import route_of
from service.tenancy.tenant import Actor

_HELD_S: Final = 0.5
"""So long a refusal is held back: whoever asks again at once, does so twice a second on each connection."""


class Turnstile:
    """ASGI middleware: keeps each clinic within its rates and its places.

    Parameters
    ----------
    routes : all there are, to find what a request costs.
    at_once : requests of one clinic.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute], at_once: int) -> None:
        self._app = app
        self._routes = routes
        self._places = Places(at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let pass, or answer 429 before the body is read. What needs no key has no clinic and passes."""
        actor = scope.get("actor")
        if not isinstance(actor, Actor):
            await self._app(scope, receive, send)
            return
        limits: Limits = scope["app"].state.service.limits
        wait_s = await _refused_for_s(limits, actor, self._cost(scope))
        try:
            if wait_s is None:
                async with self._places.taken(actor.tenant):
                    await self._app(scope, receive, send)
        except NoPlaceError:
            wait_s = 1.0
        if wait_s is not None:
            await refuse(wait_s, scope, receive, send)

    def _cost(self, scope: Scope) -> int:
        return COSTS.get((scope["method"], route_of(scope, self._routes)), 0)


async def refuse(wait_s: float, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that the client should come again in ``wait_s``."""
    await asyncio.sleep(_HELD_S)
    response = problem_response(ProblemCode.RATE_LIMITED)
    response.headers["Retry-After"] = str(max(1, math.ceil(wait_s)))
    await response(scope, receive, send)


async def _refused_for_s(limits: Limits, actor: Actor, cost: int) -> float | None:
    if limits.allowances.known(actor.tenant) is None:
        await run_in_threadpool(limits.allowances.of, actor.tenant)
    return limits.refused_for_s(actor, cost)
