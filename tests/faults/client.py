"""A client that is careful: it asks again under the same key until it is answered, and writes down each answer."""

import time
from collections.abc import Mapping
from typing import Self

import httpx

from tests.faults.ledger import Ledger, sha256

AGAIN = {408, 429, 500, 502, 503, 504}
_PAUSE_S = 0.1


class UnansweredError(AssertionError):
    """The service did not answer however often it was asked."""


class CarefulClient:
    """One clinic's computer.

    Parameters
    ----------
    patience_s : how long one request is sent again before the client gives up.
    """

    def __init__(self, address: str, key: str, ledger: Ledger, patience_s: float = 300) -> None:
        self.ledger = ledger
        self._patience_s = patience_s
        # No connection is kept: one of a process that was killed would only cost another attempt.
        limits = httpx.Limits(max_keepalive_connections=0)
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=address, headers=headers, limits=limits, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def subject(self, reference: str) -> str:
        return self._made("subject", "/v1/subjects", {"reference": reference}, reference=reference)

    def visit(self, subject: str, taken_at: str, phase: str = "follow_up") -> str:
        new = {"taken_at": taken_at, "phase": phase}
        path, key = f"/v1/subjects/{subject}/visits", f"visit-{subject}-{taken_at}"
        return self._made("visit", path, new, key, subject=subject)

    def comparison(self, before: str, after: str) -> str:
        pair = {"before_photo_id": before, "after_photo_id": after}
        return self._made("comparison", "/v1/comparisons?wait=0", pair, before=before, after=after)

    def upload(self, visit: str, content: bytes, key: str) -> str:
        """Upload a photo; its id."""
        about = {"key": key, "sha256": sha256(content), "visit": visit}
        self.ledger.asked("photo", **about)
        answer = self.insist("POST", f"/v1/visits/{visit}/photos", key, files={"file": content})
        self.ledger.acknowledged("photo", **about, id=answer.json()["id"])
        return answer.json()["id"]

    def erase_photo(self, photo: str) -> None:
        self._erase("photo_erased", f"/v1/photos/{photo}", photo)

    def erase_subject(self, subject: str) -> None:
        self._erase("subject_erased", f"/v1/subjects/{subject}", subject)

    def photo_status(self, photo: str) -> str:
        return self.insist("GET", f"/v1/photos/{photo}").json()["status"]

    def comparison_status(self, comparison: str) -> str:
        return self.insist("GET", f"/v1/comparisons/{comparison}").json()["status"]

    def insist(self, method: str, path: str, key: str | None = None, **content: object) -> httpx.Response:
        """Send a request until it is answered; raise where the answer says that the request is wrong."""
        headers = {} if key is None else {"Idempotency-Key": key}
        deadline = time.monotonic() + self._patience_s
        while time.monotonic() < deadline:
            answer = self._once(method, path, headers, content)
            if answer is not None:
                return answer
            time.sleep(_PAUSE_S)
        raise UnansweredError(f"{method} {path}")

    def _once(
        self, method: str, path: str, headers: Mapping[str, str], content: Mapping[str, object]
    ) -> httpx.Response | None:
        try:
            answer = self._http.request(method, path, headers=headers, **content)
        except httpx.TransportError:
            return None
        if answer.status_code == 500:
            self.ledger.failed("answer", path=path, says=answer.text)
        if answer.status_code in AGAIN:
            return None
        if method == "DELETE" and answer.status_code == 404:  # an earlier attempt did it, and its answer was lost
            return answer
        return answer.raise_for_status()

    def _made(self, what: str, path: str, new: Mapping[str, str], key: str | None = None, **about: str) -> str:
        self.ledger.asked(what, **about)
        made = self.insist("POST", path, key, json=new).json()["id"]
        self.ledger.acknowledged(what, **about, id=made)
        return made

    def _erase(self, what: str, path: str, record: str) -> None:
        self.ledger.asked(what, id=record)
        self.insist("DELETE", path)
        self.ledger.acknowledged(what, id=record)
