"""How the head is held, how that differs in a pair, and what the difference may be worth, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from service.documents import ChangeDocument, ComparisonDocument
from service.documents.records import PoseDocument
from service.reports.words import figure, listed, with_unit

_LEVEL_DEG: Final = 0.05  # prints as 0.0


@dataclass(frozen=True, slots=True)
class PoseDifference:
    """The pair's pose difference in a sentence, and what it may be worth to each measure that it touches.

    Parameters
    ----------
    worth : each (measure, figure with its unit), of two sides the larger, as one standard uncertainty.
    """

    says: str
    worth: tuple[tuple[str, str], ...]


def pose_words(pose: PoseDocument) -> tuple[tuple[str, str], ...]:
    """A head pose as (name, angle and direction)."""
    return (
        ("Turned", _angle(pose.yaw, "to the subject's left", "to the subject's right")),
        ("Chin", _angle(pose.pitch, "down", "up")),
        ("Tilted", _angle(pose.roll, "to the subject's right", "to the subject's left")),
    )


def pose_difference(document: ComparisonDocument) -> PoseDifference | None:
    """How the head's pose differs from before to after; None where the photos do not lie on each other."""
    if document.pose_difference_deg is None:
        return None
    parts = [f"{name.lower()} {angle}" for name, angle in pose_words(document.pose_difference_deg)]
    return PoseDifference(f"Head pose, from before to after: {listed(parts)}.", tuple(_worth(document.changes)))


def _worth(changes: Iterable[ChangeDocument]) -> Iterable[tuple[str, str]]:
    known = sorted((one for one in changes if one.pose_equivalent is not None), key=lambda one: one.name)
    by_measure = {name: tuple(sides) for name, sides in groupby(known, key=lambda one: one.name)}
    # In the order in which the document tells them, which is the catalogue's.
    for name in dict.fromkeys(one.name for one in changes):
        sides = by_measure.get(name, ())
        if sides:
            largest = max(side.pose_equivalent or 0.0 for side in sides)
            yield name, "±" + with_unit(figure(largest, sides[0].unit), sides[0].unit)


def _angle(degrees: float, positive: str, negative: str) -> str:
    if abs(degrees) < _LEVEL_DEG:
        return "0.0°"
    return f"{abs(degrees):.1f}° {positive if degrees > 0 else negative}"
