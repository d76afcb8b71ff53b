"""The protocol between service and analysis process."""

import struct
from collections.abc import Callable
from io import BytesIO

import pytest

from service.sandbox.errors import BrokenMessageError
from service.sandbox.messages import Message, packed, unpacked


def reading(wire: bytes) -> Callable[[int], bytes]:
    """Return a reader of ``wire``."""
    return BytesIO(wire).read


@pytest.mark.parametrize("message", [Message("ready"), Message("compare", (b"", b"\x00" * 1000))])
def test_a_message_survives_the_wire(message: Message) -> None:
    assert unpacked(reading(b"".join(packed(message)))) == message


@pytest.mark.parametrize(
    "wire",
    [
        b"\xff" * 100,
        struct.pack(">I", 2) + b"{}",
        struct.pack(">I", 4) + b"nope",
        struct.pack(">I", 27) + b'{"name": "a", "sizes": [-1]}'[:27],
        struct.pack(">I", 40) + b'{"name": "done", "sizes": [99999999999]}',
        struct.pack(">I", 78) + b'{"name": "done", "sizes": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}',
    ],
)
def test_garbage_is_not_read(wire: bytes) -> None:
    with pytest.raises(BrokenMessageError):
        unpacked(reading(wire))
