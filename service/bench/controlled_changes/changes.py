"""What is changed on a face, by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.anatomy import Side


@dataclass(frozen=True, slots=True)
class SideChange:
    """What is done to one side; nothing by default.

    Parameters
    ----------
    upper_lid_mm : how far the margin rises, negative sinks.
    jowl_mm : outward at the jowl's middle.
    fold_percent, lines_percent : of their shading, negative softens.
    """

    upper_lid_mm: float = 0.0
    jowl_mm: float = 0.0
    fold_percent: float = 0.0
    lines_percent: float = 0.0


NO_CHANGE: Final[Mapping[Side, SideChange]] = MappingProxyType({side: SideChange() for side in Side})
