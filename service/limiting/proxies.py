"""Whom a request comes from, where a proxy stands between."""

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_THIS_MACHINE = "127.0.0.1,::1"


class ClientBehindProxy:
    """ASGI middleware: takes scheme and client from what a proxy says, where it is believed.

    That a request came over HTTPS is believed of any proxy on this machine. For whom it speaks is believed of those
    alone that the operator named: whoever is on this machine could else take a new address for each guess at a key.
    """

    def __init__(self, app: ASGIApp, trusted: str | None) -> None:
        self._named = trusted is not None
        self._app = app
        self._proxied = ProxyHeadersMiddleware(self._as_told, trusted or _THIS_MACHINE)  # type: ignore[arg-type]  # its own words for ASGI

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        scope["liftmark.peer"] = scope.get("client")
        await self._proxied(scope, receive, send)  # type: ignore[arg-type]  # as above

    async def _as_told(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._named:
            scope["client"] = scope["liftmark.peer"]
        await self._app(scope, receive, send)
