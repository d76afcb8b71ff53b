"""From the documents of photos and pairs to what a study's statistics take."""

from collections.abc import Mapping

from models.comparison import Comparable
from models.repeatability import Cell, Recapture, RecapturePair
from service.documents import ComparisonDocument, MeasurementDocument, RefusedDocument


def recapture(key: str, person: str, document: MeasurementDocument, group: str = "") -> Recapture:
    """The photo with all that it shows by itself."""
    values: Mapping[Cell, float] = {
        Cell(one.measurand, one.side): one.value for one in document.measurements if one.value is not None
    }
    return Recapture(key, person, group, values)


def recapture_pair(before: str, after: str, document: ComparisonDocument | RefusedDocument) -> RecapturePair:
    """The pair with what changed in it, None for each figure that was refused; nothing where a photo was."""
    if not isinstance(document, ComparisonDocument):
        return RecapturePair(before, after, {})
    return RecapturePair(before, after, {Cell(one.measurand, one.side): one.change for one in document.changes})


def why_incomparable(document: ComparisonDocument | RefusedDocument) -> str:
    """Why the pair gave nothing at all; empty where it gave something."""
    if isinstance(document, RefusedDocument):
        return document.refused.says
    stopped = document.comparability.verdict is Comparable.NOT_COMPARABLE
    return " ".join(flag.says for flag in document.comparability.flags) if stopped else ""
