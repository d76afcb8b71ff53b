"""Photos of one clinic."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func

from models.anatomy import View
from service.database.tables import Photo
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository


class PhotoStatus(StrEnum):
    """What became of an upload."""

    QUEUED = "queued"
    ANALYSED = "analysed"
    REFUSED = "refused"
    """A picture that cannot be measured; ``refused`` says why and what to do."""
    FAILED = "failed"
    """The analysis itself could not be done; ``failure`` says why."""


@dataclass(frozen=True, slots=True)
class PhotoFilter:
    """Which photos are asked for; None asks for all.

    Parameters
    ----------
    since, before : of the moment of the upload, the second one exclusive.
    """

    status: PhotoStatus | None = None
    view: View | None = None
    since: datetime | None = None
    before: datetime | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """As a query takes them."""
        return [
            *([Photo.status == self.status] if self.status is not None else []),
            *([Photo.view == self.view] if self.view is not None else []),
            *([Photo.created_at >= self.since] if self.since is not None else []),
            *([Photo.created_at < self.before] if self.before is not None else []),
        ]


@dataclass(frozen=True, slots=True)
class PhotosOf:
    """How many photos a subject has, and the id of the one that was uploaded last."""

    count: int
    newest: str


class Photos(TenantRepository[Photo]):
    """The clinic's photos."""

    row = Photo
    absent = ProblemCode.PHOTO_NOT_FOUND
    bulky = (Photo.document,)

    def get_of_subject(self, subject_id: str, photo_id: str) -> Photo:
        """The photo, or the same ServiceError whether it is another subject's or none."""
        photo = self.get(photo_id)
        return photo if photo.subject_id == subject_id else self.get("")

    def page_of_clinic(self, wanted: PhotoFilter, after: str | None, limit: int) -> list[Photo]:
        """A page of all photos that are wanted."""
        return self.page(*wanted.conditions, after=after, limit=limit)

    def page_of_visit(self, visit_id: str, wanted: PhotoFilter, after: str | None, limit: int) -> list[Photo]:
        """A page of one visit's photos."""
        return self.page(Photo.visit_id == visit_id, *wanted.conditions, after=after, limit=limit)

    def page_of_subject(self, subject_id: str, wanted: PhotoFilter, after: str | None, limit: int) -> list[Photo]:
        """A page of one subject's photos, of all its visits."""
        return self.page(Photo.subject_id == subject_id, *wanted.conditions, after=after, limit=limit)

    def newest(self, since: datetime, before: datetime, limit: int) -> list[Photo]:
        """Those uploaded in this time, the newest first, without their documents."""
        query = self._light().where(Photo.created_at >= since, Photo.created_at < before)
        return list(self.session.scalars(query.order_by(Photo.id.desc()).limit(limit)))

    def waiting(self, limit: int) -> list[Photo]:
        """Those that are not analysed yet, the oldest first."""
        return self.page(Photo.status == PhotoStatus.QUEUED, limit=limit)

    def of_subject(self, subject_id: str) -> list[Photo]:
        """All of a subject, without their documents."""
        return self.every_light(Photo.subject_id == subject_id)

    def whole(self, photo_id: str) -> Photo:
        """The photo with its document, though it was listed without it before; or ServiceError."""
        row = self.get(photo_id)
        self.session.refresh(row, ["document"])
        return row

    def with_ids(self, ids: Collection[str]) -> list[Photo]:
        """Those of these ids that there are, without their documents."""
        return self.every_light(Photo.id.in_(ids))

    def told_of_subjects(self, subject_ids: Collection[str]) -> dict[str, PhotosOf]:
        """How many photos each of these subjects has, and which is the newest; without those that have none."""
        figures = (Photo.subject_id, func.count(), func.max(Photo.id))
        query = self._select().with_only_columns(*figures).where(Photo.subject_id.in_(subject_ids))
        rows = self.session.execute(query.group_by(Photo.subject_id))
        return {subject_id: PhotosOf(count, newest) for subject_id, count, newest in rows}

    def state(self, since: datetime) -> tuple[int, int, datetime | None]:
        """How many were uploaded since then, how many of all wait, and when the last of all was measured."""
        queued = self._select().with_only_columns(func.count()).where(Photo.status == PhotoStatus.QUEUED)
        recent = self._select().where(Photo.created_at >= since)
        uploaded, measured_at = self.session.execute(
            recent.with_only_columns(func.count(), func.max(Photo.measured_at))
        ).one()
        return uploaded, self.session.execute(queued).scalar_one(), measured_at
