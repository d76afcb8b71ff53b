"""What is kept of a chain outside the database: its head at a moment."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from models.errors import LiftmarkError

_ENCODING: Final = "liftmark-anchor-1"


class AnchorError(LiftmarkError):
    """A file of anchors cannot be read."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime
    clinic: str
    count: int = Field(ge=0)
    hash: str
    mac: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of a clinic's chain as it once was.

    Parameters
    ----------
    count : rows of the chain at that moment.
    hash : of the last one.
    mac : over all of it, under the key of the audit: nobody without that key makes an anchor or changes one.
    """

    at: datetime
    clinic: str
    count: int
    hash: str
    mac: str

    @classmethod
    def made(cls, key: bytes, at: datetime, clinic: str, count: int, digest: str) -> Self:
        """A new anchor."""
        return cls(at, clinic, count, digest, _mac(key, at, clinic, count, digest))

    @property
    def line(self) -> str:
        """As it stands in a file: one line of JSON."""
        told = {"at": _written(self.at), "clinic": self.clinic, "count": self.count, "hash": self.hash}
        return json.dumps(told | {"mac": self.mac})

    def is_genuine(self, key: bytes) -> bool:
        """Whether a service that has the key made it."""
        return hmac.compare_digest(self.mac, _mac(key, self.at, self.clinic, self.count, self.hash))


def read_anchors(file: Path) -> list[Anchor]:
    """The anchors of a file.

    Raises
    ------
    AnchorError
        Where a line is none, told with its number.
    """
    try:
        lines = file.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise AnchorError(f"{file} cannot be read: {error}") from error
    return list(_anchors(file, _without_torn_end(lines)))


def _without_torn_end(lines: list[bytes]) -> list[bytes]:
    """Without the beginning of a line that a power cut left at the end, or that a copy caught while it was written."""
    torn = len(lines) > 1 and not lines[-1].endswith((b"\n", b"}"))
    return lines[:-1] if torn else lines


def _anchors(file: Path, lines: Iterable[bytes]) -> Iterable[Anchor]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield anchor_of(line)
            except ValidationError as error:
                raise AnchorError(f"{file}, line {number}, is not an anchor of the audit.") from error


def anchor_of(line: str | bytes) -> Anchor:
    """The anchor that a line tells; ValidationError where it tells none."""
    told = _Line.model_validate_json(line)
    return Anchor(told.at, told.clinic, told.count, told.hash, told.mac)


def _mac(key: bytes, at: datetime, clinic: str, count: int, digest: str) -> str:
    told = json.dumps([_ENCODING, _written(at), clinic, count, digest], separators=(",", ":"))
    return hmac.new(key, told.encode("ascii"), hashlib.sha256).hexdigest()


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
