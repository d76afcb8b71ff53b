"""Days and times as clinics and cameras write them.

One convention holds: a time is what the clinic's clock showed. A zone is kept where one is written, and nowhere
guessed; a day without a time stands at noon.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

NOON: Final = time(12)
_EARLIEST: Final = 1990  # before any digital photo of a face: a camera's clock that was never set
_IN_NAME: Final = re.compile(
    r"(?<!\d)(\d{4})([-_.]?)(\d{2})\2(\d{2})(?!\d)"
    r"(?:[ _T\-]+(\d{2})[-:.h]?(\d{2})(?:[-:.m]?(\d{2}))?(?!\d))?"
)
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ ,T]+(.+))?")
_CLOCK: Final = re.compile(r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?")


@dataclass(frozen=True, slots=True)
class Taken:
    """When a photo was taken; ``clock`` says whether the time of day is known, ``by_camera`` whether EXIF says so."""

    at: datetime
    clock: bool = True
    by_camera: bool = False

    @property
    def day(self) -> date:
        """By the clinic's clock."""
        return self.at.date()


def written(text: str, clock: str = "") -> Taken | None:
    """What a table's cell says: ISO 8601 (with a blank or a T, with or without time and zone) or 31.12.2026 10:30.

    Dates with slashes are not read: nobody can tell the third of April from the fourth of March.

    Parameters
    ----------
    clock : the time of day, where it has a cell of its own.
    """
    text = f"{text.strip()} {clock.strip()}".strip()
    dotted = _DOTTED.fullmatch(text)
    if dotted:
        day, month, year, rest = dotted.groups()
        text = f"{year}-{month:0>2}-{day:0>2} {rest or ''}".strip()
    text = text.replace("/", "-") if re.match(r"\d{4}/", text) else text
    return _sensible(_iso(text))


def in_name(name: str) -> tuple[Taken | None, str]:
    """The date in a name, and the name without it."""
    match = _IN_NAME.search(name)
    if match is None:
        return None, name
    year, _, month, day, hour, minute, second = match.groups()
    found = _sensible(_made(f"{year}-{month}-{day}", hour, minute, second))
    if found is None:
        return None, name
    end = match.end() if found.clock else match.end(4)
    return found, f"{name[: match.start()]} {name[end:]}"


def by_camera(taken: datetime | None) -> Taken | None:
    """What EXIF says, unless the camera's clock was never set."""
    return None if taken is None else _sensible(Taken(taken, by_camera=True))


def _iso(text: str) -> Taken | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return _with_loose_clock(text)
    with_time = bool(re.search(r"\d[T ]\d", text))
    return Taken(at if with_time else datetime.combine(at.date(), NOON), with_time)


def _with_loose_clock(text: str) -> Taken | None:
    """``2026-01-12 9:30`` and the like, which are not ISO by the letter."""
    day, _, clock = text.partition(" ")
    match = _CLOCK.fullmatch(clock.strip())
    return None if match is None else _made(day, *match.groups())


def _made(day: str, hour: str | None, minute: str | None, second: str | None) -> Taken | None:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return None
    if hour is None or minute is None:
        return Taken(datetime.combine(on, NOON), clock=False)
    try:
        return Taken(datetime.combine(on, time(int(hour), int(minute), int(second or 0))))
    except ValueError:  # four digits that are no time: a camera's running number
        return Taken(datetime.combine(on, NOON), clock=False)


def _sensible(taken: Taken | None) -> Taken | None:
    return taken if taken is not None and taken.at.year >= _EARLIEST else None
