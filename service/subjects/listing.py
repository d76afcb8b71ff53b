"""The clinic's subjects as a page lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from service.audit import Action, Whole, record
from service.database import Database
from service.database.tables import Photo, Subject, SubjectSeries
from service.photos.repository import Photos, PhotosOf
from service.screens.days import Clock, day_words
from service.series.repository import StoredSeries
from service.subjects.repository import Subjects
from service.tenancy.tenant import Actor
from service.visits.repository import Visits, VisitsOf

ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """A subject in the list; ``picture`` is the id of its newest photo, where that has a small picture."""

    id: str
    reference: str
    visits: int
    photos: int
    last_visit: str
    due: str
    overdue: bool
    picture: str


@dataclass(frozen=True, slots=True)
class SubjectList:
    """A page of the list; ``next`` is the id after which the following one begins, empty at the end."""

    lines: tuple[SubjectLine, ...]
    count: int
    next: str


class SubjectLister:
    """Lists subjects for an actor."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, actor: Actor, part: str | None, after: str | None, clock: Clock) -> SubjectList:
        """Those whose reference contains ``part``, in the order of their references."""
        with self._database.writing(actor.tenant) as session:
            record(session, actor, Action.SUBJECTS_LISTED, Whole.SUBJECTS)
            subjects = Subjects(session, actor.tenant)
            rows, count = subjects.by_names(after, ROWS, part), subjects.count(part)
            told = _told(session, actor, [row.id for row in rows])
        lines = tuple(told.line(row, clock) for row in rows)
        return SubjectList(lines, count, rows[-1].id if len(rows) == ROWS else "")


@dataclass(frozen=True, slots=True)
class _Told:
    """What other tables tell of the subjects on the page, by the subjects' ids."""

    visits: dict[str, VisitsOf]
    photos: dict[str, PhotosOf]
    newest: dict[str, Photo]
    due: dict[str, SubjectSeries]

    def line(self, subject: Subject, clock: Clock) -> SubjectLine:
        """One subject's line."""
        visits, photos = self.visits.get(subject.id), self.photos.get(subject.id)
        due = self.due.get(subject.id)
        newest = self.newest.get(photos.newest) if photos else None
        pictured = newest is not None and (newest.thumbnail_blob or newest.overlay_blob)
        until = due.due_until if due else None
        return SubjectLine(
            id=subject.id,
            reference=subject.reference,
            visits=visits.count if visits else 0,
            photos=photos.count if photos else 0,
            last_visit=clock.day(visits.last) if visits else "",
            due="" if until is None else day_words(until),
            overdue=until is not None and until < clock.today(),
            picture=newest.id if newest is not None and pictured else "",
        )


def _told(session: Session, actor: Actor, ids: Sequence[str]) -> _Told:
    photos = Photos(session, actor.tenant)
    of_subjects = photos.told_of_subjects(ids)
    newest = photos.with_ids([told.newest for told in of_subjects.values()])
    return _Told(
        visits=Visits(session, actor.tenant).told_of_subjects(ids),
        photos=of_subjects,
        newest={photo.id: photo for photo in newest},
        due=StoredSeries(session, actor.tenant).due_of_subjects(ids),
    )
