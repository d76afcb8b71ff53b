"""A watch sees the calls of all threads in one order, and a kill comes before the call it was set to."""

import signal
import subprocess
import sys

import pytest

from tests.faults.watch import Call, Watch

THREE_THREADS = """
import os, sys, threading
def write(name):
    for n in range(5):
        with open(name, "w") as file:
            file.write("x"); file.flush(); os.fsync(file.fileno())
        os.rename(name, f"{name}-{n}")
    try:
        os.fsync(999)
    except OSError:
        pass
threads = [threading.Thread(target=write, args=(f"{sys.argv[1]}/{k}",)) for k in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
CALLS = 3 * 5 * 3


@pytest.fixture
def watch(tmp_path):
    (tmp_path / "home").mkdir()
    with Watch(tmp_path / "home", tmp_path / "watch") as watch:
        yield watch


def run(watch, tmp_path) -> int:
    command = [*watch.under, sys.executable, "-c", THREE_THREADS, str(tmp_path / "home")]
    return subprocess.run(command, check=False).returncode


def test_every_call_of_every_thread_is_seen_and_nothing_is_changed_by_that(watch, tmp_path):
    assert run(watch, tmp_path) == 0
    assert len(watch.calls) == CALLS
    assert len(list((tmp_path / "home").iterdir())) == 15
    assert watch.killed == []


def test_a_process_is_killed_before_the_call_has_any_effect(watch, tmp_path):
    for n in range(1, CALLS + 1, 4):
        home = tmp_path / "home"
        for file in home.iterdir():
            file.unlink()
        watch.kill_at(n)
        assert run(watch, tmp_path) == -signal.SIGKILL
        assert len(watch.calls) == n
        renamed = sum(call.name == "rename" for call in watch.calls[:-1])
        assert len([file for file in home.iterdir() if "-" in file.name]) <= renamed
        assert watch.killed == [watch.calls[-1]]


def test_the_second_count_begins_after_the_first_kill(watch, tmp_path):
    watch.kill_at(3, 2)
    assert [run(watch, tmp_path) for _ in range(3)] == [-signal.SIGKILL, -signal.SIGKILL, 0]
    assert [type(call) for call in watch.killed] == [Call, Call]
