"""Several photos of one visit and view: which of them are shown, which are averaged, and which are left out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from models.analysis import PhotoAnalysis
from models.comparison import PairComparison

Which = Literal["before", "after"]


class FrameUse(StrEnum):
    """What became of one photo of a burst."""

    SHOWN = "shown"
    """The best matched: the pair is shown and described by it, and its figures are averaged with the others'."""
    AVERAGED = "averaged"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Frame:
    """One photo of a burst, by its place among those given.

    Parameters
    ----------
    reason : why it was left out, in one sentence for the reader; empty where it was not.
    """

    which: Which
    index: int
    use: FrameUse
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class BurstComparison:
    """What two bursts carry together.

    Parameters
    ----------
    before, after : the photos that are shown.
    comparison : of the shown pair, its changes averaged over all pairs of good frames.
    frames : every photo that was given.
    """

    before: PhotoAnalysis
    after: PhotoAnalysis
    comparison: PairComparison
    frames: tuple[Frame, ...]
