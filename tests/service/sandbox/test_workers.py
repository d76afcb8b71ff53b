"""The sandbox, with real processes: what a file does to the analysis never reaches the service."""

import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.documents import MeasurementDocument, RefusedDocument
from service.sandbox import AnalysisWorkers, CrashKind, Limits, SandboxUnavailableError, WorkerCrashed, lockdown

HOSTILE = "tests.service.sandbox.hostile_child"
LIMITS = Limits(memory_bytes=2 * 2**30, seconds=3.0)


@pytest.fixture(scope="module")
def workers() -> Iterator[AnalysisWorkers]:
    """Give one worker that does what uploads tell it to."""
    with AnalysisWorkers(limits=LIMITS, module=HOSTILE) as hostile:
        yield hostile


def told(workers: AnalysisWorkers, what: str) -> str:
    """Return what the process answers to a question about itself."""
    document = workers.measure(what.encode()).document
    assert isinstance(document, MeasurementDocument)
    return document.scale.method


@pytest.mark.parametrize(
    "attempt", ["inet", "inet6", "unix", "netlink", "socketpair", "urllib", "raw call", "io_uring", "pidfd_getfd"]
)
def test_no_socket_can_be_opened(workers: AnalysisWorkers, attempt: str) -> None:
    assert isinstance(workers.measure(attempt.encode()).document, RefusedDocument)


@pytest.mark.parametrize("attempt", ["another program", "fork", "kill", "file"])
def test_nothing_outside_the_process_can_be_touched(workers: AnalysisWorkers, attempt: str) -> None:
    assert isinstance(workers.measure(attempt.encode()).document, RefusedDocument)


@pytest.mark.parametrize(
    "deed, kind",
    [
        ("abort", CrashKind.ABORTED),
        ("exit", CrashKind.ABORTED),
        ("raise", CrashKind.ABORTED),
        ("hog", CrashKind.MEMORY),
        ("hog in C", CrashKind.MEMORY),
        ("spin", CrashKind.TIME),
        ("sleep", CrashKind.TIME),
    ],
)
def test_a_crash_is_told_and_the_next_file_is_measured(workers: AnalysisWorkers, deed: str, kind: CrashKind) -> None:
    with pytest.raises(WorkerCrashed) as crash:
        workers.measure(deed.encode())
    assert crash.value.kind is kind
    assert isinstance(workers.measure(b"a good photo").document, MeasurementDocument)


@pytest.mark.parametrize("lie", ["lie", "no document", "no picture", "nothing"])
def test_a_lying_process_is_not_believed(workers: AnalysisWorkers, lie: str) -> None:
    pid = told(workers, "pid")
    with pytest.raises(WorkerCrashed) as crash:
        workers.measure(lie.encode())
    assert crash.value.kind is CrashKind.ABORTED
    assert told(workers, "pid") != pid


def test_an_endless_loop_is_stopped_at_the_deadline(workers: AnalysisWorkers) -> None:
    workers.warm_up()
    started = time.monotonic()
    with pytest.raises(WorkerCrashed):
        workers.measure(b"sleep")
    assert time.monotonic() - started < LIMITS.seconds + 1


def test_the_process_knows_no_secret_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFTMARK_MASTER_KEY", "secret")
    with AnalysisWorkers(limits=LIMITS, module=HOSTILE) as workers:
        assert "LIFTMARK_MASTER_KEY" not in told(workers, "secrets")
        assert "OMP_NUM_THREADS" in told(workers, "secrets")


@pytest.fixture
def beside_the_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AnalysisWorkers]:
    """Give a worker that knows the path of a readable face model, beside which lies a key."""
    for name in ("master.key", "face.model"):
        (tmp_path / name).write_bytes(b"secret")
    monkeypatch.setenv("LIFTMARK_FACE_MODEL", str(tmp_path / "face.model"))
    with AnalysisWorkers(limits=LIMITS, module=HOSTILE) as workers:
        yield workers


@pytest.mark.skipif(not lockdown.landlock_version(), reason="this kernel has no Landlock")
@pytest.mark.parametrize("what", ["key", "folder", "accounts", "another process", "home"])
def test_what_the_service_keeps_cannot_be_read(beside_the_keys: AnalysisWorkers, what: str) -> None:
    assert isinstance(beside_the_keys.measure(what.encode()).document, RefusedDocument)


@pytest.mark.parametrize("what", ["the face model", "its own code"])
def test_what_the_analysis_is_made_of_can_be_read(beside_the_keys: AnalysisWorkers, what: str) -> None:
    assert isinstance(beside_the_keys.measure(what.encode()).document, MeasurementDocument)


def test_without_landlock_photos_are_analysed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockdown, "landlock_version", lambda: 0)
    lockdown.close_files({"/nowhere": 0})
    assert Path("/etc/passwd").read_bytes()


def test_one_process_serves_many_files_and_is_then_replaced() -> None:
    with AnalysisWorkers(limits=Limits(seconds=5, jobs=2), module=HOSTILE) as workers:
        first, second, third = (told(workers, "pid") for _ in range(3))
    assert first == second
    assert third != second


def test_no_process_outlives_its_workers() -> None:
    with AnalysisWorkers(limits=LIMITS, module=HOSTILE) as workers:
        pid = int(told(workers, "pid"))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_threads_share_the_processes() -> None:
    outcomes = []
    with AnalysisWorkers(2, LIMITS, HOSTILE) as workers:
        threads = [threading.Thread(target=lambda: outcomes.append(told(workers, "pid"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(outcomes) == 8
    assert 1 <= len(set(outcomes)) <= 2


def test_the_header_check_answers_alone(workers: AnalysisWorkers) -> None:
    assert workers.check(b"good") is None
    refused = workers.check(b"bad")
    assert refused is not None
    assert refused.refused.code == "no_face"


def test_a_crash_is_logged_and_its_last_words_which_may_quote_the_photo_only_for_debugging(
    workers: AnalysisWorkers, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(WorkerCrashed):
        workers.measure(b"raise")
    said = {record.levelno: record.getMessage() for record in caplog.records if "child_process" in record.name}
    assert said[logging.WARNING] == "an analysis process was stopped (aborted)"
    assert "a bug, not an attack" in said[logging.DEBUG]


def test_a_process_that_cannot_start_says_why() -> None:
    with (
        AnalysisWorkers(module="tests.service.sandbox.unready_child") as workers,
        pytest.raises(SandboxUnavailableError, match="The face model is not installed"),
    ):
        workers.warm_up()


def test_a_crash_at_the_start_blames_no_photo() -> None:
    with (
        AnalysisWorkers(module="tests.service.sandbox.no_such_module") as workers,
        pytest.raises(SandboxUnavailableError, match="No module named"),
    ):
        workers.measure(b"a good photo")


def test_a_closed_sandbox_takes_no_more_photos() -> None:
    with AnalysisWorkers(limits=LIMITS, module=HOSTILE) as workers:
        pass
    with pytest.raises(SandboxUnavailableError):
        workers.measure(b"late")


def test_without_a_sandbox_nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockdown.platform, "system", lambda: "Plan 9")
    with pytest.raises(SandboxUnavailableError, match="needs Linux"):
        AnalysisWorkers().__enter__()
    monkeypatch.setenv(lockdown.ALLOW_UNSANDBOXED, "1")
    assert AnalysisWorkers().__enter__()
