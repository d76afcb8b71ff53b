"""All that is known of one subject, as its page shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from sqlalchemy.orm import Session

from models.confounder import CONFOUNDERS, ConfounderKind
from models.course import Phase
from service.audit import Action, record
from service.comparisons.repository import Comparisons, ComparisonStatus
from service.confounders.repository import RecordedConfounders
from service.courses.repository import Courses
from service.database import Database
from service.database.tables import Comparison, Course, Photo, RecordedConfounder, Subject, SubjectSeries, Visit
from service.photos.repository import Photos
from service.screens.days import Clock, day_words
from service.screens.tiles import PhotoTile, photo_tile, visit_words
from service.series.repository import StoredSeries
from service.subjects.repository import Subjects
from service.tenancy.tenant import Actor
from service.texts import N_, _
from service.visits.repository import Visits

_STATUSES: Final = {
    ComparisonStatus.QUEUED: N_("Being compared"),
    ComparisonStatus.COMPARED: N_("Compared"),
    ComparisonStatus.REFUSED: N_("Not comparable"),
    ComparisonStatus.FAILED: N_("Failed"),
}


@dataclass(frozen=True, slots=True)
class VisitCard:
    """A visit with its photos.

    Parameters
    ----------
    filled : the fields of its form as they are, by their names in the API.
    """

    id: str
    day: str
    order: str
    words: str
    place: str
    notes: str
    photos: tuple[PhotoTile, ...]
    filled: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ConfounderCard:
    """What else may explain a change."""

    id: str
    name: str
    days: str
    says: str
    notes: str
    filled: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course as it was planned."""

    id: str
    day: str
    kind: str
    sessions: int
    interval_days: int
    ended: str
    filled: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened on a day: one of the three."""

    day: date
    visit: VisitCard | None = None
    confounder: ConfounderCard | None = None
    course: CourseCard | None = None


@dataclass(frozen=True, slots=True)
class PairLine:
    """A comparison of the subject."""

    id: str
    before: str
    after: str
    status: str
    compared: bool


@dataclass(frozen=True, slots=True)
class History:
    """One subject.

    Parameters
    ----------
    entries : the newest first.
    baseline_photo_id : the photo that new ones should match, empty where there is none.
    series : of the latest course, None where none was made.
    """

    id: str
    reference: str
    entries: tuple[Entry, ...]
    pairs: tuple[PairLine, ...]
    visits: int
    photos: int
    baseline_photo_id: str
    series: SubjectSeries | None
    due: str


class HistoryDesk:
    """Reads all that is known of a subject for an actor."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def see(self, actor: Actor, subject_id: str, clock: Clock) -> History:
        """The subject, or ServiceError where there is none."""
        with self._database.writing(actor.tenant) as session:
            rows = _rows(session, actor, subject_id)
            _tell_audit(session, actor, subject_id)
        return _history(rows, clock)


@dataclass(frozen=True, slots=True)
class _Rows:
    subject: Subject
    visits: list[Visit]
    photos: list[Photo]
    confounders: list[RecordedConfounder]
    courses: list[Course]
    comparisons: list[Comparison]
    series: list[SubjectSeries]


def _rows(session: Session, actor: Actor, subject_id: str) -> _Rows:
    tenant = actor.tenant
    subject = Subjects(session, tenant).get(subject_id)
    return _Rows(
        subject,
        Visits(session, tenant).of_subject(subject.id),
        Photos(session, tenant).of_subject(subject.id),
        RecordedConfounders(session, tenant).of_subject(subject.id),
        Courses(session, tenant).of_subject(subject.id),
        Comparisons(session, tenant).of_subject(subject.id),
        StoredSeries(session, tenant).of_subject(subject.id),
    )


def _tell_audit(session: Session, actor: Actor, subject_id: str) -> None:
    for action in (
        Action.SUBJECT_READ,
        Action.VISITS_READ,
        Action.PHOTOS_LISTED,
        Action.CONFOUNDERS_READ,
        Action.COURSES_READ,
        Action.COMPARISONS_LISTED,
        Action.SERIES_READ,
    ):
        record(session, actor, action, subject_id)


def _history(rows: _Rows, clock: Clock) -> History:
    latest = rows.courses[-1].id if rows.courses else None
    series = next((one for one in rows.series if one.course_id == latest), None)
    return History(
        id=rows.subject.id,
        reference=rows.subject.reference,
        entries=tuple(sorted(_entries(rows, clock), key=lambda entry: entry.day, reverse=True)),
        pairs=tuple(_pairs(rows, clock)),
        visits=len(rows.visits),
        photos=len(rows.photos),
        baseline_photo_id=baseline_photo_id(rows.visits, rows.photos),
        series=series,
        due="" if series is None else series.due_says or "",
    )


def baseline_photo_id(visits: list[Visit], photos: list[Photo]) -> str:
    """The photo that new ones should match: the first usable frontal one, of a baseline visit before any other."""
    by_id = {visit.id: visit for visit in visits}
    usable = [photo for photo in photos if (tile := photo_tile(photo)).frontal and tile.tone == "good"]
    first = min(usable, key=lambda photo: _baseline_first(by_id[photo.visit_id], photo), default=None)
    return "" if first is None else first.id


def _baseline_first(visit: Visit, photo: Photo) -> tuple[bool, datetime, str]:
    return visit.phase != Phase.BASELINE, visit.taken_at, photo.id


def _entries(rows: _Rows, clock: Clock) -> Iterator[Entry]:
    in_visits = sorted(rows.photos, key=lambda photo: (photo.visit_id, photo.id))
    photos = {visit_id: tuple(map(photo_tile, of_it)) for visit_id, of_it in groupby(in_visits, lambda p: p.visit_id)}
    for visit in rows.visits:
        day = visit.taken_at.astimezone(clock.zone).date()
        yield Entry(day, visit=_visit_card(visit, photos.get(visit.id, ()), clock))
    for confounder in rows.confounders:
        yield Entry(confounder.since, confounder=_confounder_card(confounder))
    for course in rows.courses:
        yield Entry(course.started_on, course=_course_card(course))


def _visit_card(visit: Visit, photos: tuple[PhotoTile, ...], clock: Clock) -> VisitCard:
    words = ("phase", "treatment_number", "room", "camera", "operator", "notes")
    return VisitCard(
        id=visit.id,
        day=clock.day(visit.taken_at),
        order=visit.taken_at.isoformat(),
        words=visit_words(visit),
        place=", ".join(word for word in (visit.room, visit.camera, visit.operator) if word),
        notes=visit.notes or "",
        photos=photos,
        filled={"taken_at": visit.taken_at.isoformat(), **{word: getattr(visit, word) for word in words}},
    )


def _confounder_card(row: RecordedConfounder) -> ConfounderCard:
    entry = CONFOUNDERS[ConfounderKind(row.kind)]
    until = _("from {day} on") if row.until is None else _("{day} to {until}")
    last = "" if row.until is None else day_words(row.until)
    return ConfounderCard(
        id=row.id,
        name=_(entry.name),
        days=until.format(day=day_words(row.since), until=last),
        says=_(entry.says),
        notes=row.notes or "",
        filled={
            "kind": row.kind,
            "from": row.since.isoformat(),
            "until": None if row.until is None else row.until.isoformat(),
            "notes": row.notes,
        },
    )


def _course_card(course: Course) -> CourseCard:
    words = ("kind", "planned_sessions", "interval_days", "notes")
    days = {"started_on": course.started_on, "ended_on": course.ended_on}
    return CourseCard(
        id=course.id,
        day=day_words(course.started_on),
        kind=course.kind,
        sessions=course.planned_sessions,
        interval_days=course.interval_days,
        ended="" if course.ended_on is None else day_words(course.ended_on),
        filled={
            **{word: getattr(course, word) for word in words},
            **{name: None if day is None else day.isoformat() for name, day in days.items()},
        },
    )


def _pairs(rows: _Rows, clock: Clock) -> Iterator[PairLine]:
    days = {visit.id: clock.day(visit.taken_at) for visit in rows.visits}
    of_photos = {photo.id: days[photo.visit_id] for photo in rows.photos}
    for pair in sorted(rows.comparisons, key=lambda pair: pair.id, reverse=True):
        before, after = of_photos[pair.before_photo_id], of_photos[pair.after_photo_id]
        status = ComparisonStatus(pair.status)
        yield PairLine(pair.id, before, after, _(_STATUSES[status]), status is ComparisonStatus.COMPARED)
