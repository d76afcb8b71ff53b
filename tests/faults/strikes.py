"""kill -9 at moments that nobody chose: a service with its workers, client and judge, and who is struck when."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random
from threading import Event, Thread

from tests.faults.client import CarefulClient
from tests.faults.home import Home
from tests.faults.ledger import Ledger
from tests.faults.rig import Rig
from tests.faults.scenario import Picture
from tests.faults.station import Station, kept_alive, printed_key, station, wait_for
from tests.faults.watch import Call

Victim = Callable[[], None]
"""Kills something, and sees to it that it comes back."""

Victims = Mapping[str, Victim]

AGAIN_WITHIN_S = 6.0
"""The second strike may fall while what was killed starts again."""


@dataclass(frozen=True)
class Strike:
    """So long after the one before it, or after the sitting began."""

    victim: str
    after_s: float


class Strikes:
    """Stands where a :class:`~tests.faults.watch.Watch` stands, and counts seconds in place of calls."""

    def __init__(self, victims: Victims) -> None:
        self.victims = victims
        self.calls: tuple[Call, ...] = ()
        self.killed: list[Call] = []
        self._over = Event()
        self._thread: Thread | None = None

    def kill_at(self, *strikes: Strike) -> None:
        """Strike so from now on; the strikes of before that have not fallen yet never will."""
        if self._thread is not None:
            self._over.set()
            self._thread.join()
        self._over = Event()
        self.killed = []
        self._thread = Thread(target=self._strike, args=(strikes, self._over), name="striker")
        self._thread.start()

    def await_all(self) -> None:
        """Return when no strike is to come."""
        if self._thread is not None:
            self._thread.join()

    def _strike(self, strikes: tuple[Strike, ...], over: Event) -> None:
        for strike in strikes:
            if over.wait(strike.after_s):
                return
            self.victims[strike.victim]()
            self.killed.append(Call("kill -9", strike.victim))


class StruckRig(Rig):
    """The strikes that are due fall before anybody looks whether all is done."""

    watch: Strikes

    def _settle(self) -> None:
        self.watch.await_all()
        super()._settle()


def strikes_at(random: Random, victims: Victims, sitting_s: float, count: int) -> list[Strike]:
    """``count`` strikes, the first one somewhere in a sitting of ``sitting_s``.

    A job that was begun three times and never ended is given up on purpose, so no trial has more than two.
    """
    lengths = [sitting_s, *[AGAIN_WITHIN_S] * (count - 1)]
    return [Strike(random.choice(sorted(victims)), random.uniform(0, length)) for length in lengths]


@contextmanager
def struck(home: Home, picture: Picture, victims: Callable[[Station], Victims], workers: int) -> Iterator[StruckRig]:
    """A new service with so many worker processes, which may be struck; with none, the web process has its own."""
    ledger = Ledger(home.folder.with_name("ledger.jsonl"))
    with station(home, "--workers", "0" if workers else "1") as service, ExitStack() as at_work:
        at_work.enter_context(kept_alive(service))
        key = printed_key(service)
        for _ in range(workers):
            at_work.enter_context(kept_alive(service, worker=True))
        client = at_work.enter_context(CarefulClient(service.address, key, ledger))
        strikes = Strikes(victims(service))
        at_work.callback(strikes.kill_at)
        yield StruckRig(service, strikes, client, key, picture)


def one_worker(service: Station, random: Random) -> Victim:
    """One of the workers that live now."""

    def kill() -> None:
        random.choice(wait_for(lambda: [worker for worker in service.workers if worker.poll() is None], 60)).kill()

    return kill
