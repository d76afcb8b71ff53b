"""Visits of one clinic."""

from service.database.tables import Visit
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository


class Visits(TenantRepository[Visit]):
    """The clinic's visits."""

    row = Visit
    absent = ProblemCode.VISIT_NOT_FOUND

    def page_of_subject(self, subject_id: str, after: str | None, limit: int) -> list[Visit]:
        """A page of one subject's visits."""
        return self.page(Visit.subject_id == subject_id, after=after, limit=limit)
