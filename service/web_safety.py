"""What every answer carries and what every request must keep to, whichever route it is for."""

import asyncio
import time
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import ProblemCode, ServiceError, problem_response

_POLICY: Final = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

SAFETY_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_CAMERA_PAGE: Final = "/app/camera/"
_WITH_CAMERA: Final = "camera=(self), geolocation=(), microphone=()"
_KEPT: Final = ("/static/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs")
"""What tells nothing of anybody, so that browsers may keep it."""

_HTTPS_ALONE: Final = "max-age=63072000; includeSubDomains"
"""Two years, from the last visit on. Browsers heed it over HTTPS alone, so it is said there alone (RFC 6797, 7.2)."""


class SafetyHeaders:
    """ASGI middleware: tells browsers to run, embed, guess and keep nothing beyond what was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to each answer; answers about persons are stored nowhere."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SAFETY_HEADERS)
                if scope["path"].startswith(_CAMERA_PAGE):
                    headers["Permissions-Policy"] = _WITH_CAMERA
                if not scope["path"].startswith(_KEPT):
                    headers["Cache-Control"] = "no-store"
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = _HTTPS_ALONE
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class ReceiveLimits:
    """ASGI middleware: a body that is too large, stalls or trickles is given up.

    Parameters
    ----------
    limit_bytes : of a whole body.
    idle_s, deadline_s : between two pieces of the body, and for all of it.
    """

    def __init__(self, app: ASGIApp, limit_bytes: int, idle_s: float, deadline_s: float) -> None:
        self._app = app
        self._limit_bytes = limit_bytes
        self._idle_s = idle_s
        self._deadline_s = deadline_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 or 408 in the place of whatever the route makes of the broken-off body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _WatchedBody(receive, self._limit_bytes, self._idle_s, self._deadline_s)

        async def send_unless_broken_off(message: Message) -> None:
            if body.broken_off is None:
                await send(message)
            elif message["type"] == "http.response.start":
                await problem_response(body.broken_off)(scope, receive, send)

        await self._app(scope, body.receive, send_unless_broken_off)


class _WatchedBody:
    """A request's body, and why it was given up."""

    def __init__(self, receive: Receive, limit_bytes: int, idle_s: float, deadline_s: float) -> None:
        self.broken_off: ProblemCode | None = None
        self._receive = receive
        self._left_bytes = limit_bytes
        self._idle_s = idle_s
        self._deadline = time.monotonic() + deadline_s
        self._whole = False

    async def receive(self) -> Message:
        """The next piece, in time and in size."""
        if self._whole:  # what comes now is the client's leaving, which may take as long as the answer
            return await self._receive()
        message = await self._next_in_time()
        self._left_bytes -= len(message.get("body", b""))
        if self._left_bytes < 0:
            raise self._given_up(ProblemCode.TOO_LARGE)
        self._whole = not message.get("more_body", False)
        return message

    async def _next_in_time(self) -> Message:
        patience = min(self._idle_s, self._deadline - time.monotonic())
        try:
            return await asyncio.wait_for(self._receive(), max(0.0, patience))
        except TimeoutError as error:
            raise self._given_up(ProblemCode.TOO_SLOW) from error

    def _given_up(self, code: ProblemCode) -> ServiceError:
        self.broken_off = code
        return ServiceError(code)
