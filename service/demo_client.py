"""The demo as a client: it knows the service by its HTTP API alone."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from models.anatomy import View
from models.errors import LiftmarkError
from service.client.transport import Api
from service.client.uploading import form

_WAIT_S: Final = 120
_TAKEN_AT: Final = {
    "before": datetime(2026, 3, 2, 10, tzinfo=UTC).isoformat(),
    "after": datetime(2026, 5, 4, 10, tzinfo=UTC).isoformat(),
}
_PHASES: Final = {"before": "baseline", "after": "follow_up"}


@dataclass(frozen=True, slots=True)
class Sample:
    """A pair of sample photos, what was done to the face, and where they come from."""

    name: str
    title: str
    origin: str
    photos: dict[str, Path]


def read_samples(manifest: Path) -> list[Sample]:
    """The pairs that ``manifest`` lists."""
    pairs = json.loads(manifest.read_text(encoding="utf-8"))["pairs"]
    return [
        Sample(
            pair["name"],
            pair["title"],
            pair["origin"],
            {which: manifest.parent / pair[which] for which in ("before", "after")},
        )
        for pair in pairs
    ]


@dataclass(frozen=True, slots=True)
class SampleSeries:
    """A sample course: the photos of one face over several months, and what the course was meant to be."""

    name: str
    title: str
    origin: str
    folder: Path
    course: dict[str, Any]


def read_series(manifest: Path) -> list[SampleSeries]:
    """The series that ``manifest`` lists."""
    listed = json.loads(manifest.read_text(encoding="utf-8"))["series"]
    return [
        SampleSeries(one["name"], one["title"], one["origin"], manifest.parent / one["folder"], one["course"])
        for one in listed
    ]


class DemoError(LiftmarkError):
    """The service answered with a problem."""


class DemoClient:
    """A few calls of the API, with a key."""

    def __init__(self, address: str, key: str) -> None:
        self.address = address
        self.key = key
        self._api = Api(address, key)

    def compared(self, sample: Sample) -> dict[str, Any]:
        """The comparison of a sample's photos, uploaded if they were not yet."""
        subject = self.subject(sample.name)
        before, after = (self._photo(subject, sample, which) for which in ("before", "after"))
        pair = {"before_photo_id": before, "after_photo_id": after}
        return self._post_json(f"/v1/comparisons?wait={_WAIT_S}", pair)

    def link(self, comparison_id: str) -> str:
        """An address that opens the report in a browser for 12 hours."""
        return str(self._post_json(f"/v1/comparisons/{comparison_id}/link", {"hours": 12})["url"])

    def subject(self, name: str) -> str:
        """The id of the subject called ``name``, made where it is new."""
        return str(self._post_json("/v1/subjects", {"reference": name})["id"])

    def course(self, subject: str, name: str, course: dict[str, Any]) -> None:
        """Make the subject's course, if it was not made yet."""
        self._post_json(f"/v1/subjects/{subject}/courses", course, f"course-{name}")

    def series(self, subject: str, wait_s: float) -> dict[str, Any]:
        """The subject's series, once nothing is pending or the time is over."""
        answer: dict[str, Any] = json.loads(self.get(f"/v1/subjects/{subject}/series?wait={wait_s:g}"))
        return answer

    def series_link(self, subject: str) -> str:
        """An address that opens the series' report in a browser for 12 hours."""
        return str(self._post_json(f"/v1/subjects/{subject}/series/link", {"hours": 12})["url"])

    def get(self, path: str) -> bytes:
        """What is at ``path``."""
        return self._send("GET", path)

    def _photo(self, subject: str, sample: Sample, which: str) -> str:
        content = sample.photos[which].read_bytes()
        key = f"{sample.name}-{which}-{hashlib.sha256(content).hexdigest()[:16]}"
        new = {"taken_at": _TAKEN_AT[which], "phase": _PHASES[which]}
        visit = self._post_json(f"/v1/subjects/{subject}/visits", new, f"visit-{key}")["id"]
        kind, body = form(content, View.FRONTAL)
        headers = {"Content-Type": kind, "Idempotency-Key": f"photo-{key}"}
        answer = self._post(f"/v1/visits/{visit}/photos?wait={_WAIT_S}", body, headers)
        return str(answer["id"])

    def _post_json(self, path: str, content: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        return self._post(path, json.dumps(content).encode(), headers)

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._send("POST", path, body, headers))
        return answer

    def _send(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
        response = self._api.send(method, path, body, headers)
        if response.problem is not None:
            raise DemoError(response.problem.says)
        return response.content
