"""The JSON of corrections."""

from datetime import datetime
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, JsonValue

from models.anatomy import Side
from models.correction import ContourName
from service.corrections.repository import placed_contour
from service.database.tables import ContourCorrection, Photo
from service.documents import MeasurementDocument
from service.documents.given import PlacedShape, Placer
from service.documents.records import SideContoursDocument
from service.fields import LinkHours
from service.photos.repository import PhotoStatus

_LID: Final[list[JsonValue]] = [[512.0, 640.5], [530.2, 622.0], [548.9, 615.3], [566.1, 621.8], [581.0, 633.2]]


class NewCorrection(PlacedShape):
    """A contour placed by hand, in the pixels of the upright photo as uploaded, and who placed it.

    A line is given by its ``points``: lids from the outer corner of the eye to the inner one, the jawline from the
    mouth corner's level to the chin's middle, the fold from the wing of the nose downward. The iris is given by
    ``centre`` and ``radius``.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"points": _LID, "corrected_by": "Dr. A."}]}
    )

    corrected_by: Placer

    @property
    def shape(self) -> PlacedShape:
        """The contour alone."""
        return PlacedShape(points=self.points, centre=self.centre, radius=self.radius)


class CorrectionAnswer(PlacedShape):
    """A correction; ``key`` is the key or link it was made with. Ended when it was replaced or withdrawn."""

    id: str
    side: Side
    contour: ContourName
    corrected_by: str
    corrected_at: datetime
    key: str
    ended_at: datetime | None
    ended_by: str | None

    @classmethod
    def of(cls, row: ContourCorrection) -> Self:
        """From the row."""
        placed = placed_contour(row)
        return cls(
            id=row.id,
            side=placed.side,
            contour=placed.contour,
            points=placed.points,
            centre=placed.centre,
            radius=placed.radius,
            corrected_by=row.corrected_by,
            corrected_at=row.created_at,
            key=row.set_by,
            ended_at=row.ended_at,
            ended_by=row.ended_by,
        )


class CorrectionsAnswer(BaseModel):
    """A photo's contours as they are measured from, and every correction there was, oldest first.

    ``contours_px`` is null until the photo was measured; under ``found`` it keeps what the program had found in place
    of each contour placed by hand.
    """

    photo_id: str
    status: PhotoStatus
    size_px: tuple[int, int] | None
    mm_per_px: float | None
    contours_px: dict[Side, SideContoursDocument] | None
    corrections: list[CorrectionAnswer]
    history: list[CorrectionAnswer]

    @classmethod
    def of(cls, photo: Photo, rows: list[ContourCorrection]) -> Self:
        """From the rows."""
        document = measured_document(photo)
        history = [CorrectionAnswer.of(row) for row in rows]
        return cls(
            photo_id=photo.id,
            status=PhotoStatus(photo.status),
            size_px=None if document is None else document.size_px,
            mm_per_px=None if document is None or document.scale is None else document.scale.mm_per_px,
            contours_px=None if document is None else document.contours_px,
            corrections=[one for one in history if one.ended_at is None],
            history=history,
        )


class NewCorrectionLink(BaseModel):
    """How long a link shall let its holder correct this photo's contours."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"hours": 2}]})

    hours: LinkHours = 12


def measured_document(photo: Photo) -> MeasurementDocument | None:
    """What was measured in the photo, before its last correction where the next measurement is queued.

    None where there are no contours: before the first measurement, after a refusal, and in profile.
    """
    if photo.document is None or photo.status == PhotoStatus.REFUSED:
        return None
    document = MeasurementDocument.model_validate_json(photo.document)
    return None if document.scale is None else document
