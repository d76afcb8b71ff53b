"""The JSON of exports."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Self

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from models.consent import Purpose, Region
from models.publishing import Aspect, ImageType, Layout, Size
from service.database.base import now
from service.database.export_tables import Export, ExportPublication
from service.documents.publishing import HonestyDocument, PublishedDocument
from service.exports.repository import ExportStatus
from service.fields import Day, Line, RecordId
from service.texts import language

_Address = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^https?://[^\x00-\x20\x7f]+$")
]


class ExportOptions(BaseModel):
    """What the finished picture is. Each photo is cut to `aspect`; no photo is enlarged.

    `eye_bar` hides the eyes of both photos; a picture of the eyes has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Layout
    image_type: ImageType = ImageType.JPEG
    aspect: Aspect = Aspect.ORIGINAL
    region: Region = Region.FACE
    size: Size = Size.ORIGINAL
    caption: bool = True
    eye_bar: bool = False

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        if self.eye_bar and self.region is Region.EYES:
            raise ValueError("a picture of the eyes with a bar over the eyes shows nothing")
        return self


class PreviewOptions(ExportOptions):
    """What an export would be, and for what."""

    purpose: Purpose

    @property
    def options(self) -> ExportOptions:
        """Without what it is for."""
        return options_in(self)


class NewExport(ExportOptions):
    """A pair to be published, for what, and how."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "comparison_id": "0199c1f0a1b2c3d4e5f60718293a4b5c",
                    "purpose": "website",
                    "format": "side_by_side",
                    "aspect": "4:5",
                    "region": "face",
                    "size": "social",
                }
            ]
        },
    )

    comparison_id: RecordId
    purpose: Purpose

    @property
    def options(self) -> ExportOptions:
        """Without what it is made of and for."""
        return options_in(self)


def options_in(wanted: ExportOptions) -> ExportOptions:
    """The options alone of what has more."""
    return ExportOptions(**wanted.model_dump(include=set(ExportOptions.model_fields)))


class NewPublication(BaseModel):
    """Where and when an export was published, in the clinic's words."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"where": "our page", "published_on": "2026-06-01"}]}
    )

    where: Line
    url: _Address | None = None
    published_on: Day
    taken_down_on: Day | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.taken_down_on is not None and self.taken_down_on < self.published_on:
            raise ValueError(f"taken_down_on ({self.taken_down_on}) lies before published_on ({self.published_on})")
        if self.published_on > now().date() + timedelta(days=1):  # a day ahead of UTC it is tomorrow already
            raise ValueError(f"published_on ({self.published_on}) lies in the future")
        return self


class TakenDown(BaseModel):
    """Since when an export is no longer there."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"taken_down_on": "2026-09-01"}]})

    taken_down_on: Day


class NotedPublication(BaseModel):
    """Where an export was published. ``noted_by`` is the key or person that noted it."""

    id: str
    where: str
    url: str | None
    published_on: date
    taken_down_on: date | None
    noted_by: str
    noted_at: datetime

    @classmethod
    def of(cls, row: ExportPublication) -> Self:
        """From the row."""
        own = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(**own, noted_at=row.created_at)


class ExportAnswer(BaseModel):
    """An export. It is `ended` once the consent that it rests on was withdrawn or ran out: then no file is given out.

    `caption` is what stands below the photos, ready to be pasted; `honest_pair` says how fair the pair is.
    """

    id: str
    comparison_id: str
    subject_id: str
    consent_id: str
    purpose: Purpose
    options: ExportOptions
    status: ExportStatus
    ended: bool
    failure: str | None
    caption: list[str]
    honest_pair: HonestyDocument | None
    size_px: tuple[int, int] | None
    eye_bar_px: tuple[int, int, int, int] | None
    media_type: str | None
    sha256: str | None
    size_bytes: int | None
    asked_at: datetime
    made_at: datetime | None
    made_by: str
    publications: list[NotedPublication]

    @classmethod
    def of(cls, row: Export, publications: Sequence[ExportPublication], *, ended: bool) -> Self:
        """From the row; ``publications`` may hold those of other exports."""
        told = None if row.document is None else PublishedDocument.model_validate_json(row.document)
        own = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls.model_validate(
            {
                **own,
                "options": ExportOptions.model_validate_json(row.options),
                "caption": ExportTexts.model_validate_json(row.texts).caption,
                "ended": ended,
                "honest_pair": told and told.honesty,
                "size_px": told and told.size_px,
                "eye_bar_px": told and told.eye_bar_px,
                "asked_at": row.created_at,
                "publications": [NotedPublication.of(one) for one in publications if one.export_id == row.id],
            }
        )


class ExportTexts(BaseModel):
    """What is written below the photos, as it was composed when the export was asked for, and in which language."""

    model_config = ConfigDict(frozen=True)

    before: str
    after: str
    caption: tuple[str, ...] = ()
    language: str = Field(default_factory=language)


class ExportPage(BaseModel):
    """A page of a list, the newest first; ``next`` goes into ``before`` for the following one, null at the end."""

    items: list[ExportAnswer]
    next: str | None


Ids = Annotated[
    str, Query(max_length=3300, pattern="^[0-9a-f]+(,[0-9a-f]+){0,49}$", description="Up to 50, with commas.")
]
