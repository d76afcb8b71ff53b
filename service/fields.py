"""What fields of several records have in common: notes, days, times, and changes of a few fields at once."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, ClassVar, Final, Self

from fastapi import Query
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from models.consent import Purpose

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
"""No photo is older or comes later; what is added to a day stays a day."""
_NUMBER: Final = re.compile(r"[-+]?[0-9]*\.?[0-9]*(e[-+]?[0-9]+)?", re.IGNORECASE)


def _in_utc(moment: datetime) -> datetime:
    if not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise ValueError(f"must lie between {FIRST_DAY} and {LAST_DAY}")
    return moment.astimezone(UTC)


def _no_number(given: object) -> object:
    """Pydantic would take a number for seconds since 1970, in a text too; nobody means that by ``until=0``."""
    if isinstance(given, int | float | str) and _NUMBER.fullmatch(str(given).strip()):
        raise ValueError("must be written as ISO 8601")
    return given


Written = BeforeValidator(_no_number)
"""A day or moment is a text of ISO 8601."""

Notes = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Day = Annotated[date, Written, Field(ge=FIRST_DAY, le=LAST_DAY)]
Moment = Annotated[AwareDatetime, Written, AfterValidator(_in_utc)]
RecordId = Annotated[str, Field(max_length=64, pattern="^[0-9a-f]*$")]

LinkHours = Annotated[float, Field(gt=0, le=31 * 24, description="For how long; 31 days at most.")]
LinkPurpose = Annotated[
    Purpose, Field(description="What it is shared for. The link ends with the subject's consent to that.")
]

From = Annotated[
    Day | Moment | None, Query(alias="from", description="First day (in UTC) or moment with its zone, inclusive.")
]
Until = Annotated[Day | Moment | None, Query(description="Last day (in UTC), inclusive, or moment with its zone.")]


def starts_at(given: date) -> datetime:
    """The moment from which on ``from`` holds: itself, or the day's first."""
    return given if isinstance(given, datetime) else datetime.combine(given, time(), UTC)


def ends_before(given: date) -> datetime:
    """The moment before which ``until`` holds: just after itself, or the next day's first."""
    if isinstance(given, datetime):
        return given + timedelta(microseconds=1)
    return datetime.combine(given + timedelta(days=1), time(), UTC)


class Patch(BaseModel):
    """A change of those fields alone that are sent; ``null`` empties a field that may be empty."""

    model_config = ConfigDict(extra="forbid")

    never_null: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Leave null out of what is described of fields that may not be emptied."""
        described = handler(core)
        properties = handler.resolve_ref_schema(described)["properties"]
        for name in cls.never_null:
            told = properties[cls.model_fields[name].validation_alias or name]
            (kind,) = (one for one in told.pop("anyOf") if one.get("type") != "null")
            told.pop("default", None)
            told |= kind
        return described

    @model_validator(mode="after")
    def _nothing_needed_is_emptied(self) -> Self:
        for name in sorted(self.model_fields_set & self.never_null):
            if getattr(self, name) is None:
                called = type(self).model_fields[name].validation_alias or name
                raise ValueError(f"{called} cannot be null; leave out what shall stay")
        return self

    @property
    def sent(self) -> Mapping[str, Any]:
        """The fields that were sent, by their names."""
        return {name: getattr(self, name) for name in self.model_fields_set}
