"""At which of a sitting's durable calls a process is killed: at each in ``make faults``, else at a few spread evenly.

``LIFTMARK_FAULT_POINTS`` is how many of each kind, ``all`` for each one. Many are shared out among parts, so that
several run at once and no service grows old.
"""

import os

_ASKED = os.environ.get("LIFTMARK_FAULT_POINTS", "")
_A_PART = 20
_MOST_PARTS = 60

ALL = _ASKED == "all"
COUNT = int(_ASKED) if _ASKED.isdigit() else None


def parts(few: int) -> range:
    """The parts that the points of one kind are shared out among; ``few`` points where nothing is said."""
    return range(_MOST_PARTS if ALL else max(1, (COUNT or few) // _A_PART))


def points(calls: int, part: int, few: int) -> list[int]:
    """Those of the numbers from 1 to ``calls`` that are the part's."""
    count = calls if ALL else min(COUNT or few, calls)
    spread = [1 + (2 * place + 1) * calls // (2 * count) for place in range(count)]
    return spread[part :: len(parts(few))]
