"""Reasons taken apart into their sentences, so that what several measures share is said once."""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

_BETWEEN: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text; none of an empty one."""
    return tuple(_BETWEEN.split(text)) if text else ()


def shared_start(texts: Sequence[str]) -> tuple[str, ...]:
    """The sentences with which all of the texts begin, as that their figures stop at a filler."""
    columns = zip(*(sentences(text) for text in texts), strict=False)
    return tuple(ones[0] for ones in takewhile(lambda ones: len(set(ones)) == 1, columns))


def without_start(text: str, start: Sequence[str]) -> str:
    """The text without the sentences with which it begins."""
    told = sentences(text)
    return " ".join(told[len(start) :] if told[: len(start)] == tuple(start) else told)
