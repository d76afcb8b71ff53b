"""A course of photos as tests make it: each photo says how far the lid is up, and the series is waited for."""

import threading
from datetime import UTC, datetime, timedelta

from service.documents import ComparisonDocument
from service.sandbox import CompareOutcome, CrashKind, MeasureOutcome, WorkerCrashed
from tests.service.api.conftest import COMPARED, FACELESS, MEASURED, FakeAnalyst, measured

DAY = timedelta(days=1)
START = datetime(2026, 3, 2, 10, tzinfo=UTC)
UNCOMPARABLE = b"photo 0.0 stops the comparison"


class CourseAnalyst(FakeAnalyst):
    """Reads from each photo how far the lid is up and how the head is turned: ``photo 0.8 yaw 2.0``.

    It holds every comparison while ``go_on_comparing`` is cleared.
    """

    def __init__(self) -> None:
        super().__init__()
        self.go_on_comparing = threading.Event()
        self.go_on_comparing.set()

    def measure(self, upload, view="frontal", corrections=(), subject=None, *, checked=False):
        if upload == FACELESS:
            return super().measure(upload, view, corrections, subject)
        words = upload.split()
        found = MEASURED.model_dump()
        found["pose_deg"]["yaw"] = float(words[3]) if len(words) == 4 else 0.0
        return MeasureOutcome(measured(corrections, subject, MEASURED.model_validate(found)), b"\xff\xd8 overlay")

    def compare_shots(self, before, after, subject=None, view="frontal", *, checked=False, floors=()):
        assert self.go_on_comparing.wait(20)
        if FACELESS in {before[0].upload, after[0].upload}:
            return super().compare_shots(before, after, subject, view)
        if UNCOMPARABLE in {before[0].upload, after[0].upload}:
            raise WorkerCrashed(CrashKind.MEMORY)
        scale = 1.0 if subject is None or subject.iris is None else subject.iris.mm / 11.7
        change = scale * (lid(after) - lid(before)) + sum(len(shot.corrections) for shot in after)
        told = COMPARED.model_dump()
        found = {"change": change, "ci95": (change - 0.12, change + 0.12), "after": 3.91 + change}
        told["changes"] = [told["changes"][0] | found]
        return CompareOutcome(ComparisonDocument.model_validate(told), b"\xff\xd8 before", b"\xff\xd8 after")


def lid(shots) -> float:
    return float(shots[0].upload.split()[1])


def visit(clinic, subject: str, days: float, phase: str = "treatment", *photos: bytes, **more) -> str:
    new = {"taken_at": (START + days * DAY).isoformat(), "phase": phase, **more}
    made = clinic.post(f"/v1/subjects/{subject}/visits", new)
    assert made.status_code == 201, made.text
    for photo in photos:
        assert clinic.upload(made.json()["id"], photo).status_code == 201
    return made.json()["id"]


def course_of(clinic, subject: str, **more) -> str:
    return clinic.post(f"/v1/subjects/{subject}/courses", {"started_on": "2026-03-02", **more}).json()["id"]


def treated(clinic, subject: str, sessions: int = 4, lift: float = 0.2) -> list[str]:
    """A course whose lid rises with each session, seen once more after it."""
    visits = [visit(clinic, subject, 0, "baseline", b"photo 0.0", b"photo 0.01")]
    for number in range(1, sessions + 1):
        had = f"photo {lift * (number - 1):.2f}".encode()
        visits.append(visit(clinic, subject, 7 * number, "treatment", had, treatment_number=number))
    visits.append(visit(clinic, subject, 7 * sessions + 7, "follow_up", f"photo {lift * sessions:.2f}".encode()))
    return visits


def series(clinic, subject: str, **query) -> dict:
    answer = clinic.get(f"/v1/subjects/{subject}/series", params={"wait": 20, **query})
    assert answer.status_code == 200, answer.text
    assert answer.json()["pending"] == 0
    return answer.json()


def lid_of(document: dict) -> dict:
    (one,) = [one for one in document["measurands"] if (one["measurand"], one["side"]) == ("mrd1", "left")]
    return one
