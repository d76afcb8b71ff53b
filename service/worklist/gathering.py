"""Gathering a day's work."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from service.audit import Action, Whole, record
from service.comparisons.repository import Comparisons
from service.database import Database
from service.database.base import now
from service.database.tables import Comparison, Photo, SubjectSeries, Visit
from service.photos.repository import Photos, PhotoStatus
from service.screens.days import Clock, day_words
from service.screens.tiles import PhotoTile, photo_tile, visit_words
from service.series.repository import StoredSeries
from service.subjects.repository import Subjects
from service.tenancy.tenant import Actor
from service.visits.repository import Visits

_MOST_PHOTOS: Final = 300
_MOST_DUE: Final = 30
_MOST_READY: Final = 100
_READY_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class VisitToday:
    """A visit with the photos that were uploaded of it on the day, the newest first."""

    id: str
    subject_id: str
    reference: str
    words: str
    time: str
    photos: tuple[PhotoTile, ...]


@dataclass(frozen=True, slots=True)
class Retake:
    """A photo that should be taken again and has not been yet."""

    reference: str
    words: str
    photo: PhotoTile


@dataclass(frozen=True, slots=True)
class DueVisit:
    """A subject whose next visit is due."""

    subject_id: str
    reference: str
    says: str
    until: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """The newest comparison of a subject, and how many more it has of these days."""

    id: str
    subject_id: str
    reference: str
    before: str
    after: str
    ready_at: str
    more: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Worklist:
    """A day's work.

    Parameters
    ----------
    waiting : photos of whatever day that are not analysed yet.
    state : changes when something of it does (:func:`state_of`).
    """

    retakes: tuple[Retake, ...]
    waiting: int
    visits: tuple[VisitToday, ...]
    due: tuple[DueVisit, ...]
    ready: tuple[Ready, ...]
    photos: int
    state: str


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the database has of the day."""

    photos: list[Photo]
    due: list[SubjectSeries]
    ready: list[Comparison]
    compared: dict[str, Photo]
    visits: dict[str, Visit]
    references: dict[str, str]
    state: str
    seen_at: datetime | None


class WorklistDesk:
    """Gathers a day's work for an actor."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def see(self, actor: Actor, day: date, clock: Clock, seen_at: datetime | None = None) -> Worklist:
        """The work of a day; comparisons that came after ``seen_at`` are new."""
        with self._database.writing(actor.tenant) as session:
            for action, whole in (
                (Action.PHOTOS_LISTED, Whole.PHOTOS),
                (Action.DUE_READ, Whole.DUE),
                (Action.COMPARISONS_LISTED, Whole.COMPARISONS),
            ):
                record(session, actor, action, whole)
            rows = _rows(session, actor, day, clock, seen_at)
        return _worklist(rows, clock)

    def state(self, actor: Actor, day: date, clock: Clock) -> str:
        """A word that changes when something of the day's photos does; it tells of no record."""
        with self._database.reading(actor.tenant) as session:
            return _state(session, actor, day, clock)


def _rows(session: Session, actor: Actor, day: date, clock: Clock, seen_at: datetime | None) -> _Rows:
    photos, tenant = Photos(session, actor.tenant), actor.tenant
    of_day = photos.newest(clock.begins(day), clock.ends(day), _MOST_PHOTOS)
    due = StoredSeries(session, tenant).due(clock.today(), None, _MOST_DUE)
    ready = Comparisons(session, tenant).ready_since(now() - _READY_FOR, _MOST_READY)
    shown = photos.with_ids({one for pair in ready for one in (pair.before_photo_id, pair.after_photo_id)})
    return _Rows(
        photos=of_day,
        due=due,
        ready=ready,
        compared={photo.id: photo for photo in shown},
        visits=Visits(session, tenant).with_ids({photo.visit_id for photo in (*of_day, *shown)}),
        references=Subjects(session, tenant).references({row.subject_id for row in (*of_day, *due, *ready)}),
        state=_state(session, actor, day, clock),
        seen_at=seen_at,
    )


def _state(session: Session, actor: Actor, day: date, clock: Clock) -> str:
    uploaded, waiting, measured_at = Photos(session, actor.tenant).state(clock.begins(day))
    return f"{uploaded}.{waiting}.{'' if measured_at is None else int(measured_at.timestamp() * 1000)}"


def _worklist(rows: _Rows, clock: Clock) -> Worklist:
    return Worklist(
        retakes=tuple(_retakes(rows)),
        waiting=int(rows.state.split(".")[1]),
        visits=tuple(_visits(rows, clock)),
        due=tuple(_due(row, rows.references, clock) for row in rows.due),
        ready=tuple(_ready_of_subjects(rows, clock)),
        photos=len(rows.photos),
        state=rows.state,
    )


def _retakes(rows: _Rows) -> Iterable[Retake]:
    """Photos to take again, without those that a later one of the same visit and view stands in for."""
    replaced: set[tuple[str, str]] = set()
    for photo in rows.photos:
        tile, place = photo_tile(photo), (photo.visit_id, photo.view)
        if tile.retake and place not in replaced:
            yield Retake(rows.references[photo.subject_id], visit_words(rows.visits[photo.visit_id]), tile)
        if photo.status == PhotoStatus.ANALYSED and not tile.retake:
            replaced.add(place)


def _visits(rows: _Rows, clock: Clock) -> Iterable[VisitToday]:
    of_visits: dict[str, list[Photo]] = {}
    for photo in rows.photos:  # the newest first, and so the visits
        of_visits.setdefault(photo.visit_id, []).append(photo)
    for visit_id, of_visit in of_visits.items():
        visit = rows.visits[visit_id]
        yield VisitToday(
            id=visit.id,
            subject_id=visit.subject_id,
            reference=rows.references[visit.subject_id],
            words=f"{visit_words(visit)}, {clock.day(visit.taken_at)}",
            time=clock.time(of_visit[0].created_at),
            photos=tuple(map(photo_tile, of_visit)),
        )


def _due(row: SubjectSeries, references: dict[str, str], clock: Clock) -> DueVisit:
    assert row.due_until is not None  # noqa: S101  kept with what is due
    return DueVisit(
        subject_id=row.subject_id,
        reference=references[row.subject_id],
        says=row.due_says or "",
        until=day_words(row.due_until),
        overdue=row.due_until < clock.today(),
    )


def _ready_of_subjects(rows: _Rows, clock: Clock) -> Iterable[Ready]:
    counts = Counter(pair.subject_id for pair in rows.ready)
    for subject_id in counts:  # in the order in which they come: the newest first
        newest = next(pair for pair in rows.ready if pair.subject_id == subject_id)
        yield _ready(newest, counts[subject_id] - 1, rows, clock)


def _ready(pair: Comparison, more: int, rows: _Rows, clock: Clock) -> Ready:
    before, after = (
        clock.day(rows.visits[rows.compared[photo].visit_id].taken_at)
        for photo in (pair.before_photo_id, pair.after_photo_id)
    )
    assert pair.measured_at is not None  # noqa: S101  chosen by it
    return Ready(
        id=pair.id,
        subject_id=pair.subject_id,
        reference=rows.references[pair.subject_id],
        before=before,
        after=after,
        ready_at=f"{clock.day(pair.measured_at)}, {clock.time(pair.measured_at)}",
        more=more,
        is_new=rows.seen_at is not None and pair.measured_at > rows.seen_at,
    )
