"""Photos of one clinic."""

from enum import StrEnum

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


class Photos(TenantRepository[Photo]):
    """The clinic's photos."""

    row = Photo
    absent = ProblemCode.PHOTO_NOT_FOUND

    def page_of_visit(self, visit_id: str, after: str | None, limit: int) -> list[Photo]:
        """A page of one visit's photos."""
        return self.page(Photo.visit_id == visit_id, after=after, limit=limit)
