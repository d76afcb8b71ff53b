"""The service's HTTP API: patient with a service that is busy, restarting, or out of reach."""

import http.client
import json
import random
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from models.errors import LiftmarkError

_TIMEOUT_S: Final = 180  # the service may wait 120 s for an analysis and take its 30 s to write under load
_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 30.0
_LONGEST_ASKED_S: Final = 300.0  # longer than this no Retry-After is believed
_BUSY: Final = frozenset({408, 425, 429})
_SERVERS_FAULT: Final = 500
_NOT_OURS: Final = "The address is not that of a Liftmark service."
_NO_KEY: Final = 401
_REFUSED: Final = 400


class ServerTroubleError(LiftmarkError):
    """The service could not be reached or failed, again and again; what is in stays in."""


class NotWelcomeError(LiftmarkError):
    """The key or the address is wrong; the message says which."""


class StoppedError(LiftmarkError):
    """Someone asked to stop."""


@dataclass(frozen=True, slots=True)
class Problem:
    """The service's answer to what it does not do, as its problem+json tells it."""

    status: int
    code: str
    says: str


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as it came."""

    status: int
    content: bytes

    @property
    def problem(self) -> Problem | None:
        """What it says was wrong; None for what was done."""
        return _problem(self.status, self.content) if self.status >= _REFUSED else None


Answer = Mapping[str, Any]
"""The JSON of an answer; read by whoever asked for it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try: so many times, waiting twice as long each time."""

    attempts: int = 9  # two minutes in all: a service that restarts is back by then
    first_wait_s: float = _FIRST_WAIT_S
    longest_wait_s: float = _LONGEST_WAIT_S

    def wait_s(self, attempt: int) -> float:
        """How long before the next attempt, scattered so that not all ask at once."""
        longest = min(self.longest_wait_s, self.first_wait_s * 2.0**attempt)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311  no secret


class Api:
    """A few calls with a key. Each thread has a connection of its own, which is kept open."""

    def __init__(self, server: str, key: str, patience: Patience | None = None) -> None:
        parts = urlsplit(server if "://" in server else f"http://{server}")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise NotWelcomeError(f"{server} is no address of a service: write it as http://127.0.0.1:8000")
        self.address = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._parts = parts
        self._key = key
        self._patience = patience or Patience()
        self._mine = threading.local()
        self._all: list[http.client.HTTPConnection] = []
        self.stop = threading.Event()

    def get(self, path: str) -> Answer | Problem:
        """What is at ``path``."""
        return _answer(self.send("GET", path))

    def post_json(self, path: str, content: Mapping[str, object], key: str | None = None) -> Answer | Problem:
        """The answer to ``content``; ``key`` is the request's Idempotency-Key."""
        return self.post(path, json.dumps(content).encode(), "application/json", key)

    def post(self, path: str, body: bytes, kind: str, key: str | None = None) -> Answer | Problem:
        """The answer to ``body``."""
        headers = {"Content-Type": kind} | ({"Idempotency-Key": key} if key else {})
        return _answer(self.send("POST", path, body, headers))

    def close(self) -> None:
        """Close every connection."""
        for connection in self._all:
            connection.close()

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Ask until there is an answer that is neither "come again" nor the service's own trouble.

        Every call of the API may be sent twice: what makes something knows its own by the Idempotency-Key or by what
        was asked for.

        Raises
        ------
        ServerTroubleError, StoppedError
        """
        trouble = ""
        for attempt in range(self._patience.attempts):
            if self.stop.is_set():
                raise StoppedError(StoppedError.__doc__)
            try:
                response, content = self._once(method, path, body, headers or {})
            except (OSError, http.client.HTTPException) as error:
                self._hang_up()
                trouble, wait_s = str(error) or type(error).__name__, self._patience.wait_s(attempt)
            else:
                if response.status not in _BUSY and response.status < _SERVERS_FAULT:
                    return Response(response.status, content)
                trouble = _problem(response.status, content).says
                wait_s = max(self._patience.wait_s(attempt), _asked_wait_s(response))
            self.stop.wait(wait_s if attempt + 1 < self._patience.attempts else 0)
        raise ServerTroubleError(f"{self.address} did not do what it was asked: {trouble}")

    def _once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = self._connection()
        sent = {**headers, "Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        try:
            connection.request(method, self._parts.path.rstrip("/") + path, body, sent)
        except (BrokenPipeError, ConnectionResetError):
            if body is None:
                raise  # with a body, the service may have said no before it had read it all: its answer counts
        response = connection.getresponse()
        return response, response.read()

    def _connection(self) -> http.client.HTTPConnection:
        mine: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        if mine is None:
            host, port = self._parts.hostname or "", self._parts.port
            if self._parts.scheme == "https":
                mine = http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_S, context=ssl.create_default_context())
            else:
                mine = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
            self._mine.connection = mine
            self._all.append(mine)
        return mine

    def _hang_up(self) -> None:
        self._connection().close()  # it connects again by itself


def _answer(response: Response) -> Answer | Problem:
    """The JSON of an answer, or the problem.

    Raises
    ------
    NotWelcomeError
    """
    problem = response.problem
    if problem is None:
        answer = _json(response.content)
        return Problem(response.status, "no_json", _NOT_OURS) if answer is None else answer
    if problem.status == _NO_KEY:
        raise NotWelcomeError(f"{problem.says} (--key or LIFTMARK_KEY)")
    return problem


def _problem(status: int, content: bytes) -> Problem:
    told = _json(content) or {}
    title, detail = (str(told.get(name, "")) for name in ("title", "detail"))
    says = detail if detail.startswith(title) else f"{title}. {detail}"
    return Problem(status, str(told.get("code", status)), says or f"The service answered {status}.")


def _json(content: bytes) -> Answer | None:
    try:
        read = json.loads(content)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _asked_wait_s(response: http.client.HTTPResponse) -> float:
    """What Retry-After asks for: seconds, or a moment."""
    asked = response.headers.get("Retry-After", "")
    try:
        seconds = float(asked) if asked.isdigit() else parsedate_to_datetime(asked).timestamp() - time.time()
    except ValueError:
        return 0.0
    return min(max(seconds, 0.0), _LONGEST_ASKED_S)
