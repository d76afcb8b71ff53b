"""Speaks to each request in the language that its browser asks for; a person's own choice goes before it."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from service.texts import preferred, speak


class SpokenLanguage:
    """ASGI middleware: sets the language of whatever is said on the way to the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Listen to ``Accept-Language``."""
        if scope["type"] == "http":
            speak(preferred(Headers(scope=scope).get("accept-language", "")))
        await self._app(scope, receive, send)
