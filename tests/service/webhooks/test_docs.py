"""The receiver in docs/webhooks.md runs as it stands there, takes what is genuine, and nothing else."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from service.webhooks.signing import new_secret, signed_headers
from tests.service.webhooks.receiving import free_port

BODY = b'{"id": "1", "type": "photo.analysed", "data": {"photo_id": "2"}}'


@pytest.fixture
def secret() -> str:
    return new_secret()


@pytest.fixture
def receiver(repository, tmp_path, secret):
    """The page's program, at work; its address and the process."""
    (program,) = re.findall(r"```python\n(.*?)```", (repository / "docs/webhooks.md").read_text(), re.DOTALL)
    (tmp_path / "receiver.py").write_text(program)
    port = free_port()
    environment = os.environ | {"LIFTMARK_WEBHOOK_SECRET": secret, "PORT": str(port)}
    command = [sys.executable, str(tmp_path / "receiver.py")]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield f"http://127.0.0.1:{port}", process
        process.kill()


def posted(address: str, headers, body: bytes = BODY) -> int:
    request = urllib.request.Request(address, body, dict(headers))
    for _ in range(200):
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except urllib.error.URLError:
            time.sleep(0.05)  # it is still starting
    raise AssertionError("it never started")


def test_the_pages_receiver_takes_what_is_genuine_once_and_refuses_the_rest(receiver, secret):
    address, process = receiver
    genuine = signed_headers(secret, "1", int(time.time()), BODY)
    assert posted(address, genuine) == 204
    assert posted(address, signed_headers(secret, "1", int(time.time()), BODY)) == 204
    forged = [
        signed_headers(new_secret(), "1", int(time.time()), BODY),
        signed_headers(secret, "1", int(time.time()) - 600, BODY),
        signed_headers(secret, "1", int(time.time()), BODY + b" "),
        {**genuine, "webhook-id": "2"},
        {**genuine, "webhook-signature": ""},
        {},
    ]
    assert [posted(address, headers) for headers in forged] == [401] * len(forged)
    process.kill()
    assert process.stdout.read() == 'photo.analysed {"photo_id": "2"}\n'
