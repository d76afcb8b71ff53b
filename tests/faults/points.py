"""At which of a sitting's durable calls a process is killed: at each in ``make faults``, else at a few spread evenly.

``LIFTMARK_FAULT_POINTS`` is how many of each kind, ``all`` for each one. A few are taken from the calls that differ
from the one before them, for most are one of many pages of one transaction. Many are shared out among parts, so that
several run at once and no service grows old.
"""

import os
from collections.abc import Sequence

from tests.faults.watch import Call

_ASKED = os.environ.get("LIFTMARK_FAULT_POINTS", "")
_A_PART = 20
_MOST_PARTS = 60

ALL = _ASKED == "all"
COUNT = int(_ASKED) if _ASKED.isdigit() else None
SHORT = not _ASKED
MOMENTS = _A_PART if ALL else min(COUNT or 1, _A_PART)
"""How many random moments a part tries: there is no end of them."""


def parts(few: int) -> range:
    """The parts that the points of one kind are shared out among; ``few`` points where nothing is said."""
    return range(_MOST_PARTS if ALL else max(1, (COUNT or few) // _A_PART))


def points(calls: Sequence[Call], part: int, few: int) -> list[int]:
    """Those of the places of ``calls``, the first being 1, that are the part's."""
    places = range(1, len(calls) + 1) if ALL else _changes(calls)
    count = len(places) if ALL else min(COUNT or few, len(places))
    spread = [places[(2 * n + 1) * len(places) // (2 * count)] for n in range(count)]
    return spread[part :: len(parts(few))]


def _changes(calls: Sequence[Call]) -> list[int]:
    return [place for place, call in enumerate(calls, 1) if place == 1 or call != calls[place - 2]]
