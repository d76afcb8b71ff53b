"""Which photos of a series count for nothing, and why.

A photo that cannot be measured, or not be compared with the reference, is out. So is one of which most measures are
refused that the other photos carry: it was taken so unlike them that the few figures left are the luckiest ones, and
not the soundest.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from models.comparison import ChangeRefused
from models.series import SeriesPair, SeriesPhoto

_CARRIES_TOO_LITTLE: Final = 0.5
"""Of what the series' middle photo carries."""


def exclusions(photos: Sequence[SeriesPhoto], reference: str | None, pairs: Sequence[SeriesPair]) -> Mapping[str, str]:
    """Why photos are excluded, by their keys; photos that count are not in it."""
    with_reference = {pair.after: pair for pair in pairs if pair.before == reference}
    found = {photo.key: photo.unusable for photo in photos if photo.unusable}
    found |= {key: pair.incomparable for key, pair in with_reference.items() if pair.incomparable}
    carried = {key: _carried(pair) for key, pair in with_reference.items() if key not in found}
    least = _CARRIES_TOO_LITTLE * median(carried.values()) if carried else 0.0
    return found | {key: _most_frequent(with_reference[key]) for key, share in carried.items() if share < least}


def _carried(pair: SeriesPair) -> float:
    """Share of the measures that the comparison tells."""
    told = [not isinstance(change.result, ChangeRefused) for change in pair.changes]
    return sum(told) / len(told) if told else 0.0


def _most_frequent(pair: SeriesPair) -> str:
    reasons = Counter(change.result.reason for change in pair.changes if isinstance(change.result, ChangeRefused))
    ((reason, _),) = reasons.most_common(1)
    return f"Most measures cannot be told from this photo. {reason}"
