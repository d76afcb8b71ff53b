"""Confounders of one clinic's subjects."""

from enum import StrEnum

from models.confounder import Confounder, ConfounderKind
from models.measurand import Family
from service.database.tables import RecordedConfounder
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository


class Region(StrEnum):
    """A family of measurands, by a short name."""

    EYELIDS = "eyelids"
    JAWLINE = "jawline"
    NASOLABIAL_FOLD = "nasolabial_fold"
    PERIORBITAL_LINES = "periorbital_lines"
    SYMMETRY = "symmetry"

    @property
    def family(self) -> Family:
        """The family itself."""
        return Family[self.name]

    @classmethod
    def of(cls, family: Family) -> "Region":
        """The short name of a family."""
        return cls[family.name]


class RecordedConfounders(TenantRepository[RecordedConfounder]):
    """The clinic's records of confounders."""

    row = RecordedConfounder
    absent = ProblemCode.CONFOUNDER_NOT_FOUND

    def of_subject(self, subject_id: str) -> list[RecordedConfounder]:
        """All that was recorded of a subject."""
        return self.every(RecordedConfounder.subject_id == subject_id)

    def page_of_subject(self, subject_id: str, after: str | None, limit: int) -> list[RecordedConfounder]:
        """A page of one subject's confounders."""
        return self.page(RecordedConfounder.subject_id == subject_id, after=after, limit=limit)


def regions_of(row: RecordedConfounder) -> tuple[Region, ...] | None:
    """The regions that the clinic named; None where it left them to the catalogue."""
    return None if row.regions is None else tuple(Region(word) for word in row.regions.split())


def confounder_of(row: RecordedConfounder) -> Confounder:
    """As the analysis takes it."""
    regions = regions_of(row)
    families = None if regions is None else frozenset(region.family for region in regions)
    return Confounder(ConfounderKind(row.kind), row.since, row.until, families, row.notes or "")
