"""Photos of one clinic."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement

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


class Photos(TenantRepository[Photo]):
    """The clinic's photos."""

    row = Photo
    absent = ProblemCode.PHOTO_NOT_FOUND
    bulky = (Photo.document,)

    def page_of_clinic(self, wanted: PhotoFilter, after: str | None, limit: int) -> list[Photo]:
        """A page of all photos that are wanted."""
        return self.page(*wanted.conditions, after=after, limit=limit)

    def page_of_visit(self, visit_id: str, wanted: PhotoFilter, after: str | None, limit: int) -> list[Photo]:
        """A page of one visit's photos."""
        return self.page(Photo.visit_id == visit_id, *wanted.conditions, after=after, limit=limit)

    def page_of_subject(self, subject_id: str, wanted: PhotoFilter, after: str | None, limit: int) -> list[Photo]:
        """A page of one subject's photos, of all its visits."""
        return self.page(Photo.subject_id == subject_id, *wanted.conditions, after=after, limit=limit)
