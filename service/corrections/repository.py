"""Corrections of one clinic's photos."""

from service.database.tables import ContourCorrection
from service.documents import PlacedContour
from service.documents.given import PlacedShape
from service.errors import ProblemCode
from service.tenancy.repository import TenantRepository


class Corrections(TenantRepository[ContourCorrection]):
    """The clinic's corrections, those that ended included."""

    row = ContourCorrection
    absent = ProblemCode.CORRECTION_NOT_FOUND

    def current(self, photo_id: str, side: str, contour: str) -> ContourCorrection | None:
        """The correction of one contour that is in use, or None."""
        return self._one(
            ContourCorrection.photo_id == photo_id,
            ContourCorrection.side == side,
            ContourCorrection.contour == contour,
            ContourCorrection.ended_at.is_(None),
        )

    def current_of(self, photo_id: str) -> list[ContourCorrection]:
        """All corrections of a photo that are in use."""
        return self.every(ContourCorrection.photo_id == photo_id, ContourCorrection.ended_at.is_(None))

    def history_of(self, photo_id: str) -> list[ContourCorrection]:
        """Every correction that there ever was of a photo."""
        return self.every(ContourCorrection.photo_id == photo_id)


def placed_contour(row: ContourCorrection) -> PlacedContour:
    """The correction as the analysis takes it."""
    shape = PlacedShape.model_validate_json(row.shape)
    return PlacedContour.model_validate(
        {
            **shape.model_dump(),
            "side": row.side,
            "contour": row.contour,
            "corrected_by": row.corrected_by,
            "corrected_at": row.created_at,
        }
    )
