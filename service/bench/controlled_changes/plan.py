"""Which changes are made on a photo: drawn at random, the same for the same file and seed on every machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from models.anatomy import Side
from service.bench.controlled_changes.changes import NO_CHANGE, SideChange
from service.bench.controlled_changes.nuisance import Grade
from service.bench.controlled_changes.shading import DrawnLine, draw_lines


class Kind(StrEnum):
    """What is changed in a pair."""

    NOTHING = "nothing"
    LIDS = "lids"
    LOWER_FACE = "lower face"


@dataclass(frozen=True, slots=True)
class PlannedPair:
    """One pair to be made of a photo.

    Parameters
    ----------
    grade : of the second photo; the first is always within the protocol.
    rng : draws the depth's error, which belongs to the head and so to both photos, and each photo's conditions.
    fold_marked_percent : by how much both folds are deepened in both photos.
    lines : what is drawn beside each eye in both photos.
    """

    grade: Grade
    changes: Mapping[Side, SideChange]
    fold_marked_percent: float
    lines: Mapping[Side, tuple[DrawnLine, ...]]
    rng: np.random.Generator


_STILL: Final = 1 / 3
"""Share of sides on which nothing is done in a pair that has a change."""
_UPPER_LID_MM: Final = (0.15, 1.2)
_JOWL_MM: Final = (0.3, 1.8)
_FOLD_MARKED_PERCENT: Final = (0.0, 60.0)
"""Half of the pairs show the folds that people have, half of them deeper ones: most people photographed are young."""
_PERCENT: Final = (10.0, 60.0)
"""Sizes, of either sign: from hardly detectable to plain."""


def planned_pair(digest: str, kind: Kind, grade: Grade, seed: int) -> PlannedPair:
    """One pair of a photo.

    Parameters
    ----------
    digest : SHA-256 of the photo's file, hex. Who is shown plays no part.
    seed : another one draws other changes and other conditions.
    """
    rng = np.random.default_rng([int(digest[:16], 16), seed, list(Kind).index(kind), list(Grade).index(grade)])
    return PlannedPair(
        grade=grade,
        changes=_drawn(kind, rng),
        fold_marked_percent=float(rng.choice(_FOLD_MARKED_PERCENT)),
        lines={side: draw_lines(rng) for side in Side},
        rng=rng,
    )


def _drawn(kind: Kind, rng: np.random.Generator) -> Mapping[Side, SideChange]:
    if kind is Kind.NOTHING:
        return NO_CHANGE
    draw = _lids if kind is Kind.LIDS else _lower_face
    return MappingProxyType({side: draw(rng) for side in Side})


def _lids(rng: np.random.Generator) -> SideChange:
    return SideChange(upper_lid_mm=_size(rng, _UPPER_LID_MM))


def _lower_face(rng: np.random.Generator) -> SideChange:
    return SideChange(
        jowl_mm=_size(rng, _JOWL_MM), fold_percent=_size(rng, _PERCENT), lines_percent=_size(rng, _PERCENT)
    )


def _size(rng: np.random.Generator, sizes: tuple[float, float]) -> float:
    """Nothing, or something of either sign."""
    size, sign, still = rng.uniform(*sizes), rng.choice((-1.0, 1.0)), rng.uniform() < _STILL
    return 0.0 if still else float(size * sign)
