"""How the service answers good users while others hold connections and trickle, against how it answers them in peace.

The service runs as a process of its own without workers, on SQLite and a folder, and keeps every upload as always: what
is timed is receiving, judging, encrypting and keeping. Quiet and attacked rounds alternate, so that whatever else
the machine does falls on both. All traffic is on 127.0.0.1.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from models.errors import LiftmarkError
from service.assembly import open_database
from service.bench.load_users import GoodUser, Times, at_once
from service.settings import Settings
from service.tenancy.keys import create_key

_START_S: Final = 300
_HOST: Final = "127.0.0.1"
_UNLIMITED: Final = {
    f"LIFTMARK_{name}_PER_MINUTE": "1000000000" for name in ("REQUESTS", "KEY_REQUESTS", "HEAVY", "FAILED_KEYS")
}
"""A bench asks more than a clinic may."""


class NoServiceError(LiftmarkError):
    """The service that was to be measured did not start."""


class SideDocument(BaseModel):
    """What good users met, all rounds of one kind together; in milliseconds by kind of request."""

    model_config = ConfigDict(frozen=True)

    uploads_per_s: float
    upload_p50_ms: float
    upload_p99_ms: float
    read_p50_ms: float
    read_p99_ms: float


class LoadDocument(BaseModel):
    """Quiet and attacked, and attacked over quiet.

    ``failed`` requests of good users were not answered as they should be; ``attackers`` connections were at work at
    once, by what they do.
    """

    model_config = ConfigDict(frozen=True)

    users: int
    uploads: int
    rounds: int
    failed: int
    attackers: dict[str, int]
    quiet: SideDocument
    attacked: SideDocument
    ratio_upload_p50: float
    ratio_upload_p99: float
    ratio_read_p50: float
    ratio_read_p99: float


def bench_load(users: int, uploads: int, rounds: int, attackers: int, tell: Callable[[], None]) -> LoadDocument:
    """Time good users.

    Parameters
    ----------
    uploads : of each user in each round, each followed by a reading.
    attackers : connections of each kind of :mod:`service.bench.load_attackers`.
    tell : called after each of the ``2 * rounds`` rounds.

    Raises
    ------
    NoServiceError
        Where the service does not start.
    """
    times: dict[bool, Times] = {False: Times(), True: Times()}
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="liftmark-load-")))
        port, good, bad = until_the_end.enter_context(_served(folder))
        lines = (closing(GoodUser(_HOST, port, good, f"user {number}")) for number in range(users))
        everybody = [until_the_end.enter_context(line) for line in lines]
        at_once(everybody, 2, Times())  # to be warm
        for attacked in (False, True) * rounds:
            with _attacked(port, bad, attackers if attacked else 0):
                at_once(everybody, uploads, times[attacked])
            tell()
    return _document(times[False], times[True], users, rounds, attackers)


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, str, str]]:
    """The port of a new service, and keys of two clinics."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("LIFTMARK_")}
    port, good, bad = _free_port(), *_keys(folder)
    command = [sys.executable, "-m", "service.cli", "serve", "--workers", "0", "--port", str(port)]
    environment = others | _UNLIMITED | {"LIFTMARK_DATA": str(folder)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as service:  # noqa: S603  our own
        try:
            _wait_until_it_answers(port, service)
            yield port, good, bad
        finally:
            service.terminate()


def _keys(folder: Path) -> tuple[str, str]:
    settings = Settings(data=folder, database_url=None, blobs_url=None, master_key=None)
    with open_database(settings) as database, database.writing_across() as session:
        return create_key(session, "good"), create_key(session, "bad")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((_HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_it_answers(port: int, service: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_S
    while service.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{_HOST}:{port}/readyz", timeout=30):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise NoServiceError(NoServiceError.__doc__)


@contextmanager
def _attacked(port: int, key: str, connections: int) -> Iterator[None]:
    """Attackers in a process of their own, at work when the block begins; nobody where there are to be none."""
    if connections == 0:
        yield
        return
    command = [sys.executable, "-m", "service.bench.load_attackers", str(port), str(connections)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as attack:  # noqa: S603  our own
        assert attack.stdin is not None  # noqa: S101  it was asked for
        assert attack.stdout is not None  # noqa: S101  as above
        attack.stdin.write(f"{key}\n")  # not among its arguments, which others can read
        attack.stdin.flush()
        attack.stdout.readline()
        try:
            yield
        finally:
            attack.terminate()


def _document(quiet: Times, attacked: Times, users: int, rounds: int, attackers: int) -> LoadDocument:
    from service.bench.load_attackers import KINDS  # noqa: PLC0415  the module runs as a program, too

    calm, stormy = _side(quiet), _side(attacked)
    return LoadDocument(
        users=users,
        uploads=len(quiet.uploads_s) + len(attacked.uploads_s),
        rounds=rounds,
        failed=quiet.failed + attacked.failed,
        attackers=dict.fromkeys(KINDS, attackers),
        quiet=calm,
        attacked=stormy,
        ratio_upload_p50=stormy.upload_p50_ms / calm.upload_p50_ms,
        ratio_upload_p99=stormy.upload_p99_ms / calm.upload_p99_ms,
        ratio_read_p50=stormy.read_p50_ms / calm.read_p50_ms,
        ratio_read_p99=stormy.read_p99_ms / calm.read_p99_ms,
    )


def _side(times: Times) -> SideDocument:
    return SideDocument(
        uploads_per_s=len(times.uploads_s) / times.wall_s,
        upload_p50_ms=1000 * share_of(times.uploads_s, 0.5),
        upload_p99_ms=1000 * share_of(times.uploads_s, 0.99),
        read_p50_ms=1000 * share_of(times.reads_s, 0.5),
        read_p99_ms=1000 * share_of(times.reads_s, 0.99),
    )


def share_of(times_s: list[float], share: float) -> float:
    """The time that ``share`` of all did not exceed (nearest rank).

    >>> share_of([3.0, 1.0, 2.0], 0.5)
    2.0
    """
    ranked = sorted(times_s)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
