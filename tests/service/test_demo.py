"""``make demo`` does what it says, and does nothing twice."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the demo runs; what one test had analysed, the other finds done."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def demo(folder):
    """The demo's command and surroundings."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LIFTMARK_")}
    environment |= {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}
    return {"args": [sys.executable, "-m", "service.demo"], "cwd": folder, "env": environment, "text": True}


@pytest.mark.slow
def test_the_demo_writes_reports_that_open_from_the_disk_and_reuses_them(demo, folder):
    once = {**demo, "args": [*demo["args"], "--once"]}
    outputs = []
    for _ in range(2):
        done = subprocess.run(**once, capture_output=True, check=False, timeout=250)
        assert done.returncode == 0, done.stdout + done.stderr
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]
    assert "Detectable" in outputs[0]  # the word after it may stand on the next line of a narrow table
    for name in ("eyelids", "series"):
        assert (folder / "out" / name / "report.html").is_file()
    assert len(list((folder / "out" / "series" / "pictures").glob("*.jpg"))) >= 11  # one of twelve may be left out
    assert "Lasting effect" in outputs[0]
    assert len(list((folder / "data" / "demo" / "blobs").glob("*/*/photos/*"))) == 6 + 12


@pytest.mark.slow
def test_the_demo_serves_the_reports_that_it_names(demo):
    with subprocess.Popen(**demo, stdout=subprocess.PIPE) as process:
        try:
            printed, deadline = "", time.monotonic() + 250
            while "Serving at" not in printed:
                printed += process.stdout.readline()
                assert time.monotonic() < deadline
            links = re.findall(r"http://\S+/report\?\S*token=\S+", printed)
            assert sum("/series/report" in link for link in links) == 1
            assert {httpx.get(link, follow_redirects=False).status_code for link in links} == {303}
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
