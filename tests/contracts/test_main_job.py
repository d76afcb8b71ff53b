"""The main job on every database and every blob store: kept, analysed, compared, erased."""

import time
from datetime import date

import pytest

from models.anatomy import View
from service.assembly import open_service
from service.audit import Action
from service.blobs import open_blobs
from service.comparisons.pairing import Pairing
from service.comparisons.viewing import ComparisonViewer
from service.confounders.desk import ConfounderDesk
from service.confounders.schemas import NewConfounder
from service.courses.desk import CourseDesk
from service.courses.schemas import NewCourse
from service.documents import RefusedDocument
from service.jobs import Job, JobKind
from service.photos.keeping import PhotoKeeper
from service.photos.receiving import Upload
from service.photos.viewing import PhotoViewer
from service.sandbox import CompareOutcome, MeasureOutcome
from service.series.job import UpdateSeries
from service.series.repository import StoredSeries
from service.series.viewing import SeriesViewer
from service.settings import Settings
from service.subjects.registry import SubjectRegistry
from service.tenancy.keys import create_key, find_actor
from service.visits.diary import Diary
from service.visits.schemas import NewVisit, VisitPatch

REFUSED = RefusedDocument.model_validate(
    {"refused": {"code": "no_face", "says": "No face.", "value": None, "limit": None, "photo": None}}
)


class Analyst:
    """Finds no face in any photo, but has pictures of it."""

    def check(self, upload):
        return None

    def picture(self, upload):
        return None

    def measure(self, upload, view, corrections=(), subject=None, *, checked=False):
        return MeasureOutcome(REFUSED, b"overlay")

    def compare_shots(self, before, after, subject, view, *, checked=False, floors=()):
        return CompareOutcome(REFUSED, before[0].upload[::-1], after[0].upload[::-1])


@pytest.fixture(params=["sqlite on a folder", "postgresql on s3"])
def service(request, tmp_path):
    """The service on its embedded defaults, and as it is run past one machine."""
    settings = Settings(data=tmp_path, workers=2)
    if request.param == "postgresql on s3":
        database_url = request.getfixturevalue("new_postgres_database")
        settings = Settings(
            data=tmp_path, workers=2, database_url=database_url, blobs_url=request.getfixturevalue("s3")
        )
    with open_service(settings, Analyst()) as service:
        yield service


@pytest.fixture
def actor(service):
    with service.database.writing_across() as session:
        return find_actor(session, create_key(session, "Aurora"))


def ended(look):
    """What ``look`` sees once it is no longer queued."""
    deadline = time.monotonic() + 20
    while (seen := look()).status == "queued":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return seen


def test_the_main_job_ends_and_can_be_erased(service, actor):
    registry = SubjectRegistry(service.database, service.vaults, service.jobs)
    keeper = PhotoKeeper(service.database, service.vaults, service.jobs, service.doorkeeper, service.limits.allowances)
    photos = PhotoViewer(service.database, service.vaults)
    comparisons = ComparisonViewer(service.database, service.vaults)

    subject = registry.find_or_make(actor, "P-1")
    new_visit = NewVisit(taken_at="2026-03-02T10:00:00Z", phase="baseline")
    visit = Diary(service.database, service.jobs).make(actor, subject.id, new_visit, "visit-key")
    kept = [keeper.keep(actor, visit.id, Upload(c, c.hex(), View.FRONTAL), c.decode()) for c in (b"before", b"after")]
    assert [ended(lambda p=photo: photos.see(actor, p.id)).status for photo in kept] == ["refused", "refused"]
    assert [photos.upload(actor, photo.id) for photo in kept] == [b"before", b"after"]

    pair = Pairing(service.database, service.jobs).find_or_ask(actor, kept[0].id, kept[1].id)
    assert ended(lambda: comparisons.see(actor, pair.id)).status == "refused"
    assert comparisons.aligned(actor, pair.id, "after") == b"retfa"

    series = SeriesViewer(service.database, service.vaults, service.jobs)
    CourseDesk(service.database, service.jobs).make(actor, subject.id, NewCourse(started_on="2026-03-02"), None)
    confounder = NewConfounder.model_validate({"kind": "weight", "date": "2026-03-02"})
    ConfounderDesk(service.database, service.jobs).make(actor, subject.id, confounder, None)
    series.ask(actor, subject.id, None, Action.SERIES_READ)
    told = stored(lambda: series.is_true(actor, subject.id, None), lambda: series.tell(actor, subject.id, None))
    assert {one.reason for one in told.document.visits} == {"No face."}
    assert told.course_id is not None
    with service.database.reading_across() as session:
        (due,) = StoredSeries(session, actor.tenant).due(date(2026, 3, 9), None, 50)
    assert (due.subject_id, due.due_what) == (subject.id, "session 1")

    prefix = registry.erase(actor, subject.id)
    store = open_blobs(service.settings.blobs_address)
    deadline = time.monotonic() + 20
    while list(store.names_under(prefix)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with service.database.reading_across() as session:
        assert StoredSeries(session, actor.tenant).due(date(2026, 3, 9), None, 50) == []


def test_a_series_that_was_made_late_replaces_no_newer_one(service, actor):
    registry = SubjectRegistry(service.database, service.vaults, service.jobs)
    diary = Diary(service.database, service.jobs)
    series = SeriesViewer(service.database, service.vaults, service.jobs)
    subject = registry.find_or_make(actor, "P-1").id
    visit = diary.make(actor, subject, NewVisit(taken_at="2026-03-02T10:00:00Z", phase="treatment"), None)

    def look():
        return stored(lambda: series.is_true(actor, subject, None), lambda: series.tell(actor, subject, None).document)

    look()

    late = UpdateSeries(service.database, service.jobs)
    with service.database.writing_across() as session:
        held = StoredSeries(session, actor.tenant).of(subject, None)
        held.fingerprint = "of something else"
    job = Job("late", actor.tenant, JobKind.UPDATE_SERIES, subject, 1, "late")
    updates = late._updates(job)
    assert updates[0][1].due.since.isoformat() == "2026-03-09"
    diary.change(actor, visit.id, VisitPatch(taken_at="2026-04-06T10:00:00Z"))
    assert look().due.since.isoformat() == "2026-04-13"
    late._jobs = Holding(service.jobs)
    late._keep(job, updates)
    with service.database.reading_across() as session:
        assert StoredSeries(session, actor.tenant).of(subject, None).due_since == date(2026, 4, 13)


class Holding:
    """Jobs of which each is still its worker's."""

    def __init__(self, jobs) -> None:
        self._jobs = jobs

    def finish(self, *_) -> bool:
        return True

    def __getattr__(self, name):
        return getattr(self._jobs, name)


def stored(is_true, tell):
    """What ``tell`` tells once that is stored."""
    deadline = time.monotonic() + 20
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return tell()
