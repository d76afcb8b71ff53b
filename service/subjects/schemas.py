"""The JSON of subjects."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

from service.database.tables import Subject

Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class NewSubject(BaseModel):
    """A subject, by the clinic's own id. Send no name: a reference that says nothing to others is best."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reference": "P-1042"}]})

    reference: Reference


class SubjectAnswer(BaseModel):
    """A subject."""

    id: str
    reference: str
    created_at: datetime

    @classmethod
    def of(cls, subject: Subject) -> Self:
        """From the row."""
        return cls(id=subject.id, reference=subject.reference, created_at=subject.created_at)
