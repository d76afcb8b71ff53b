"""A large clinic out of one subject: its rows again and again, each time of another subject and some days earlier."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from service.comparisons.repository import Asked, Comparisons
from service.confounders.repository import RecordedConfounders
from service.consents.repository import Consents
from service.courses.repository import Courses
from service.database.base import new_id
from service.database.sharing_tables import ShareLink
from service.database.tables import Comparison, Photo, Subject, SubjectRow, TenantRow, Visit
from service.exports.repository import Exports
from service.photos.repository import Photos
from service.series.repository import StoredSeries
from service.subjects.repository import Subjects
from service.tenancy.share_links import ShareLinks
from service.tenancy.tenant import TenantId
from service.visits.repository import Visits

AnyRow = TypeVar("AnyRow", bound=TenantRow)
_MOMENTS: Final = ("created_at", "measured_at", "made_at")
_NAMED: Final = ("visit_id", "before_photo_id", "after_photo_id", "course_id", "comparison_id", "consent_id")
"""Columns with the id of another of the subject's rows."""


class Multiplier:
    """Copies one subject's rows. Copies have no blobs: their pictures are the original's names, which nothing holds."""

    def __init__(self, session: Session, tenant: TenantId, subject_id: str) -> None:
        self._session = session
        self._subject = Subjects(session, tenant).get(subject_id)
        self._visits: Sequence[Visit] = Visits(session, tenant).of_subject(subject_id)
        self._photos = Photos(session, tenant).every(Photo.subject_id == subject_id)
        self._pairs = Comparisons(session, tenant).every(Comparison.subject_id == subject_id)
        self._series = StoredSeries(session, tenant).of_subject(subject_id)
        self._consents = Consents(session, tenant).history_of(subject_id)
        exports, links = Exports(session, tenant), ShareLinks(session, tenant)
        self._published: Sequence[TenantRow] = (
            *(row for pair in self._pairs for row in exports.of_comparison(pair.id)),
            *links.every(ShareLink.subject_id == subject_id),
        )
        self._others: Sequence[SubjectRow] = (
            *Courses(session, tenant).of_subject(subject_id),
            *RecordedConfounders(session, tenant).of_subject(subject_id),
        )

    def add(self, number: int, photos: int) -> None:
        """Add the ``number``-th copy, with so many photos."""
        subject = _copied(self._subject, reference=f"{self._subject.reference}-{number:04d}")
        earlier = timedelta(days=number)
        named = (*self._visits, *self._photos, *self._pairs, *self._others, *self._consents)
        ids = {row.id: new_id() for row in named}
        self._session.add(subject)
        self._session.flush()
        copied = (self._visits, self._others, self._photos, self._pairs, self._series, self._consents, self._published)
        for rows in copied:
            self._session.add_all(list(_of_subject(rows, subject, ids, earlier)))
            self._session.flush()
        more = range(len(self._photos), photos)
        again = [self._photos[n % len(self._photos)] for n in more]
        self._session.add_all([_moved(_for(subject, photo, ids, new_id()), earlier) for photo in again])


def _of_subject(
    rows: Sequence[TenantRow], subject: Subject, ids: dict[str, str], earlier: timedelta
) -> Iterator[TenantRow]:
    for row in rows:
        yield _moved(_for(subject, row, ids, ids.get(row.id) or new_id()), earlier)


def _for(subject: Subject, row: AnyRow, ids: dict[str, str], row_id: str) -> AnyRow:
    """The row as the other subject's, what it names being that subject's too."""
    changed: dict[str, object] = {"id": row_id, "subject_id": subject.id}
    for name in _NAMED:
        if named := getattr(row, name, None):
            changed[name] = ids[named]
    if isinstance(row, Comparison):
        asked = Asked.of(row.asked)
        changed["asked"] = str(Asked(tuple(ids[one] for one in asked.before), tuple(ids[one] for one in asked.after)))
    return _copied(row, **changed)


def _copied(row: AnyRow, **changed: object) -> AnyRow:
    columns = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
    return type(row)(**{**columns, "id": new_id(), **changed})


def _moved(row: AnyRow, earlier: timedelta) -> AnyRow:
    """The row as if it had been written earlier."""
    for name in _MOMENTS:
        moment = getattr(row, name, None)
        if isinstance(moment, datetime):
            setattr(row, name, moment - earlier)
    return row
