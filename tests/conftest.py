"""What every test may rely on: no way to the outside, the same examples each time, a browser or a reason why not."""

import gc
import ipaddress
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests.browser.chromium import executable

# The same examples on every run, however slow the machine is: a red test means a change in the code.
settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("steady")


class OutsideWorldError(RuntimeError):
    """A test tried to reach something that is not this machine."""


def is_this_machine(host: object) -> bool:
    """Whether a host, as `socket` is given it, is a loopback address or asks for any local one."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def forbid_the_outside(event: str, args: tuple[object, ...]) -> None:
    """Stop name look-ups and connections that leave this machine; paths (AF_UNIX) and loopback pass."""
    if event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = args[0]
    elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = args[1]
        if not isinstance(address, tuple):  # a path, or a socket that is already connected
            return
        host = address[0]
    else:
        return
    if not is_this_machine(host):
        raise OutsideWorldError(f"{event} to {host!r}: tests may only talk to this machine")


# An audit hook cannot be removed or patched away, and sees what libraries do as well.
sys.addaudithook(forbid_the_outside)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests need Debian's chromium; where continuous integration lacks it, that is an error, not a skip."""
    if executable() or os.environ.get("CI"):
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no chromium on this machine: apt-get install chromium"))


def pytest_collection_finish() -> None:
    """What is loaded stays to the end: leave it out of each later search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The project's top folder."""
    return Path(__file__).parents[1]
