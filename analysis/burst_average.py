"""The mean of one change over several pairs of frames, with an uncertainty that keeps shared errors shared.

Each pair i, j of a before and an after gives a change. Its noise comes half from either photo, so the mean over pairs
loses noise only as far as it has different befores and different afters. The head's pose enters with its sign: frames
turned to both sides cancel, frames turned alike do not. All else is taken as the same in every pair. Where the frames
scatter more than their noise says, the scatter counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from models.arrays import FloatArray
from models.burst import Which
from models.comparison import POSE_TERM, Change, ErrorTerm, MeasuredChange, PairComparison

NOISE: Final = frozenset(
    {
        "skin texture and noise",
        "skin texture",
        "disagreement of two methods",
        "two ways differ",
        "ends of the crease",
        "silhouette",
        "edge",
        "tracking",
        "focus",
    }
)
"""Sources that are drawn anew with each photo."""
SCATTER: Final = "frames differ"


@dataclass(frozen=True, slots=True, eq=False)
class FramePair:
    """One before and one after, by their places among those given, compared."""

    before: int
    after: int
    comparison: PairComparison

    def index(self, which: Which) -> int:
        """The place of one of the two."""
        return self.before if which == "before" else self.after

    @property
    def turn_deg(self) -> FloatArray:
        """(yaw, pitch) from before to after."""
        alignment = self.comparison.alignment
        return np.zeros(2) if alignment is None else np.array([alignment.yaw_deg, alignment.pitch_deg])


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """One change as one pair gave it."""

    pair: FramePair
    result: MeasuredChange

    def size(self, sources: Iterable[str]) -> float:
        """Root sum of squares of the error terms from ``sources``."""
        chosen = set(sources)
        return float(sum(t.standard_uncertainty**2 for t in self.result.error_terms if t.source in chosen) ** 0.5)


def averaged_changes(shown: FramePair, pairs: Sequence[FramePair]) -> tuple[Change, ...]:
    """Every change of the shown pair, averaged over those of ``pairs`` that carry it; refused where none does."""
    return tuple(_averaged(place, change, pairs) for place, change in enumerate(shown.comparison.changes))


def _averaged(place: int, shown: Change, pairs: Sequence[FramePair]) -> Change:
    found = [
        _Measured(pair, result)
        for pair in pairs
        if isinstance(result := pair.comparison.changes[place].result, MeasuredChange)
    ]
    if not found or (len(found) == 1 and found[0].result is shown.result):
        return shown
    base = shown.result if isinstance(shown.result, MeasuredChange) else found[0].result
    return replace(shown, result=_mean(base, found))


def _mean(base: MeasuredChange, found: Sequence[_Measured]) -> MeasuredChange:
    weights = _weights(found)
    changes = np.array([one.result.change for one in found])
    change = float(weights @ changes)
    noise = _noise(found, weights)
    terms = [ErrorTerm(source, size) for source, size in _shared(found, weights)]
    if noise > 0:
        terms.insert(0, ErrorTerm("noise of the frames", noise))
    scatter = _scatter(found, changes)
    if scatter > noise:
        terms.append(ErrorTerm(SCATTER, float(np.sqrt(scatter**2 - noise**2))))
    before, before_log, after_log = (
        _mean_of([getattr(one.result, name) for one in found], weights)
        for name in ("before", "before_log", "after_log")
    )
    assert before is not None  # noqa: S101  each measured change has one
    return replace(
        base, before=before, change=change, error_terms=tuple(terms), before_log=before_log, after_log=after_log
    )


def _weights(found: Sequence[_Measured]) -> FloatArray:
    """By the inverse variance of what differs between the pairs."""
    own = np.array([one.size(NOISE | {POSE_TERM}) for one in found])
    weight = 1 / np.maximum(own, own.max() / 3 + 1e-9) ** 2
    return np.asarray(weight / weight.sum())


def _noise(found: Sequence[_Measured], weights: FloatArray) -> float:
    """Standard uncertainty of the mean: half of each pair's noise variance is its before's, half its after's."""
    noise = weights * np.array([one.size(NOISE) for one in found])
    variance = 0.0
    for which in ("before", "after"):
        of_frame: dict[int, float] = {}
        for one, part in zip(found, noise, strict=True):
            index = one.pair.index(which)
            of_frame[index] = of_frame.get(index, 0.0) + float(part)
        variance += sum(part**2 for part in of_frame.values()) / 2
    return float(variance**0.5)


def _shared(found: Sequence[_Measured], weights: FloatArray) -> Iterable[tuple[str, float]]:
    """Terms that all pairs share, each the weighted mean of the pairs' own; the pose's with its direction."""
    for source in dict.fromkeys(term.source for one in found for term in one.result.error_terms):
        if source == POSE_TERM:
            yield POSE_TERM, _pose(found, weights)
        elif source not in NOISE:
            yield source, float(weights @ np.array([one.size((source,)) for one in found]))


def _pose(found: Sequence[_Measured], weights: FloatArray) -> float:
    """A depth error's cost is proportional to the turn, sign included, so the mean's is that of the mean turn."""
    cost = np.array([one.size((POSE_TERM,)) for one in found])
    turns = np.array([one.pair.turn_deg for one in found])
    lengths = np.linalg.norm(turns, axis=1, keepdims=True)
    directed = cost[:, None] * turns / np.maximum(lengths, 1e-9)
    return float(np.linalg.norm(weights @ directed))


def _scatter(found: Sequence[_Measured], changes: FloatArray) -> float:
    """Standard error of the mean as the frames themselves show it: between befores and between afters."""
    variance = 0.0
    for which in ("before", "after"):
        frames = {one.pair.index(which) for one in found}
        means = np.array(
            [
                np.mean([c for one, c in zip(found, changes, strict=True) if one.pair.index(which) == frame])
                for frame in frames
            ]
        )
        if len(means) > 1:
            variance += float(means.var(ddof=1)) / len(means)
    return float(variance**0.5)


def _mean_of(values: Sequence[float | None], weights: FloatArray) -> float | None:
    known = [value for value in values if value is not None]
    return None if len(known) < len(values) else float(weights @ np.array(known))
