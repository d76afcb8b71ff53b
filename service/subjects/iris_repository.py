"""Iris diameters of one clinic's subjects."""

from service.database.tables import IrisDiameter
from service.documents import GivenIris
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository


class IrisDiameters(TenantRepository[IrisDiameter]):
    """The clinic's iris diameters, those that ended included."""

    row = IrisDiameter
    absent = ProblemCode.IRIS_DIAMETER_NOT_FOUND

    def current(self, subject_id: str) -> IrisDiameter | None:
        """The diameter that is in use, or None."""
        return self._one(IrisDiameter.subject_id == subject_id, IrisDiameter.ended_at.is_(None))

    def history_of(self, subject_id: str) -> list[IrisDiameter]:
        """Every diameter that was ever given."""
        return self.every(IrisDiameter.subject_id == subject_id)


def given_iris(row: IrisDiameter) -> GivenIris:
    """The diameter as the analysis takes it."""
    return GivenIris(mm=row.mm, standard_uncertainty_mm=row.standard_uncertainty_mm)
