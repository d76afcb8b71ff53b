"""The JSON of repeatability studies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from service.database.tables import RepeatabilityStudy
from service.documents import StudyDocument
from service.photos.repository import PhotoStatus
from service.repeatability.labels import Label
from service.repeatability.repository import StudyStatus

MOST_PHOTOS: Final = 100
"""Photos of a study: at four comparisons a photo it is done in minutes."""
_MOST_PERSONS: Final = 50
_ID: Final = "01939f2b6c7e8d1f0a5b4c3d2e1f0a9b"
_Id = Annotated[str, Field(max_length=64)]
_Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class NewStudy(BaseModel):
    """Photos of faces that did not change between them: a list for each person, or visits with all their photos.

    Seven photos of one person are the fewest that later comparisons count on. Room, camera and operator say for which
    visits the study speaks.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"name": "Room 1, spring", "room": "1", "camera": "EOS R7", "photo_ids": [[_ID]]},
                {"name": "Room 1, spring", "room": "1", "visit_ids": [_ID]},
            ]
        },
    )

    name: _Name
    room: Label = None
    camera: Label = None
    operator: Label = None
    photo_ids: (
        Annotated[
            list[Annotated[list[_Id], Field(min_length=1, max_length=MOST_PHOTOS)]],
            Field(min_length=1, max_length=_MOST_PERSONS),
        ]
        | None
    ) = None
    visit_ids: Annotated[list[_Id], Field(min_length=1, max_length=MOST_PHOTOS)] | None = None

    @model_validator(mode="after")
    def _one_way_of_asking(self) -> Self:
        if (self.photo_ids is None) == (self.visit_ids is None):
            raise ValueError("give either photo_ids, a list for each person, or visit_ids")
        return self


class StudyPhotoAnswer(BaseModel):
    """One photo of a study, and what became of it."""

    photo_id: str
    status: PhotoStatus


class StudySummary(BaseModel):
    """A study in a list. ``usable`` says whether later comparisons count on it; withdrawn ones have ``ended_at``."""

    id: str
    name: str
    room: str | None
    camera: str | None
    operator: str | None
    status: StudyStatus
    usable: bool
    method_version: str
    made_at: datetime
    ended_at: datetime | None


class StudyAnswer(StudySummary):
    """A study with all that is known by now.

    ``pending`` counts the photos and comparisons that are still to come. ``persons`` are their photos, but for those
    that were erased since. ``says`` tells whether later comparisons count on it, and if not, why.
    """

    persons: list[list[StudyPhotoAnswer]]
    pending: int
    says: str
    failure: str | None
    result: StudyDocument | None


def study_summary(study: RepeatabilityStudy) -> StudySummary:
    """From the row, without the figures."""
    return StudySummary(**_known(study))


def study_answer(study: RepeatabilityStudy, persons: Sequence[Sequence[StudyPhotoAnswer]], pending: int) -> StudyAnswer:
    """From the row, with all that is known by now."""
    document = None if study.document is None else StudyDocument.model_validate_json(study.document)
    return StudyAnswer(
        **_known(study),
        persons=[list(person) for person in persons],
        pending=pending,
        says=_says(study, document),
        failure=study.failure,
        result=document,
    )


def _known(study: RepeatabilityStudy) -> dict[str, Any]:
    return {
        "id": study.id,
        "name": study.name,
        "room": study.room,
        "camera": study.camera,
        "operator": study.operator,
        "status": study.status,
        "usable": study.floors is not None and study.ended_at is None,
        "method_version": study.method_version,
        "made_at": study.created_at,
        "ended_at": study.ended_at,
    }


def _says(study: RepeatabilityStudy, document: StudyDocument | None) -> str:
    if study.ended_at is not None:
        return "The study was withdrawn; later comparisons do not count on it."
    if document is None:
        return study.failure or "The photos are being compared."
    if study.floors is None:
        return (
            f"The study is too small for later comparisons to count on it: {document.degrees_of_freedom:g} degrees of "
            "freedom, and it takes six. Make another one with more photos; seven of one person are the fewest."
        )
    return "Later comparisons count on it wherever it finds more spread than their own error says."
