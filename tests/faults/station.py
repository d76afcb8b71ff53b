"""The real processes of one service, started, killed and started again from outside, as a supervisor does."""

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import httpx

from tests.faults.home import Home

START_S = 300
KEY = re.compile(r"lm_[A-Za-z0-9_-]{43}")
LIFTMARK = (sys.executable, "-m", "service.cli")

Under = Sequence[str]
"""A command that runs the command put behind it: ``strace …``, ``faketime …``; empty for none."""

Launch = Callable[[Under], subprocess.Popen[bytes]]
"""Starts a process and does not wait for it."""


class Station:
    """The web process of one service, and further workers, all on one home.

    ``starts`` counts the web process's starts. What the processes say is appended to ``log``.
    """

    def __init__(self, home: Home, *options: str) -> None:
        self.home = home
        self.port = free_port()
        self.starts = 0
        self.web: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []
        self.log = home.folder.with_suffix(".log")
        self._options = options

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def launch(self, under: Under = ()) -> subprocess.Popen[bytes]:
        """Start the web process and do not wait for it."""
        self.web = self._run("serve", "--port", str(self.port), *self._options, under=under)
        self.starts += 1
        return self.web

    def start(self, under: Under = ()) -> None:
        """Start the web process; it answers when this returns."""
        self.launch(under)
        wait_for(self.answers, START_S, self.log.read_text)

    def start_worker(self, *options: str, under: Under = ()) -> subprocess.Popen[bytes]:
        """Start a further worker process and do not wait for it."""
        self.workers.append(self._run("worker", *(options or ("--workers", "1")), under=under))
        return self.workers[-1]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the service's to its end."""
        command = [*LIFTMARK, *arguments]
        return subprocess.run(
            command, env=self.home.environment, capture_output=True, text=True, check=False, timeout=START_S
        )

    def answers(self) -> bool:
        """Whether the web process answers now."""
        try:
            return httpx.get(f"{self.address}/healthz", timeout=60).is_success
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """kill -9 the web process, and wait until it is gone."""
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the web process if it is still there."""
        if self.web is not None:
            end(self.web, how)

    def restart(self) -> None:
        """kill -9 the web process and start it again."""
        self.kill()
        self.start()

    def close(self) -> None:
        """kill -9 all that is still there."""
        for process in (*self.workers, *filter(None, [self.web])):
            end(process, signal.SIGKILL)

    def _run(self, *arguments: str, under: Under) -> subprocess.Popen[bytes]:
        with self.log.open("a") as log:
            return subprocess.Popen([*under, *LIFTMARK, *arguments], env=self.home.environment, stdout=log, stderr=log)


@contextmanager
def station(home: Home, *options: str) -> Iterator[Station]:
    """A station whose processes are gone afterwards."""
    made = Station(home, *options)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def kept_alive(service: Station, launches: Iterable[Under] = (), *, worker: bool = False) -> Iterator[None]:
    """Start the web process, or a worker, and start it again each time it ends.

    It is started under each of ``launches``, after them as it is.
    """
    launch = (lambda under: service.start_worker(under=under)) if worker else service.launch
    over = threading.Event()
    thread = threading.Thread(target=_keep_alive, args=(launch, iter(launches), over), name="supervisor")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _keep_alive(launch: Launch, launches: Iterator[Under], over: threading.Event) -> None:
    while not over.is_set():
        process = launch(next(launches, ()))
        while process.poll() is None and not over.wait(0.05):
            pass


def end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Send a signal and wait until the process is gone."""
    process.send_signal(how)
    process.wait(START_S)


def first_key(service: Station, under: Under = ()) -> str:
    """Start a new service for the first time; the key that it prints."""
    service.launch(under)
    return printed_key(service)


def printed_key(service: Station) -> str:
    """The key that a new service prints at its first start; it answers when this returns."""
    wait_for(service.answers, START_S, service.log.read_text)
    (key,) = KEY.findall(service.log.read_text())
    return key


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(what, seconds: float, tell=lambda: "") -> object:
    """What ``what`` finds, asked again until it finds something; it fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, tell()
        time.sleep(0.05)
    return found
