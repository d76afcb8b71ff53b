"""The service as an operator meets it: real processes, started, used, killed and started again."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

REPOSITORY = Path(__file__).parents[2]
SAMPLES = REPOSITORY / "sample_images"
KEY = re.compile(r"lm_[A-Za-z0-9_-]{43}")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Operator:
    """Starts and stops ``liftmark`` in a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("LIFTMARK_")}
        self.environment |= {"LIFTMARK_DATA": str(data), "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}
        self.output = data.with_suffix(".out")
        self.port = free_port()
        self.process: subprocess.Popen | None = None

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "service.cli", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=120)

    def serve(self, *options: str) -> str:
        """Start the service; what it printed."""
        command = [sys.executable, "-m", "service.cli", "serve", "--port", str(self.port), *options]
        with self.output.open("w") as output:
            self.process = subprocess.Popen(command, env=self.environment, stdout=output, stderr=output)
        deadline = time.monotonic() + 60
        while not self.answers():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)
        return self.output.read_text()

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/healthz").is_success
        except httpx.TransportError:
            return False

    def json_lines(self, until: str) -> list[dict]:
        """What it logged; a request's line is written after its answer, so that of ``until`` is waited for."""
        deadline = time.monotonic() + 60
        while until not in self.output.read_text():
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)
        return [json.loads(line) for line in self.output.read_text().splitlines() if line.startswith("{")]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.send_signal(how)
        return self.process.wait(120)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, key: str) -> httpx.Client:
        return httpx.Client(base_url=self.address, headers={"Authorization": f"Bearer {key}"}, timeout=150)


@pytest.fixture
def operator(tmp_path):
    operator = Operator(tmp_path / "data")
    yield operator
    operator.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A running service with its first key, for tests that neither stop it nor need it new."""
    operator = Operator(tmp_path_factory.mktemp("served") / "data")
    try:
        (key,) = KEY.findall(operator.serve())
        yield operator, key
    finally:
        operator.stop(signal.SIGKILL)


def upload(client: httpx.Client, photo: Path | bytes, wait: int = 0) -> httpx.Response:
    subject = client.post("/v1/subjects", json={"reference": "P-1"}).json()["id"]
    new = {"taken_at": "2026-03-02T10:00:00Z", "phase": "baseline"}
    visit = client.post(f"/v1/subjects/{subject}/visits", json=new).json()["id"]
    content = photo if isinstance(photo, bytes) else photo.read_bytes()
    return client.post(f"/v1/visits/{visit}/photos", params={"wait": wait}, files={"file": content})


@pytest.mark.slow
def test_the_first_start_prints_a_key_that_works_and_the_second_prints_none(operator):
    (key,) = KEY.findall(operator.serve())
    with operator.client(key) as client:
        assert client.get("/v1/subjects").status_code == 200
    assert operator.stop() == -signal.SIGTERM  # ended in order, and says what ended it
    assert not KEY.search(operator.serve())


@pytest.mark.slow
def test_a_key_made_beside_the_running_service_works_at_once(served):
    operator, _ = served
    made = operator.run("key", "create", "--clinic", "Aurora", "--scope", "read")
    assert made.returncode == 0, made.stderr
    assert KEY.fullmatch(made.stdout.strip())
    with operator.client(made.stdout.strip()) as client:
        assert client.get("/v1/subjects").json() == {"items": [], "next": None}
        assert client.post("/v1/subjects", json={"reference": "P-1"}).status_code == 403


@pytest.mark.slow
def test_the_audit_is_verified_beside_the_running_service_and_anchored_at_its_end(operator):
    (key,) = KEY.findall(operator.serve())
    anchors = Path(operator.environment["LIFTMARK_DATA"]) / "audit-anchors.jsonl"
    with operator.client(key) as client:
        assert client.get("/v1/subjects").status_code == 200
        found = operator.run("audit", "verify")
        assert found.returncode == 0, found.stderr
        assert "default: sound, 1 row, 0 anchors." in found.stdout
        assert client.get("/v1/audit/verification").json()["checked"] == 2
    operator.stop()
    (anchor,) = map(json.loads, anchors.read_text().splitlines())
    assert anchor["count"] == 2
    found = operator.run("audit", "verify", "--anchor", str(anchors))
    assert found.returncode == 0, found.stderr
    assert "default: sound, 2 rows, 1 anchor." in found.stdout


@pytest.mark.slow
def test_an_acknowledged_photo_is_analysed_though_the_service_was_killed(operator):
    (key,) = KEY.findall(operator.serve())
    with operator.client(key) as client:
        kept = upload(client, SAMPLES / "eyelids_before.jpg")
        assert kept.json()["status"] == "queued"
        operator.stop(signal.SIGKILL)
        operator.serve()
        deadline = time.monotonic() + 240  # the dead process's lease runs out first
        while client.get(f"/v1/photos/{kept.json()['id']}").json()["status"] == "queued":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        photo = client.get(f"/v1/photos/{kept.json()['id']}").json()
        assert photo["status"] == "analysed"
        assert client.get(f"/v1/photos/{photo['id']}/file").content == (SAMPLES / "eyelids_before.jpg").read_bytes()


@pytest.mark.slow
def test_the_main_job_through_the_real_service_and_the_real_analysis(served):
    operator, key = served
    pairs = json.loads((SAMPLES / "manifest.json").read_text())["pairs"]
    truth = next(pair["truth"] for pair in pairs if pair["name"] == "eyelids")
    with operator.client(key) as client:
        before, after = (upload(client, SAMPLES / f"eyelids_{w}.jpg", wait=120).json() for w in ("before", "after"))
        assert before["status"] == after["status"] == "analysed"
        overlay = client.get(f"/v1/photos/{after['id']}/overlay")
        assert overlay.content.startswith(b"\xff\xd8\xff")
        assert b"Exif" not in overlay.content

        asked = {"before_photo_id": before["id"], "after_photo_id": after["id"]}
        pair = client.post("/v1/comparisons", params={"wait": 120}, json=asked).json()
        assert pair["status"] == "compared"
        (change,) = [c for c in pair["changes"] if (c["measurand"], c["side"]) == ("mrd1", "left")]
        assert change["verdict"] == "detectable_increase"
        low, high = change["ci95"]
        assert low <= truth["left"]["mrd1"] <= high

        assert client.get(f"/v1/comparisons/{pair['id']}/report").headers["content-type"].startswith("text/html")
        for which in ("before", "after"):
            picture = client.get(f"/v1/comparisons/{pair['id']}/aligned/{which}")
            assert picture.content.startswith(b"\xff\xd8\xff")
            assert b"Exif" not in picture.content


@pytest.mark.slow
@pytest.mark.parametrize(
    "content,status,code",
    [
        (b"", 422, "empty_file"),
        (b"dear diary, today I was named face.jpg", 415, "not_an_image"),
        (b"GIF89a" + bytes(100), 415, "unsupported_format"),
    ],
    ids=["empty", "text", "gif"],
)
def test_a_file_that_is_no_photo_is_refused_by_the_real_sandbox(served, content, status, code):
    operator, key = served
    with operator.client(key) as client:
        answer = upload(client, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.slow
def test_a_worker_that_is_asked_to_stop_stops(operator):
    command = [sys.executable, "-m", "service.cli", "worker"]
    operator.process = subprocess.Popen(command, env=operator.environment, stdout=subprocess.PIPE, text=True)
    assert operator.process.stdout.readline().startswith("At work")
    assert operator.stop() == 0
    operator.process.stdout.close()


@pytest.mark.slow
def test_a_worker_tells_of_itself_where_it_is_told_to(operator):
    told = ("--workers", "1", "--metrics-port", str(operator.port))
    command = [sys.executable, "-m", "service.cli", "worker", *told]
    operator.process = subprocess.Popen(command, env=operator.environment, stdout=subprocess.PIPE, text=True)
    assert operator.process.stdout.readline() == "At work on 1 jobs at once. Ctrl-C ends it after the jobs in hand.\n"
    figures = httpx.get(f"{operator.address}/metrics")
    assert figures.headers["content-type"].startswith("text/plain")
    assert 'liftmark_jobs_queued{kind="analyse_photo"} 0.0' in figures.text
    assert operator.answers()
    assert httpx.get(f"{operator.address}/v1/subjects").status_code == 404
    taken = operator.run("worker", "--metrics-port", str(operator.port))
    assert taken.returncode == 1
    assert "cannot be had for --metrics-port: Address already in use." in taken.stderr
    assert operator.stop() == 0
    operator.process.stdout.close()


def test_a_worker_that_would_do_nothing_says_how_to_make_it_work(operator):
    operator.environment["LIFTMARK_WORKERS"] = "0"
    done = operator.run("worker")
    assert done.returncode == 2
    assert "--workers N" in done.stderr


@pytest.mark.slow
def test_a_service_without_workers_of_its_own_keeps_photos_for_others_and_logs_each_request(operator):
    operator.environment["LIFTMARK_LOG_FORMAT"] = "json"
    (key,) = KEY.findall(operator.serve("--workers", "0"))
    with operator.client(key) as client:
        kept = upload(client, SAMPLES / "eyelids_before.jpg", wait=3)
        assert (kept.status_code, kept.json()["status"]) == (201, "queued")
    lines = operator.json_lines(until=kept.headers["x-request-id"])
    assert [line["request_id"] for line in lines].count(kept.headers["x-request-id"]) == 1
    assert {line["message"] for line in lines} == {"request"}
    assert operator.output.read_text().count(key) == 1  # when it was made


@pytest.mark.slow
def test_a_backup_is_made_beside_the_running_service(served, tmp_path):
    operator, _ = served
    done = operator.run("backup", str(tmp_path / "copy"))
    assert done.returncode == 0, done.stderr
    assert "master key is not among them" in done.stdout
    assert (tmp_path / "copy" / "liftmark.db").exists()
    again = operator.run("backup", str(tmp_path / "copy"))
    assert again.returncode == 1
    assert "not empty" in again.stderr
