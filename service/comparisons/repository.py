"""Comparisons of one clinic."""

from enum import StrEnum

from service.database.tables import Comparison
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository


class ComparisonStatus(StrEnum):
    """What became of a pair."""

    QUEUED = "queued"
    COMPARED = "compared"
    REFUSED = "refused"
    """One of the photos cannot be measured; ``refused`` says which and why."""
    FAILED = "failed"
    """The comparison itself could not be done; ``failure`` says why."""


class Comparisons(TenantRepository[Comparison]):
    """The clinic's comparisons."""

    row = Comparison
    absent = ProblemCode.COMPARISON_NOT_FOUND

    def of_pair(self, before_photo_id: str, after_photo_id: str, method_version: str) -> Comparison | None:
        """The comparison of this pair by this method, or None."""
        return self._one(
            Comparison.before_photo_id == before_photo_id,
            Comparison.after_photo_id == after_photo_id,
            Comparison.method_version == method_version,
        )

    def page_of_subject(self, subject_id: str, after: str | None, limit: int) -> list[Comparison]:
        """A page of one subject's comparisons."""
        return self.page(Comparison.subject_id == subject_id, after=after, limit=limit)
