"""The JSON of comparisons."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from service.comparisons.repository import ComparisonStatus
from service.database.tables import Comparison
from service.documents import ComparisonDocument, RefusedDocument
from service.documents.records import RefusalDocument

_ID = "01939f2b6c7e8d1f0a5b4c3d2e1f0a9b"


class Which(StrEnum):
    """One of the two photos of a pair."""

    BEFORE = "before"
    AFTER = "after"


class NewComparison(BaseModel):
    """Two photos of one subject and one view."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"before_photo_id": _ID, "after_photo_id": _ID}]}
    )

    before_photo_id: str = Field(max_length=64)
    after_photo_id: str = Field(max_length=64)


class _Asked(BaseModel):
    """What is known of every comparison."""

    id: str
    subject_id: str
    before_photo_id: str
    after_photo_id: str
    status: ComparisonStatus
    asked_at: datetime


class ComparisonSummary(_Asked):
    """A comparison in a list."""


class UncomparedPair(_Asked):
    """A pair without figures: not compared yet, refused (``refused`` says why), or failed (``failure`` does)."""

    refused: RefusalDocument | None = None
    failure: str | None = None


class ComparedPair(ComparisonDocument, _Asked):
    """What changed between the two photos."""

    model_config = ConfigDict(frozen=True, extra="forbid")


ComparisonAnswer = ComparedPair | UncomparedPair


class NewLink(BaseModel):
    """How long a link shall show the report."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"hours": 12}]})

    hours: float = Field(default=12, gt=0, le=168)


class LinkAnswer(BaseModel):
    """A link that shows one report in a browser, without a key, until it ends."""

    url: str
    expires_at: datetime


def comparison_summary(pair: Comparison) -> ComparisonSummary:
    """From the row, without the figures."""
    return ComparisonSummary(**_asked(pair))


def comparison_answer(pair: Comparison) -> ComparisonAnswer:
    """From the row, with all that is known by now."""
    if pair.document is None:
        return UncomparedPair(**_asked(pair), failure=pair.failure)
    if pair.status == ComparisonStatus.REFUSED:
        return UncomparedPair(**_asked(pair), refused=RefusedDocument.model_validate_json(pair.document).refused)
    return ComparedPair(**{**dict(ComparisonDocument.model_validate_json(pair.document)), **_asked(pair)})


def _asked(pair: Comparison) -> dict[str, Any]:
    return {
        "id": pair.id,
        "subject_id": pair.subject_id,
        "before_photo_id": pair.before_photo_id,
        "after_photo_id": pair.after_photo_id,
        "status": pair.status,
        "asked_at": pair.created_at,
    }
