"""What lists tell of a photo: its verdict and the reasons, kept beside the measurements, which are long."""

from service.database.tables import Photo
from service.documents import MeasurementDocument, RefusedDocument
from service.documents.records import Document, QualityDocument, RefusalDocument


class Judged(Document):
    """What the analysis said of a photo; of one that it has not seen yet, nothing."""

    quality: QualityDocument | None = None
    refused: RefusalDocument | None = None

    @classmethod
    def by(cls, document: MeasurementDocument | RefusedDocument) -> "Judged":
        """The part of a photo's document that lists tell."""
        if isinstance(document, RefusedDocument):
            return cls(refused=document.refused)
        return cls(quality=document.quality)

    @classmethod
    def of(cls, photo: Photo) -> "Judged":
        """As kept in the row."""
        return cls() if photo.judged is None else cls.model_validate_json(photo.judged)

    @property
    def usable(self) -> bool:
        """Whether nothing asks for the photo to be taken again."""
        return self.quality is not None and self.quality.verdict == "usable"
