"""Files that end, fill or hang the process that looks at them: each fails alone, and the service goes on."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from service.app import create_app
from service.sandbox import AnalysisWorkers
from service.sandbox.child_process import Limits

HOSTILE = "tests.service.sandbox.hostile_child"
FACELESS = b"unix"  # the kernel lets it do nothing, and it says that it finds no face
DEEDS = ("abort", "segfault", "exit", "leave", "hog", "hog in C", "spin", "sleep", "raise", "lie", "no document")


@pytest.fixture
def analyst():
    """The real sandbox, around a process that does to itself what an upload tells it to."""
    with AnalysisWorkers(2, Limits(seconds=2.0), HOSTILE) as workers:
        workers.go_on = threading.Event()  # as the other analysts have it
        yield workers


@pytest.fixture
def app(settings, analyst):
    return create_app(settings, analyst)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_file_that_ends_its_process_fails_after_three_attempts_and_its_neighbours_do_not(clinic, app):
    visit, states = clinic.visit(), {}
    for number, deed in enumerate(DEEDS):
        states[deed] = clinic.upload(visit, deed.encode(), wait=0).json()["id"]
        states[f"neighbour {number}"] = clinic.upload(visit, FACELESS, wait=0).json()["id"]
    deadline = time.monotonic() + 900
    while any(clinic.get(f"/v1/photos/{photo}").json()["status"] == "queued" for photo in states.values()):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    ended = {name: clinic.get(f"/v1/photos/{photo}").json() for name, photo in states.items()}
    assert {name for name, photo in ended.items() if photo["status"] == "failed"} == set(DEEDS)
    assert {photo["status"] for name, photo in ended.items() if name not in DEEDS} == {"refused"}
    assert {ended[deed]["failure"].split(" in ")[1][:10] for deed in DEEDS} == {"3 attempts"}
    assert app.state.service.runner.alive


def test_a_process_that_is_killed_from_outside_costs_one_attempt(clinic, app):
    clinic.upload(clinic.visit(), FACELESS)
    photo = clinic.upload(clinic.visit(), b"sleep", wait=0).json()["id"]
    time.sleep(0.5)
    for child in children():
        os.kill(child, signal.SIGKILL)
    assert clinic.ended(f"/v1/photos/{photo}")["status"] == "failed"  # it sleeps the other two times, too
    assert clinic.upload(clinic.visit(), FACELESS).json()["status"] == "refused"


def children() -> list[int]:
    """The analysis processes of this one."""
    told = Path("/proc/self/task").glob("*/children")
    ids = [int(child) for task in told for child in task.read_text().split()]
    return [child for child in ids if HOSTILE.encode() in Path(f"/proc/{child}/cmdline").read_bytes()]
