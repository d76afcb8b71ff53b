"""One attempt to bring a message to its address: to a checked address, once, within a few seconds."""

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service.webhooks.allowed import AllowedOrigin, NotAllowedError, allowed_origin, target_of

ATTEMPT_S: Final = 10.0
"""An attempt is over by then, however the receiver trickles."""
_GONE: Final = 410
_AGENT: Final = "Liftmark-Webhooks"


class Failure(StrEnum):
    """Why an attempt did not succeed."""

    NOT_ALLOWED = "address_not_allowed"
    """The operator does not allow it, or its name leads to where no webhook goes."""
    NO_SUCH_NAME = "name_not_found"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    """The certificate could not be verified."""
    TIMEOUT = "timeout"
    NOT_HTTP = "not_http"
    STATUS = "status"
    """Any but 2xx; a redirect is not followed."""
    CRASHED = "interrupted"
    """The sending process ended in the midst of it, again and again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt; without ``failure`` the receiver has the message."""

    failure: Failure | None
    status: int | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing more (410)."""
        return self.status == _GONE


class Courier:
    """Posts messages to what the operator allows."""

    def __init__(self, origins: tuple[AllowedOrigin, ...], attempt_s: float = ATTEMPT_S) -> None:
        self._origins = origins
        self._attempt_s = attempt_s

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Try once. Of the answer nothing but its status is looked at."""
        try:
            status = self._post(url, body, headers)
        except Exception as error:
            failure = _failure(error)
            if failure is None:
                raise
            return Outcome(failure)
        return Outcome(None if 200 <= status < 300 else Failure.STATUS, status)  # noqa: PLR2004  RFC 9110, 15.3

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        deadline = time.monotonic() + self._attempt_s
        origin = allowed_origin(url, self._origins)
        connection = http.client.HTTPConnection(origin.host, origin.port)
        connection.sock = _Deadlined(_connected(origin, deadline), deadline)
        connection.default_port = 443 if origin.scheme == "https" else 80  # so that Host names the port where needed
        try:
            sent = {"Content-Type": "application/json", "User-Agent": _AGENT, "Connection": "close", **headers}
            connection.request("POST", target_of(url), body, sent)
            return connection.getresponse().status
        finally:
            connection.close()


def _connected(origin: AllowedOrigin, deadline: float) -> socket.socket:
    """A connection to the very address that was checked; the name is not looked up again."""
    plain = socket.create_connection((_checked_address(origin), origin.port), _left_s(deadline))
    if origin.scheme == "http":
        return plain
    try:
        plain.settimeout(_left_s(deadline))
        return ssl.create_default_context().wrap_socket(plain, server_hostname=origin.host)
    except BaseException:
        plain.close()
        raise


def _checked_address(origin: AllowedOrigin) -> str:
    """The first address of the name; NotAllowedError where any of them is where no webhook goes."""
    found = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not all(origin.may_connect_to(ipaddress.ip_address(address)) for address in addresses):
        raise NotAllowedError(NotAllowedError.__doc__)
    return addresses[0]


class _Deadlined:
    """A socket that is done by a moment: the timeout of a plain one begins anew with each byte."""

    def __init__(self, inner: socket.socket, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def sendall(self, content: bytes) -> None:
        self._inner.settimeout(_left_s(self._deadline))
        self._inner.sendall(content)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self._inner, self._deadline))

    def close(self) -> None:
        self._inner.close()


class _Incoming(io.RawIOBase):
    """What comes in before the deadline."""

    def __init__(self, inner: socket.socket, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # it is given no other buffer
        self._inner.settimeout(_left_s(self._deadline))
        return self._inner.recv_into(buffer)


def _left_s(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


_FAILURES: Final[tuple[tuple[type[Exception], Failure], ...]] = (
    (NotAllowedError, Failure.NOT_ALLOWED),
    (TimeoutError, Failure.TIMEOUT),
    (socket.gaierror, Failure.NO_SUCH_NAME),
    (ssl.SSLError, Failure.TLS),
    (http.client.HTTPException, Failure.NOT_HTTP),
    (OSError, Failure.UNREACHABLE),
)
"""In this order, for the later ones contain the earlier ones."""


def _failure(error: Exception) -> Failure | None:
    return next((failure for kind, failure in _FAILURES if isinstance(error, kind)), None)
