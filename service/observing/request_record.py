"""One line and a few figures for each request, and its id in the answer."""

import logging
import time
from collections.abc import Sequence
from http import HTTPMethod
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.observing.logs import FIELDS
from service.observing.metrics import LATENCY, REQUESTS, UPLOADS_ACCEPTED, UPLOADS_REFUSED
from service.observing.note import REQUEST_ID, RequestNote
from service.out_of_service import answer_on_the_way
from service.tenancy.tenant import Actor

_log = logging.getLogger(__name__)

REQUEST_ID_HEADER: Final = "X-Request-ID"
_METHODS: Final = frozenset(HTTPMethod)
_OTHER_METHOD: Final = "other"
_NO_ROUTE: Final = "none"
_FILES: Final = "/static/"
_UPLOAD: Final = "POST", "/v1/visits/{visit_id}/photos"
_ABORTED: Final = "aborted"
_CREATED: Final = 201
_TURNED_AWAY: Final = frozenset({401, 403, 429})
_A_LINK: Final = "link"


class RequestRecord:
    """ASGI middleware: tells of each request once it has ended, and answers for what went unexpectedly wrong.

    Of the address only the route's template is told: no query, no token, no id. Of the client, its clinic and key;
    where it was turned away also the address that it came from, which is what guessing at keys is noticed by.

    Parameters
    ----------
    routes : all there are, to find the one that a request was for which was turned away before it.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under a new id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        note, begun = RequestNote(), time.perf_counter()
        note.put_into(scope)
        token = REQUEST_ID.set(note.request_id)
        try:
            await self._answer(scope, receive, _with_id(send, note), note)
        finally:
            _tell(scope, note, route_of(scope, self._routes), time.perf_counter() - begun)
            REQUEST_ID.reset(token)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, note: RequestNote) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            if note.status is not None:  # too late for another answer: the connection breaks off
                raise
            await answer_on_the_way(Request(scope), error)(scope, receive, send)


def _with_id(send: Send, note: RequestNote) -> Send:
    async def send_with_id(message: Message) -> None:
        if message["type"] == "http.response.start":
            note.status = message["status"]
            MutableHeaders(scope=message)[REQUEST_ID_HEADER] = note.request_id
        await send(message)

    return send_with_id


def route_of(scope: Scope, routes: Sequence[BaseRoute]) -> str:
    """The template of the route that the request is for; 'none' for an address that there is not."""
    if scope["path"].startswith(_FILES):
        return f"{_FILES}{{file}}"
    found = scope.get("route") or next((one for one in routes if one.matches(scope)[0] is not Match.NONE), None)
    path = getattr(found, "path", None)
    return path if isinstance(path, str) and path else _NO_ROUTE


def _tell(scope: Scope, note: RequestNote, route: str, seconds: float) -> None:
    method = scope["method"] if scope["method"] in _METHODS else _OTHER_METHOD
    status = _ABORTED if note.status is None else str(note.status)
    REQUESTS.labels(method, route, status).inc()
    LATENCY.labels(method, route).observe(seconds)
    if (method, route) == _UPLOAD:
        _count_upload(note)
    _log.info("request", extra={FIELDS: _fields(scope, note, method, route) | {"ms": round(seconds * 1000, 1)}})


def _count_upload(note: RequestNote) -> None:
    if note.status == _CREATED:
        UPLOADS_ACCEPTED.inc()
    else:
        UPLOADS_REFUSED.labels(note.problem or _ABORTED).inc()


def _fields(scope: Scope, note: RequestNote, method: str, route: str) -> dict[str, str | int | float | None]:
    return {
        "method": method,
        "route": route,
        "status": note.status,
        "problem": note.problem,
        **_who(scope.get("actor")),
        "client": scope["client"][0] if note.status in _TURNED_AWAY and scope.get("client") else None,
    }


def _who(actor: object) -> dict[str, str | None]:
    """The clinic and the key's id; of a link only that it was one, for its name holds the id of what it shows."""
    if not isinstance(actor, Actor):
        return {"tenant": None, "actor": None}
    return {"tenant": actor.tenant, "actor": _A_LINK if actor.comes_by_link else actor.name}
