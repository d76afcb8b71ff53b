"""The JSON of comparisons."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.consent import Purpose
from service.comparisons.repository import Asked, ComparisonStatus
from service.database.tables import Comparison
from service.documents import ComparisonDocument, RefusedDocument
from service.documents.given import MOST_FRAMES
from service.documents.records import RefusalDocument
from service.fields import LinkHours, LinkPurpose

_WAYS: Final = ("photo_id", "photo_ids", "visit_id")
_Id = Annotated[str, Field(max_length=64)]
_Ids = Annotated[list[_Id], Field(min_length=1, max_length=MOST_FRAMES)]
_ID = "01939f2b6c7e8d1f0a5b4c3d2e1f0a9b"


class Which(StrEnum):
    """One of the two photos of a pair."""

    BEFORE = "before"
    AFTER = "after"


class NewComparison(BaseModel):
    """Two photos of one subject and one view, or two visits of which several photos were taken.

    Give either two photo ids, or two lists of them, or two visit ids: then all frontal photos of the visits count. Of
    several photos the best matched pair is shown, and the changes are averaged over the good ones.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"before_photo_id": _ID, "after_photo_id": _ID},
                {"before_visit_id": _ID, "after_visit_id": _ID},
                {"before_photo_ids": [_ID], "after_photo_ids": [_ID]},
            ]
        },
    )

    before_photo_id: _Id | None = None
    after_photo_id: _Id | None = None
    before_photo_ids: _Ids | None = None
    after_photo_ids: _Ids | None = None
    before_visit_id: _Id | None = None
    after_visit_id: _Id | None = None

    @model_validator(mode="after")
    def _one_way_of_asking(self) -> Self:
        given = [self.model_dump(exclude_none=True).keys() == {f"before_{what}", f"after_{what}"} for what in _WAYS]
        if sum(given) != 1:
            raise ValueError("give before and after as two photo ids, two lists of photo ids, or two visit ids")
        return self


class _Asked(BaseModel):
    """What is known of every comparison: the photos that are shown, and all that were asked for."""

    id: str
    subject_id: str
    before_photo_id: str
    after_photo_id: str
    before_photo_ids: list[str]
    after_photo_ids: list[str]
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
    """How long a link shall show the report, and whether its holder may correct the photos' contours from there.

    A link that may correct is made with a key that has the scope `ingest` as well.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"hours": 12}]})

    hours: LinkHours = 12
    may_correct: bool = False
    purpose: LinkPurpose = Purpose.CLINICAL


class LinkAnswer(BaseModel):
    """A link that opens in a browser, without a key, until it ends or is revoked by its ``id``."""

    id: str
    url: str
    expires_at: datetime


def comparison_summary(pair: Comparison) -> ComparisonSummary:
    """From the row, without the figures."""
    return ComparisonSummary(**_asked(pair))


def comparison_answer(pair: Comparison) -> ComparisonAnswer:
    """From the row, with all that is known by now."""
    if pair.document is None or pair.status in {ComparisonStatus.QUEUED, ComparisonStatus.FAILED}:
        return UncomparedPair(**_asked(pair), failure=pair.failure)
    if pair.status == ComparisonStatus.REFUSED:
        return UncomparedPair(**_asked(pair), refused=RefusedDocument.model_validate_json(pair.document).refused)
    return ComparedPair(**{**dict(ComparisonDocument.model_validate_json(pair.document)), **_asked(pair)})


def _asked(pair: Comparison) -> dict[str, Any]:
    asked = Asked.of(pair.asked)
    return {
        "before_photo_ids": list(asked.before),
        "after_photo_ids": list(asked.after),
        "id": pair.id,
        "subject_id": pair.subject_id,
        "before_photo_id": pair.before_photo_id,
        "after_photo_id": pair.after_photo_id,
        "status": pair.status,
        "asked_at": pair.created_at,
    }
