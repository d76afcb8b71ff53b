"""What travels between the service and an analysis process: a name and blobs, never objects.

On the wire: four bytes (big-endian) with the length of a JSON header, the header ``{"name": …, "sizes": […]}``, then
the blobs one after the other. The service trusts nothing that comes back: sizes are capped, documents are validated.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, Field, NonNegativeInt, ValidationError

from service.sandbox.errors import BrokenMessageError

_PREFIX: Final = struct.Struct(">I")
_MAX_HEADER_BYTES: Final = 4096
_MAX_BLOBS: Final = 16  # a comparison of two bursts: twelve photos and what is known of them
_MAX_BLOB_BYTES: Final = 512 * 2**20


class _Header(BaseModel):
    name: str = Field(max_length=100)
    sizes: tuple[NonNegativeInt, ...] = Field(max_length=_MAX_BLOBS)


@dataclass(frozen=True, slots=True)
class Message:
    """A job for the analysis process (its name and uploads) or its answer (``done`` and results)."""

    name: str
    blobs: tuple[bytes, ...] = ()


def packed(message: Message) -> tuple[bytes, ...]:
    """Lay out ``message`` for the wire; the blobs are not copied."""
    header = _Header(name=message.name, sizes=tuple(map(len, message.blobs))).model_dump_json().encode()
    return _PREFIX.pack(len(header)), header, *message.blobs


def unpacked(read_exactly: Callable[[int], bytes]) -> Message:
    """Read one message.

    Parameters
    ----------
    read_exactly : returns as many bytes as it is asked for.

    Raises
    ------
    BrokenMessageError
        When what comes is not a message.
    """
    (header_size,) = _PREFIX.unpack(read_exactly(_PREFIX.size))
    if header_size > _MAX_HEADER_BYTES:
        raise BrokenMessageError("the header is too long")
    try:
        header = _Header.model_validate_json(read_exactly(header_size))
    except ValidationError as error:
        raise BrokenMessageError("the header cannot be read") from error
    if max(header.sizes, default=0) > _MAX_BLOB_BYTES:
        raise BrokenMessageError("a blob is too long")
    return Message(header.name, tuple(read_exactly(size) for size in header.sizes))
