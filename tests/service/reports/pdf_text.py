"""What stands in a PDF, as far as one looks for words in it."""

import re
import zlib
from collections.abc import Iterator

_PAIR = re.compile(rb"<([0-9A-F]{4})> <((?:[0-9A-F]{4})+)>")
_RUN = re.compile(rb"\[((?:\((?:\\.|[^()\\])*\)|[^\]()])*)\]\s*TJ|(\((?:\\.|[^()\\])*\))\s*Tj", re.DOTALL)
_PIECE = re.compile(rb"\(((?:\\.|[^()\\])*)\)", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def inflated(pdf: bytes) -> bytes:
    """A PDF with its compressed streams opened, as far as they can be; anything else as it is."""
    return b"\n".join((pdf, *_streams(pdf)))


def pdf_text(pdf: bytes) -> str:
    """The words of a PDF, read with each of its fonts in turn: those of the wrong ones are nonsense."""
    streams = list(_streams(pdf))
    fonts = [font for stream in streams if (font := _font(stream))]
    runs = [_codes(run) for stream in streams if b"BT" in stream for run in _RUN.finditer(stream)]
    return "\n".join("".join(font.get(code, "") for code in run) for font in fonts for run in runs)


def _streams(pdf: bytes) -> Iterator[bytes]:
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            yield zlib.decompressobj().decompress(stream)
        except zlib.error:  # a picture, which is not compressed this way
            continue


def _font(stream: bytes) -> dict[bytes, str]:
    """What each code of a font stands for, from its table to Unicode."""
    if b"begincmap" not in stream:
        return {}
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
        for code, text in _PAIR.findall(stream)
    }


def _codes(run: re.Match[bytes]) -> list[bytes]:
    shown = b"".join(_ESCAPE.sub(_unescaped, piece) for piece in _PIECE.findall(run.group(1) or run.group(2)))
    return [shown[at : at + 2] for at in range(0, len(shown), 2)]


def _unescaped(found: re.Match[bytes]) -> bytes:
    letter = found.group(1)
    return bytes([int(letter, 8)]) if letter.isdigit() else _LETTERS.get(letter, letter)
