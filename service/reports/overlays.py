"""The lines drawn over the photos, as SVG path data in the aligned frame's pixels."""

from dataclasses import dataclass

from models.anatomy import Side
from models.measurand import MEASURANDS, Family
from service.documents import ComparisonDocument, OverlayDocument
from service.documents.records import Line
from service.reports.rows import family_slug
from service.reports.summary import DETECTABLE


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """One line on both photos.

    Parameters
    ----------
    measurands : codes that it shows, parted by blanks.
    before, after : path data; empty where that photo has no such line.
    """

    id: str
    family: str
    measurands: str
    side: Side | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FamilySwitch:
    """Shows or hides the lines of one family; ``on`` at first where something of it changed detectably."""

    slug: str
    words: Family
    on: bool


def drawn_lines(document: ComparisonDocument) -> tuple[DrawnLine, ...]:
    """Turn each overlay into path data."""
    return tuple(
        DrawnLine(
            id=f"line-{number}",
            family=family_slug(_family(overlay)),
            measurands=" ".join(overlay.measurands),
            side=overlay.side,
            before=path_data(overlay.before),
            after=path_data(overlay.after),
        )
        for number, overlay in enumerate(document.overlays)
        if overlay.measurands
    )


def family_switches(document: ComparisonDocument) -> tuple[FamilySwitch, ...]:
    """One switch for each family that has a line."""
    drawn = {_family(overlay) for overlay in document.overlays if overlay.measurands}
    changed = {change.family for change in document.changes if change.verdict in DETECTABLE}
    return tuple(FamilySwitch(family_slug(family), family, family in changed) for family in Family if family in drawn)


def path_data(line: Line) -> str:
    """A polyline as path data, to a tenth of a pixel."""
    return "" if not line else "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line)


def _family(overlay: OverlayDocument) -> Family:
    return MEASURANDS[overlay.measurands[0]].family
