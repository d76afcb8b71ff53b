"""Files sent through the whole service, one after the other, and what became of each."""

import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from service.app import create_app
from service.errors import PROBLEM_TYPE
from service.sandbox import AnalysisWorkers, WorkerCrashed
from service.serving import serving
from service.settings import Settings
from service.tenancy.keys import create_key
from tests.hostile.damage import File
from tests.service.api.conftest import Clinic

GOOD = (Path(__file__).parents[2] / "sample_images" / "eyelids_before.jpg").read_bytes()
_WAIT_S = 30


class Witness(AnalysisWorkers):
    """The sandbox, with a note of each process that a file ended and of the time that each check took."""

    def __init__(self) -> None:
        super().__init__()
        self.crashes: list[str] = []
        self.checks_s: list[float] = []

    def _do(self, job, read, seconds=None):
        started = time.monotonic()
        try:
            return super()._do(job, read, seconds)
        except WorkerCrashed as crash:
            self.crashes.append(f"{job.name}: {crash.kind}")
            raise
        finally:
            if job.name == "check":
                self.checks_s.append(time.monotonic() - started)


@dataclass
class Ordeal:
    """A clinic that uploads files to a service with a real sandbox."""

    clinic: Clinic
    witness: Witness
    outcomes: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    slowest_refusal_s: tuple[float, str] = (0.0, "")

    def send(self, files: Iterable[File]) -> None:
        """Upload each; what must not happen is in ``odd`` afterwards."""
        visit = self.clinic.visit(self.clinic.subject(f"P-{time.monotonic_ns()}"))
        for name, content in files:
            crashes, checks = len(self.witness.crashes), len(self.witness.checks_s)
            outcome = self._outcome(visit, content)
            self.outcomes[outcome] += 1
            if not self._may_be(outcome):
                self.odd.append(f"{name}: {outcome}")
            if outcome.startswith("4") and len(self.witness.checks_s) > checks:
                self.slowest_refusal_s = max(self.slowest_refusal_s, (self.witness.checks_s[checks], name))
            for crash in self.witness.crashes[crashes:]:
                self.outcomes[f"process ended in {crash}"] += 1

    def _outcome(self, visit: str, content: bytes) -> str:
        answer = self.clinic.upload(visit, content, wait=_WAIT_S)
        if answer.status_code == 201:
            return f"201 {self._end_of(answer.json())}"
        told = answer.headers.get("content-type") == PROBLEM_TYPE
        return f"{answer.status_code} {answer.json()['code'] if told else 'without a reason'}"

    def _end_of(self, photo: dict) -> str:
        deadline = time.monotonic() + 300
        while photo["status"] == "queued" and time.monotonic() < deadline:
            time.sleep(0.5)
            photo = self.clinic.get(f"/v1/photos/{photo['id']}").json()
        return photo["status"]

    def _may_be(self, outcome: str) -> bool:
        status, what = outcome.split(" ", 1)
        ends = {"analysed", "refused", "failed"}
        return what in ends if status == "201" else status.startswith("4") and what != "without a reason"

    def still_works(self) -> bool:
        """Whether a good photo is analysed and the service says that it is ready."""
        analysed = self._outcome(self.clinic.visit(self.clinic.subject(f"P-{time.monotonic_ns()}")), GOOD)
        return analysed == "201 analysed" and self.clinic.client.get("/readyz").status_code == 200


@contextmanager
def ordeal(folder: Path) -> Iterator[Ordeal]:
    """A service of its own, with one sandbox process and its data in ``folder``."""
    with Witness() as witness, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = create_app(Settings(data=folder, workers=1), witness)
        with serving(app, listener) as address, httpx.Client(base_url=address, timeout=600) as client:
            with app.state.service.database.writing_across() as session:
                key = create_key(session, "Aurora", ())
            yield Ordeal(Clinic(client, key), witness)
        witness.close()
