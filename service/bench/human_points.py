"""Points that people placed on a photo: ``.tem`` files with the 189-point template of the Face Research Lab.

The first line is the count, then one ``x y`` a line in pixels of the photo. Template: DeBruine & Jones 2017, Face
Research Lab London Set. Only what a measurand needs is read; left and right are the subject's, whose right is on the
picture's left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from models.anatomy import Side
from models.arrays import FloatArray

_POINTS: Final = 189
_RIGHT, _LEFT = Side.RIGHT, Side.LEFT

_PUPIL: Final[Mapping[Side, int]] = MappingProxyType({_RIGHT: 0, _LEFT: 1})
_IRIS_ENDS: Final = MappingProxyType({_RIGHT: (4, 8), _LEFT: (12, 16)})
"""The iris' points at three and nine o'clock; those at the top lie on the lid."""
_UPPER_LID: Final = MappingProxyType({_RIGHT: (18, 19, 20, 21, 22), _LEFT: (27, 26, 25, 24, 23)})
_LOWER_LID: Final = MappingProxyType({_RIGHT: (18, 28, 29, 30, 22), _LEFT: (27, 33, 32, 31, 23)})
_JAW: Final = MappingProxyType({_RIGHT: (125, 126, 127, 128, 129), _LEFT: (133, 132, 131, 130, 129)})
_FOLD: Final = MappingProxyType({_RIGHT: (158, 159, 160), _LEFT: (161, 162, 163)})


@dataclass(frozen=True, slots=True, eq=False)
class HumanPoints:
    """One photo's points (189, 2), in its pixels."""

    points: FloatArray

    def pupil(self, side: Side) -> FloatArray:
        """Centre of the pupil, (2,)."""
        return np.asarray(self.points[_PUPIL[side]])

    def iris_width(self, side: Side) -> float:
        """Horizontal width of the iris."""
        one, other = (self.points[index] for index in _IRIS_ENDS[side])
        return float(np.linalg.norm(one - other))

    def upper_lid(self, side: Side) -> FloatArray:
        """The margin from the outer to the inner canthus, (5, 2)."""
        return np.asarray(self.points[list(_UPPER_LID[side])])

    def lower_lid(self, side: Side) -> FloatArray:
        """The margin from the outer to the inner canthus, (5, 2)."""
        return np.asarray(self.points[list(_LOWER_LID[side])])

    def jaw(self, side: Side) -> FloatArray:
        """The outline from below the ear to the middle of the chin, (5, 2)."""
        return np.asarray(self.points[list(_JAW[side])])

    def fold(self, side: Side) -> FloatArray:
        """The nasolabial fold downward, (3, 2)."""
        return np.asarray(self.points[list(_FOLD[side])])


def human_points_beside(photo: Path) -> HumanPoints | None:
    """The points in the ``.tem`` file beside a photo; None where there is none.

    Raises
    ------
    ValueError
        When the file is there and is not such a template.
    """
    file = photo.with_suffix(".tem")
    return read_points(file.read_text(encoding="utf-8"), file.name) if file.is_file() else None


def read_points(text: str, name: str) -> HumanPoints:
    """The points of a ``.tem`` file's text."""
    lines = text.splitlines()
    try:
        points = np.array([[float(number) for number in line.split()[:2]] for line in lines[1 : _POINTS + 1]])
    except ValueError:
        points = np.empty(0)
    if not lines or lines[0].strip() != str(_POINTS) or points.shape != (_POINTS, 2):
        raise ValueError(f"{name} is not a template of {_POINTS} points.")
    return HumanPoints(points)
