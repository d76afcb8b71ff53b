"""How much a file's header holds, counted before anybody reads it.

A reader goes through a header piece by piece. A few megabytes of empty pieces keep it busy for seconds, whatever size
the picture has, and no camera or editor writes such a file. Counting takes milliseconds: nothing is unpacked here.
"""

import re
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

_EXIF: Final = b"Exif\x00\x00"


class _Piece(NamedTuple):
    """So ``many`` of a kind, of which a header may hold at ``most`` so many."""

    kind: int | bytes
    most: int
    many: int = 1


_MOST: Final = 1000
"""Pieces of the cheap kinds together. A depth map or a provenance record takes some hundred of a JPEG's segments."""
_MOST_COSTLY: Final = 16
"""Of each kind that is unpacked, joined or searched."""
_MOST_PIXEL_CHUNKS: Final = 100_000
"""Of a PNG: 60 megapixels in chunks of 8 kB, the smallest that a common encoder writes, are a quarter of that."""
_MOST_FRAMES: Final = 10_000
_MOST_NUMBERS: Final = 2**16
"""Of a TIFF: where the strips or tiles of a picture begin and how long they are."""
_MOST_FRACTIONS: Final = 2**12


def is_overloaded(upload: bytes) -> bool:
    """Whether the header of a JPEG, PNG, WebP or TIFF, or EXIF by itself, holds more than a reader should take in."""
    pieces = next((walk for magic, walk in _WALKS.items() if upload.startswith(magic)), None)
    seen: Counter[int | bytes] = Counter()
    for piece in pieces(upload) if pieces else ():
        seen[piece.kind] += piece.many
        if seen[piece.kind] > piece.most:
            return True
    return False


_MARKER: Final = re.compile(rb"[\x00-\xff]{0,4096}?\xff([\x01-\xfe])")
"""The next marker, behind what a reader passes over."""
_START_OF_SCAN: Final = b"\xda"
_WITHOUT_LENGTH: Final = b"\x01\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9"
_COSTLY_SEGMENTS: Final = (b"\xdb", b"\xed", *(bytes([marker]) for marker in range(0xC0, 0xD0)))
"""Tables, frames and Photoshop's blocks."""


def _in_jpeg(upload: bytes) -> Iterator[_Piece]:
    at, exif = 2, b""
    while (found := _MARKER.match(upload, at)) and found[1] != _START_OF_SCAN:
        at = found.end()
        if found[1] in _WITHOUT_LENGTH:
            yield _Piece(b"", _MOST)
            continue
        length = int.from_bytes(upload[at : at + 2], "big")
        if upload.startswith(_EXIF, at + 2):
            exif += upload[at + 2 + len(_EXIF) : at + length]
            yield _Piece(_EXIF, _MOST_COSTLY)
        elif found[1] in _COSTLY_SEGMENTS:
            yield _Piece(found[1], _MOST_COSTLY)
        else:
            yield _Piece(b"", _MOST)
        at += max(length, 2)
    if found is None and at < len(upload):
        yield _Piece(b"nothing", 0)
    yield from _in_tiff(exif)


def _in_png(upload: bytes) -> Iterator[_Piece]:
    at = 8
    while at + 8 <= len(upload):
        length, kind = struct.unpack_from(">I4s", upload, at)
        if kind == b"eXIf":
            yield from _in_tiff(upload[at + 8 : at + 8 + length])
        known = {b"IDAT": _MOST_PIXEL_CHUNKS, b"zTXt": _MOST_COSTLY, b"iTXt": _MOST_COSTLY, b"iCCP": _MOST_COSTLY}
        yield _Piece(kind, known[kind]) if kind in known else _Piece(b"", _MOST)
        at += length + 12


def _in_webp(upload: bytes) -> Iterator[_Piece]:
    at = 12
    while at + 8 <= len(upload):
        kind, length = struct.unpack_from("<4sI", upload, at)
        if kind == b"EXIF":
            yield from _in_tiff(upload[at + 8 : at + 8 + length].removeprefix(_EXIF))
        yield _Piece(kind, _MOST_FRAMES) if kind == b"ANMF" else _Piece(b"", _MOST)
        at += 8 + length + length % 2


_EXIF_DIRECTORY: Final = 34665
_NUMBERS: Final = (3, 4, 6, 8, 9, 11, 12, 13, 16)
_FRACTIONS: Final = (5, 10)
"""By the types of TIFF 6.0 and its extensions; the others are taken in as they are."""


def _in_tiff(upload: bytes) -> Iterator[_Piece]:
    """What the first directory and its EXIF hold; no other is ever read."""
    if len(upload) < 8:  # noqa: PLR2004  the header
        return
    order = "<" if upload.startswith(b"II") else ">"
    (first,) = struct.unpack_from(f"{order}I", upload, 4)
    for tag, kind, count, value in _entries(upload, order, first):
        yield from _of_entry(kind, count)
        if tag == _EXIF_DIRECTORY:
            for _, its_kind, its_count, _ in _entries(upload, order, value):
                yield from _of_entry(its_kind, its_count)


def _of_entry(kind: int, count: int) -> Iterator[_Piece]:
    yield _Piece(b"tag", _MOST)
    if kind in _NUMBERS:
        yield _Piece(b"number", _MOST_NUMBERS, count)
    if kind in _FRACTIONS:
        yield _Piece(b"fraction", _MOST_FRACTIONS, count)


def _entries(upload: bytes, order: str, at: int) -> Iterator[tuple[int, int, int, int]]:
    """Tag, type, count, and value or offset."""
    if at + 2 > len(upload):
        return
    (count,) = struct.unpack_from(f"{order}H", upload, at)
    last = min(at + 2 + 12 * count, len(upload) - 11)
    yield from (struct.unpack_from(f"{order}HHII", upload, entry) for entry in range(at + 2, last, 12))


_WALKS: Final[dict[bytes, Callable[[bytes], Iterator[_Piece]]]] = {
    b"\xff\xd8\xff": _in_jpeg,
    b"\x89PNG\r\n\x1a\n": _in_png,
    b"RIFF": _in_webp,
    b"II*\x00": _in_tiff,
    b"MM\x00*": _in_tiff,
}
