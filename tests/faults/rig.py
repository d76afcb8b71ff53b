"""One service at work under a watch, with its client and its judge, and what came of killing it."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

from tests.faults.checker import HARMLESS, Finding
from tests.faults.client import CarefulClient
from tests.faults.home import Home
from tests.faults.judging import checker_of
from tests.faults.ledger import Ledger
from tests.faults.scenario import Picture, sitting
from tests.faults.station import START_S, Station, kept_alive, printed_key, station, wait_for
from tests.faults.watch import Call, Watch

_LIKE = re.compile(r"liftmark\.db[-a-z]*|blobs|incoming|PGSQL|^[0-9.:]+$")
SETTLES_WITHIN_S = 300
"""Two leases and a retry, on a machine that has many other things to do."""


@dataclass(frozen=True)
class Trial:
    """One sitting and what was done to the service meanwhile.

    ``counts`` says at which call it was to be killed, ``killed`` at which it was: fewer where fewer calls were made.
    """

    counts: tuple[int, ...]
    acknowledged: int
    calls: tuple[Call, ...]
    killed: tuple[Call, ...]
    findings: tuple[Finding, ...]

    @property
    def harm(self) -> list[Finding]:
        """What breaks a promise."""
        return [found for found in self.findings if found.verdict not in HARMLESS]


def told(calls: Iterable[Call]) -> list[str]:
    """Calls without what is of one run alone."""
    return [f"{call.name} {_LIKE.search(call.about)[0]}" for call in calls]


@dataclass
class Rig:
    """A service whose killed process is started again at once, under the same watch."""

    service: Station
    watch: Watch
    client: CarefulClient
    key: str
    picture: Picture
    _known: set[Finding] = field(default_factory=set)
    _sittings: int = 0

    def trial(self, *counts: int) -> Trial:
        """Kill at the ``counts[0]``-th durable call of a sitting, and at the ``counts[1]``-th after that, and judge."""
        self._sittings += 1
        self._await_service()
        before = self.client.ledger.count()
        self.watch.kill_at(*counts)
        sitting(self.client, f"sitting {self._sittings}", self.picture)
        self._settle()
        calls, killed = tuple(self.watch.calls), tuple(self.watch.killed)
        self.watch.kill_at()
        return Trial(counts, self.client.ledger.count() - before, calls, killed, tuple(self._new_findings()))

    def _await_service(self) -> None:
        wait_for(self.service.answers, START_S, self.service.log.read_text)

    def _settle(self) -> None:
        checker_of(self.service, self.key, self.client.ledger).settle(SETTLES_WITHIN_S)

    def _new_findings(self) -> Iterable[Finding]:
        self._await_service()
        self._settle()
        found = set(checker_of(self.service, self.key, self.client.ledger).findings()) - self._known
        self._known |= found
        return sorted(found, key=str)


@contextmanager
def rig(home: Home, picture: Picture, watch: Watch, *, of_worker: bool = False) -> Iterator[Rig]:
    """A new service: its web process under ``watch``, or a worker beside a web process that has none of its own."""
    ledger = Ledger(home.folder.with_name("ledger.jsonl"))
    with (
        watch,
        station(home, "--workers", "0" if of_worker else "1") as service,
        _at_work(service, watch, of_worker=of_worker),
    ):
        key = printed_key(service)
        with CarefulClient(service.address, key, ledger) as client:
            yield Rig(service, watch, client, key, picture)


@contextmanager
def _at_work(service: Station, watch: Watch, *, of_worker: bool) -> Iterator[None]:
    if of_worker:
        with kept_alive(service), kept_alive(service, repeat(watch.under), worker=True):
            yield
    else:
        with kept_alive(service, repeat(watch.under)):
            yield


def watch_of(home: Home) -> Watch:
    """A watch over what is written to a home on SQLite and a folder."""
    return Watch(home.folder, Path(f"{home.folder}.watch"))
