"""Which photos of a study are compared with each other."""

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby
from typing import Final

import numpy as np

from models.repeatability import Recapture

ALL_PAIRS_UP_TO: Final = 10
"""Photos of one person, and set, up to which each is compared with each."""
_PARTNERS: Final = 4
"""Of more photos each is compared with so many others ahead of it, round a ring, which keeps 8/9 of what all pairs
say (:func:`analysis.repeatability.within.degrees_of_freedom`)."""
_FEWEST: Final = 3
_ROWS_AT_ONCE: Final = 3
"""Analysis processes remember the last four photos: three rows are swept together, so that each photo of the others is
looked at once for all three."""


def why_too_few(counts: Sequence[int]) -> str:
    """Why so many photos cannot show how much photos of one face differ; empty where they can.

    Parameters
    ----------
    counts : photos of each person, or of each person's sets.
    """
    if sum(max(0, count - 1) for count in counts) >= _FEWEST - 1:
        return ""
    photos = f"{sum(counts)} {'photo' if sum(counts) == 1 else 'photos'}"
    persons = "" if len(counts) < 2 else f" of {len(counts)} persons or sets"  # noqa: PLR2004  a plural
    return (
        f"{photos}{persons} cannot show how much photos of one face differ. Take at least three of one person, better "
        "ten; let the person stand up and sit down again between two."
    )


def pairs_to_compare(photos: Sequence[Recapture]) -> tuple[tuple[str, str], ...]:
    """Keys of the photos to compare, before and after, in an order that looks at each photo seldom.

    Within each person's set: every pair of up to ten photos, otherwise a number of pairs that grows with the photos.
    Between two sets of one person: the first photo of the one with the first of the other, and so on.
    """
    sets = [tuple(photo.key for photo in one) for _, one in groupby(_sorted(photos), _set_of)]
    within = [pair for keys in sets for pair in _swept(keys, set(_within(len(keys))))]
    return (*within, *matched_pairs(photos))


def matched_pairs(photos: Sequence[Recapture]) -> tuple[tuple[str, str], ...]:
    """Photos of two sets of one person, matched by their order; the set whose name sorts first is the before."""
    pairs: list[tuple[str, str]] = []
    for _, person in groupby(_sorted(photos), lambda photo: photo.person):
        sets = [[photo.key for photo in one] for _, one in groupby(person, _set_of)]
        if len(sets) == 2:  # noqa: PLR2004  only two sets can be held against each other
            pairs += zip(*sets, strict=False)
    return tuple(pairs)


def _within(count: int) -> Iterator[tuple[int, int]]:
    if count <= ALL_PAIRS_UP_TO:
        yield from combinations(range(count), 2)
        return
    # From the next photo to the one half round, so that slow drift counts as much as it does over all pairs.
    for step in np.linspace(1, (count - 1) // 2, _PARTNERS).round().astype(int).tolist():
        for first in range(count):
            second = (first + step) % count
            yield min(first, second), max(first, second)


def _swept(keys: Sequence[str], wanted: set[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    for top in range(0, len(keys), _ROWS_AT_ONCE):
        for column in range(top, len(keys)):
            for row in range(top, min(top + _ROWS_AT_ONCE, column)):
                if (row, column) in wanted:
                    yield keys[row], keys[column]


def _sorted(photos: Sequence[Recapture]) -> list[Recapture]:
    """By person and set; the photos of each in the order in which they were given."""
    return sorted(photos, key=_set_of)


def _set_of(photo: Recapture) -> tuple[str, str]:
    return photo.person, photo.group
