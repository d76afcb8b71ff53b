"""Where webhooks may go: to origins that the operator names, and there to addresses that are not inside.

An address that a client gives is never enough: whoever could choose it freely could have the service knock on doors of
the network it stands in (server-side request forgery; OWASP ASVS 5.0, 1.3.6).
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from models.errors import LiftmarkError

_PRIVATE: Final = "private:"
_PORTS: Final = {"http": 80, "https": 443}
_PRINTABLE: Final = re.compile(r"[!-~]+")
_METADATA: Final = ipaddress.ip_address("168.63.129.16")  # Azure's platform; other clouds' are link-local or private
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAllowedError(LiftmarkError):
    """The operator allows no webhooks to this address."""


@dataclass(frozen=True, slots=True)
class AllowedOrigin:
    """One entry of the operator's list.

    Parameters
    ----------
    private : whether its name may lead to a private or loopback address.
    """

    scheme: str
    host: str
    port: int
    private: bool = False

    @classmethod
    def read(cls, entry: str) -> Self:
        """``https://host[:port]``, with ``private:`` before it where the host is inside; else ValueError."""
        private, address = entry.startswith(_PRIVATE), entry.removeprefix(_PRIVATE)
        parts = _split(address)
        if parts.path or parts.query:
            raise ValueError(f"{entry!r} must end after the host and port")
        return cls(*_origin(parts), private)

    def may_connect_to(self, address: Address) -> bool:
        """Whether this origin's name may lead there.

        Never to link-local addresses, where clouds keep an instance's secrets, nor to groups and nobody; to private and
        loopback ones where the operator said so.
        """
        meant = _embedded(address)
        if meant.is_link_local or meant.is_multicast or meant.is_unspecified or meant == _METADATA:
            return False
        return meant.is_global or self.private


def read_origins(written: str) -> tuple[AllowedOrigin, ...]:
    """The operator's list: entries with blanks or commas between them."""
    return tuple(AllowedOrigin.read(entry) for entry in re.split(r"[\s,]+", written) if entry)


def allowed_origin(url: str, origins: tuple[AllowedOrigin, ...]) -> AllowedOrigin:
    """The entry that allows ``url``.

    Raises
    ------
    NotAllowedError
        Where none does, or ``url`` is no plain address.
    """
    try:
        wanted = _origin(_split(url))
    except ValueError as error:
        raise NotAllowedError(NotAllowedError.__doc__) from error
    for origin in origins:
        if wanted == (origin.scheme, origin.host, origin.port):
            return origin
    raise NotAllowedError(NotAllowedError.__doc__)


def target_of(url: str) -> str:
    """Path and query, as a request's first line has them."""
    parts = _split(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _split(url: str) -> SplitResult:
    """The parts of a plain address; ValueError for blanks, other alphabets, user names, fragments and backslashes."""
    if not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise ValueError(f"{url!r} is not a plain address")
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or "#" in url:
        raise ValueError(f"{url!r} is not https://host[:port]")
    return parts


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", _PORTS[parts.scheme] if parts.port is None else parts.port


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
