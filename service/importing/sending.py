"""Send the visits of an archive, a few at a time; what the service has already is not sent again."""

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from models.anatomy import View
from service.archive import Entry, Reason
from service.archive.listing import read_bytes
from service.client.transport import Answer, Api, Problem, ServerTroubleError
from service.client.uploading import form
from service.importing.ledger import Ledger
from service.importing.outcomes import Outcome, outcome_of_photo, refused
from service.importing.subjects import KnownSubject, Subjects, pages, request_key
from service.importing.visits import PlannedVisit

_IN_A_ROW: Final = 3
"""Photos on which the service fails one after the other: then it is the service, and no photo."""
_REUSED: Final = "idempotency_key_reused"
_ELSEWHERE: Final = "The service has this photo already, in another visit or as another view: put it right there."
_GONE: Final = "It was in the service before, and was deleted there."
_NOT_FOUND: Final = 404


@dataclass(frozen=True, slots=True)
class _Place:
    """A visit of the service, and the photos that it has by their hash and view."""

    subject_id: str
    id: str
    photos: Mapping[tuple[str, str], Answer]


class Sending:
    """Sends visits."""

    def __init__(self, api: Api, subjects: Subjects, ledger: Ledger) -> None:
        self._api = api
        self._subjects = subjects
        self._ledger = ledger
        self._troubles = 0
        self._lock = threading.Lock()

    def run(self, visits: Sequence[PlannedVisit], jobs: int) -> Iterator[Outcome]:
        """What became of each photo, as it comes.

        Raises
        ------
        ServerTroubleError, NotWelcomeError
            After which nothing more is sent.
        """
        pool = ThreadPoolExecutor(jobs, "import")
        try:
            for done in as_completed([pool.submit(self._visit, visit) for visit in visits]):
                yield from done.result()
        finally:
            self._api.stop.set()
            pool.shutdown(cancel_futures=True)
            self._api.stop.clear()

    def _visit(self, visit: PlannedVisit) -> list[Outcome]:
        subject = self._subjects.get(visit.subject)
        place = subject if isinstance(subject, Problem) else self._place(subject, visit)
        if isinstance(place, Problem):
            return [refused(entry, place) for entry in visit.photos]
        return [self._photo(visit, place, entry) for entry in visit.photos]

    def _place(self, subject: KnownSubject, visit: PlannedVisit) -> _Place | Problem:
        """The visit in the service, found or made."""
        at = visit.taken_at.astimezone(UTC)
        known = subject.visits.get((at, visit.phase, visit.treatment_number))
        if known is not None:
            return self._with_photos(subject, known)
        parts = (subject.id, at.isoformat(), visit.phase, str(visit.treatment_number))
        made = self._api.post_json(
            f"/v1/subjects/{subject.id}/visits", _new_visit(visit, subject), request_key("visit", *parts)
        )
        if isinstance(made, Problem):
            return Problem(made.status, made.code, _GONE) if made.status == _NOT_FOUND else made
        return self._with_photos(subject, str(made["id"]))

    def _with_photos(self, subject: KnownSubject, visit_id: str) -> _Place:
        photos = pages(self._api, f"/v1/visits/{visit_id}/photos")
        return _Place(subject.id, visit_id, {(str(photo["sha256"]), str(photo["view"])): photo for photo in photos})

    def _photo(self, visit: PlannedVisit, place: _Place, entry: Entry) -> Outcome:
        try:
            sha256 = self._ledger.sha256(entry.path)
            there = place.photos.get((sha256 or "", entry.view))
            content = b"" if there else read_bytes(entry.path)
        except OSError as error:
            return refused(entry, Problem(0, Reason.FILE_UNREADABLE, f"The file cannot be read: {error}."))
        sha256 = sha256 if there and sha256 else hashlib.sha256(content).hexdigest()
        there = there or place.photos.get((sha256, entry.view))
        photo = there or self._upload(place, entry.view, content, sha256)
        if isinstance(photo, Problem):
            return self._kept(refused(entry, photo), entry, sha256)
        return self._kept(outcome_of_photo(entry, visit.taken_at, photo, new=there is None), entry, sha256)

    def _upload(self, place: _Place, view: View, content: bytes, sha256: str) -> Answer | Problem:
        kind, body = form(content, view)
        key = request_key("photo", place.subject_id, sha256)
        try:
            photo = self._api.post(f"/v1/visits/{place.id}/photos", body, kind, key)
        except ServerTroubleError as error:
            return self._trouble(error)
        self._count_troubles(None)
        if isinstance(photo, Problem) and photo.code == _REUSED:
            return Problem(photo.status, "in_another_visit", _ELSEWHERE)
        if isinstance(photo, Problem) and photo.status == _NOT_FOUND:
            return Problem(photo.status, photo.code, _GONE)
        return photo

    def _trouble(self, error: ServerTroubleError) -> Problem:
        """One photo on which the service fails is that photo's trouble; several in a row are the service's."""
        if self._count_troubles(error) >= _IN_A_ROW or isinstance(self._api.get("/healthz"), Problem):
            raise error
        return Problem(0, "service_failed", f"{error}.")

    def _count_troubles(self, error: ServerTroubleError | None) -> int:
        with self._lock:
            self._troubles = 0 if error is None else self._troubles + 1
            return self._troubles

    def _kept(self, outcome: Outcome, entry: Entry, sha256: str) -> Outcome:
        told = {
            "file": entry.file,
            "subject": entry.subject,
            "outcome": outcome.fate,
            "reason": outcome.reason,
            "visit_id": outcome.visit_id,
            "photo_id": outcome.photo_id,
        }
        self._ledger.write(entry.path, sha256, told)
        return outcome


def _new_visit(visit: PlannedVisit, subject: KnownSubject) -> Mapping[str, object]:
    """The visit as the API takes it; what nobody said is left out."""
    sheet = visit.sheet
    said = {
        "treatment_number": visit.treatment_number,
        "notes": visit.notes or None,
        "course_id": subject.courses.get(sheet.course.strip().lower()),
        "room": sheet.room or None,
        "camera": sheet.camera or None,
        "operator": sheet.operator or None,
    }
    always = {"taken_at": visit.taken_at.isoformat(), "phase": visit.phase}
    return always | {name: value for name, value in said.items() if value is not None}
