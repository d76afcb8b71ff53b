"""Figures, dates and lists in words, the same on every page."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from models.anatomy import Side
from models.comparison import Verdict
from models.measurand import Unit

MINUS: Final = "\N{MINUS SIGN}"
NO_BREAK: Final = "\N{NO-BREAK SPACE}"

_DECIMALS: Final = MappingProxyType({Unit.MILLIMETRE: 2, Unit.DEGREE: 2, Unit.PERCENT: 1, Unit.LOG_LUMINANCE: 3})
"""Digits worth reading: about a tenth of the smallest change that a pair can detect."""

_WEEKS_FROM_DAYS: Final = 14

VERDICT_WORDS: Final = MappingProxyType(
    {
        Verdict.DETECTABLE_INCREASE: "Detectable increase",
        Verdict.DETECTABLE_DECREASE: "Detectable decrease",
        Verdict.WITHIN_MEASUREMENT_ERROR: "Within measurement error",
        Verdict.NOT_ASSESSABLE: "Not assessable",
    }
)

VERDICT_SYMBOLS: Final = MappingProxyType(
    {
        Verdict.DETECTABLE_INCREASE: "\N{BLACK UP-POINTING TRIANGLE}",
        Verdict.DETECTABLE_DECREASE: "\N{BLACK DOWN-POINTING TRIANGLE}",
        Verdict.WITHIN_MEASUREMENT_ERROR: "\N{ALMOST EQUAL TO}",
        Verdict.NOT_ASSESSABLE: "\N{EN DASH}",
    }
)


def figure(value: float, unit: Unit) -> str:
    """A figure without its unit, with a true minus sign: ``3.91``."""
    text = f"{value:.{_DECIMALS[unit]}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", MINUS)


def signed(value: float, unit: Unit) -> str:
    """A change with its sign and unit: ``+0.51 mm``."""
    text = figure(value, unit)
    plus = "+" if value > 0 and float(text.replace(MINUS, "-")) != 0 else ""
    return with_unit(plus + text, unit)


def with_unit(text: str, unit: Unit) -> str:
    """Text and unit that no line break parts; the sign of degrees stands at the figure."""
    return f"{text}{'' if unit is Unit.DEGREE else NO_BREAK}{unit}"


def interval(bounds: tuple[float, float], unit: Unit) -> str:
    """An interval without its unit: ``0.39 to 0.63``."""
    low, high = bounds
    return f"{figure(low, unit)}{NO_BREAK}to{NO_BREAK}{figure(high, unit)}"


def side_words(side: Side | None) -> str:
    """The subject's side as a column shows it."""
    return "Face" if side is None else side.capitalize()


def named(name: str, side: Side | None) -> str:
    """A measure with its side, as a sentence names it."""
    return name if side is None else f"{name}, {side}"


def spoken(code: str) -> str:
    """A code as a person reads it: ``nasal_bridge`` is *Nasal bridge*."""
    return code.replace("_", " ").capitalize()


def listed(items: Sequence[str]) -> str:
    """``a, b and c``."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def counted(number: int, one: str, several: str) -> str:
    """``1 measure``, ``2 measures``."""
    return f"{number} {one if number == 1 else several}"


def day(taken_at: datetime | None) -> str:
    """The day a photo was taken, or that nobody knows."""
    return "date not recorded" if taken_at is None else f"{taken_at.day} {taken_at:%B %Y}"


def days_between(before: datetime | None, after: datetime | None) -> int | None:
    """Calendar days from before to after, each by its own camera's clock; None where a date is missing."""
    return None if before is None or after is None else (after.date() - before.date()).days


def apart(days: int) -> str:
    """A distance in time: ``84 days (12 weeks)``."""
    length = counted(abs(days), "day", "days")
    weeks = f" ({abs(days) / 7:.0f} weeks)" if abs(days) >= _WEEKS_FROM_DAYS else ""
    return length + weeks


SCALE_METHODS: Final = {
    "iris": "from the iris, found on the photo's own pixels",
    "iris_of_subject": "from the irises of several photos of the subject",
    "iris_measured": "from the iris, whose width the clinic measured",
    "mesh_size": "from the size of the face's mesh, because the irises are seen from the side: coarse",
    "iris_mesh": "from the mesh's iris, because the iris could not be found on the pixels: coarse",
}
"""What a scale rests on."""
