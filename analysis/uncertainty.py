"""How sure a change is: the parts of its standard uncertainty that all measures share.

Each measure adds its own noise term; what two photos' conditions cost is a coefficient times their difference, measured
on rendered faces with known truth and stated beside each coefficient.
"""

from dataclasses import dataclass
from typing import Final

from models.comparison import POSE_TERM, ErrorTerm

COVERAGE_FACTOR: Final = 1.96
"""Half width of a 95 % interval in standard uncertainties; the terms are not estimated from few degrees of freedom."""

_NOTHING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class PoseCost:
    """What one degree of pose difference costs a measure, in its unit: depth errors of the mesh seen from aside."""

    per_pitch_degree: float
    per_yaw_degree: float

    def term(self, pitch_deg: float, yaw_deg: float) -> ErrorTerm:
        """The term for these differences."""
        cost = ((self.per_pitch_degree * pitch_deg) ** 2 + (self.per_yaw_degree * yaw_deg) ** 2) ** 0.5
        return ErrorTerm(POSE_TERM, cost)


def clear_share(found: float, spread: float) -> float:
    """Share of a figure, 0 to 1, that stands out from its own spread, so that noise alone corrects nothing.

    Positive-part shrinkage: James & Stein 1961, Proc. 4th Berkeley Symp. 1:361.
    """
    return max(0.0, 1 - (spread / max(abs(found), _NOTHING)) ** 2)
