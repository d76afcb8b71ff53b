"""Good users: they make a visit, upload photos and read them back."""

import http.client
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from threading import Lock, Thread
from typing import Any, Final

import numpy as np
from PIL import Image

_BOUNDARY: Final = "liftmark-load-4f1c"
_SIDE_PX: Final = 700
_TIMEOUT_S: Final = 120
_MADE: Final = 201
_OK: Final = 200


@dataclass(slots=True)
class Times:
    """What was measured, in seconds; ``wall_s`` of all rounds, ``failed`` requests are in no list."""

    uploads_s: list[float] = field(default_factory=list)
    reads_s: list[float] = field(default_factory=list)
    wall_s: float = 0.0
    failed: int = 0
    lock: Lock = field(default_factory=Lock)

    def note(self, into: list[float], seconds: float, *, answered: bool) -> None:
        """Keep one time."""
        with self.lock:
            if answered:
                into.append(seconds)
            else:
                self.failed += 1


class GoodUser:
    """One clinic's computer, with one connection that it keeps."""

    def __init__(self, host: str, port: int, key: str, name: str) -> None:
        self._line = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
        self._headers = {"Authorization": f"Bearer {key}"}
        self._name = name
        self._sent = 0
        self._photo = _photo()
        subject = self._made("/v1/subjects", {"reference": name})
        visit = {"taken_at": "2026-03-02T10:00:00Z", "phase": "baseline"}
        self._visit = self._made(f"/v1/subjects/{subject}/visits", visit)

    def close(self) -> None:
        """Leave."""
        self._line.close()

    def work(self, uploads: int, times: Times) -> None:
        """Upload so many photos and read each once."""
        self._line.close()  # the service has ended it if it was idle for long
        for _ in range(uploads):
            begun = time.perf_counter()
            status, answer = self._upload()
            sent = time.perf_counter()
            times.note(times.uploads_s, sent - begun, answered=status == _MADE)
            if status == _MADE:
                status, _ = self._ask("GET", f"/v1/photos/{answer['id']}")
                times.note(times.reads_s, time.perf_counter() - sent, answered=status == _OK)

    def _upload(self) -> tuple[int, Any]:
        self._sent += 1
        content = self._photo + f"{self._name} {self._sent}".encode()  # what follows a JPEG's end is no picture
        body = (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'.encode()
            + content
            + f"\r\n--{_BOUNDARY}--\r\n".encode()
        )
        about = {
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
            "Idempotency-Key": f"{self._name} {self._sent}",
        }
        return self._ask("POST", f"/v1/visits/{self._visit}/photos", body, about)

    def _made(self, path: str, new: dict[str, str]) -> str:
        _, answer = self._ask("POST", path, json.dumps(new).encode(), {"Content-Type": "application/json"})
        made: str = answer["id"]
        return made

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        try:
            self._line.request(method, path, body, self._headers | (headers or {}))
            answer = self._line.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            self._line.close()
            return 0, None


def at_once(users: Sequence[GoodUser], uploads: int, times: Times) -> None:
    """Have all of them work at the same time, and wait for the last."""
    threads = [Thread(target=user.work, args=(uploads, times)) for user in users]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.wall_s += time.perf_counter() - begun


def _photo() -> bytes:
    """A JPEG of the usual size of a small photo; nobody analyses it."""
    pixels = np.random.default_rng(0).integers(0, 255, (_SIDE_PX, _SIDE_PX, 3), dtype=np.uint8)
    written = BytesIO()
    Image.fromarray(pixels).save(written, "JPEG", quality=80)
    return written.getvalue()
