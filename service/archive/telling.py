"""Sentences for the user about what was guessed or passed over."""

from collections.abc import Iterator, Sequence
from typing import Final

from service.archive.ordering import Guesses

_NAMED: Final = 3


def told_guesses(guesses: Guesses) -> Iterator[str]:
    """What was guessed of phases, sessions and times."""
    if guesses.phase:
        yield (
            f"Nobody says the phase of {_photos(guesses.phase)}: the earliest day was taken as the baseline, later "
            "days as treatments, each photo from before that day's session."
        )
    if guesses.later_sitting:
        yield (
            f"{_photos(guesses.later_sitting)} was taken more than half an hour after the first of that day: it counts "
            "as taken immediately after a session, and so never towards the lasting effect."
        )
    if guesses.number:
        yield f"Sessions were counted day by day for {_photos(guesses.number)}, which name none."
    if guesses.noon:
        yield f"Nobody says the time of day of {_photos(guesses.noon)}: it stands at 12:00."


def told_unknown_words(words: Sequence[str]) -> Iterator[str]:
    """Words in names that say nothing here."""
    different = tuple(dict.fromkeys(words))
    if different:
        yield f"Words in names that say nothing here were passed over: {_some(different)}."


def told_unknown_columns(table: str, columns: Sequence[str]) -> Iterator[str]:
    """Columns of a table that mean nothing here."""
    if columns:
        yield f"{table}: the columns {_some(columns)} were passed over."


def _photos(files: Sequence[str]) -> str:
    return files[0] if len(files) == 1 else f"{len(files)} photos ({_some(files)})"


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown}, …"
