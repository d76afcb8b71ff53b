"""Text as paper can carry it: nothing that turns the line around, no control character, no word without a break."""

import re
import unicodedata
from dataclasses import asdict, is_dataclass
from typing import Final

_LONGEST: Final = 20
"""Letters of a word before it may be broken anywhere: about the width of the narrowest column."""
_LONG: Final = re.compile(rf"\S{{{_LONGEST},}}")
_PIECE: Final = re.compile(r"\S{10}(?=\S)")
_BREAK: Final = "\N{ZERO WIDTH SPACE}"
_LEFT_OUT: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
_TURNING: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(value: object) -> object:
    """Copy data made of dataclasses, mappings and sequences, with every text in it made fit for paper."""
    if isinstance(value, str):
        return printable_text(value)
    if is_dataclass(value) and not isinstance(value, type):
        return printable(asdict(value))
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    return [printable(item) for item in value] if isinstance(value, tuple | list) else value


def printable_text(text: str) -> str:
    """One text made fit for paper."""
    kept = "".join(sign for sign in re.sub(r"\s", _one_space, text) if not _left_out(sign))
    return _LONG.sub(lambda word: _PIECE.sub(lambda piece: piece.group() + _BREAK, word.group()), kept)


def _one_space(found: re.Match[str]) -> str:
    """A no-break space stays one; a tab or a new line becomes a blank."""
    return found.group() if found.group() in {"\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"} else " "


def _left_out(sign: str) -> bool:
    return sign in _TURNING or unicodedata.category(sign) in _LEFT_OUT
