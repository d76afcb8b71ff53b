"""Log lines: one an event, for a person or for a program, without anything that came from a client or a photo.

A line says which code met what, and in which request. What a person or a file gave (references, names, notes, tokens,
addresses with their ids) is never put into one; so the messages of exceptions, which may quote such things, are left
out too, unless they are of a kind that quotes nothing.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Final, Literal

from sqlalchemy.exc import OperationalError

from models.errors import LiftmarkError
from service.observing.note import REQUEST_ID
from service.sandbox.errors import SandboxError

FIELDS: Final = "liftmark_fields"
"""The attribute of a log record that holds its further fields."""

_TELLING: Final = (LiftmarkError, SandboxError)
"""Exceptions whose messages were written here, about the service and not about a person."""

_BREAKING: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What would end a line, steer a terminal, or be no text at all."""

Fields = Mapping[str, str | int | float | None]


def set_up_logs(log_format: Literal["text", "json"]) -> None:
    """Write what happens to stderr; other libraries are heard when they warn."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if log_format == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("service").setLevel(logging.INFO)


class JsonLines(logging.Formatter):
    """An object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger and message, then what this event has besides."""
        told = {"time": _time(record), "level": record.levelname.lower(), "logger": record.name}
        return json.dumps({**told, "message": record.getMessage(), **_further(record)}, ensure_ascii=True)


class TextLines(logging.Formatter):
    """The same for a reader."""

    def format(self, record: logging.LogRecord) -> str:
        """The message, then what this event has besides."""
        further = "".join(f" {name}={value}" for name, value in _further(record).items())
        message = _BREAKING.sub(_escaped, record.getMessage())
        return f"{_time(record)} {record.levelname} {record.name}: {message}{further}"


def _escaped(sign: re.Match[str]) -> str:
    return sign.group().encode("unicode_escape").decode()


def told_of(error: BaseException) -> str:
    """What may be logged of an exception: its kind and, where it is our own, its message."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    says = _says(error)
    return f"{kind}: {says}" if says else kind


def _says(error: BaseException) -> str | None:
    """The message of an exception that quotes nobody: ours, the system's, and a database's that is out of order."""
    if isinstance(error, OperationalError):
        return " ".join(str(error.orig).split())
    if isinstance(error, OSError):
        return error.strerror
    return str(error) if isinstance(error, _TELLING) else None


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _further(record: logging.LogRecord) -> Fields:
    error = record.exc_info[1] if record.exc_info else None
    further: dict[str, str | int | float | None] = {**getattr(record, FIELDS, {})}
    request_id = REQUEST_ID.get()
    if request_id is not None:
        further["request_id"] = request_id
    if error is not None:
        further["error"] = " <- ".join(_chain(error))
    return further


def _chain(error: BaseException) -> Iterator[str]:
    """An exception and what led to it, each with the code that it went through."""
    current: BaseException | None = error
    while current is not None:
        frames = extract_tb(current.__traceback__)
        where = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
        yield f"{told_of(current)} ({where})"
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
