"""Several photos of one visit: the best matched pair is shown, and the change is averaged over the good frames.

A frame that a flag stops is left out while another is there. Of the rest the best matched are compared, each before
with each after, and each measurand's change is averaged over the pairs that carry it (:mod:`analysis.burst_average`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from analysis.burst_average import FramePair, averaged_changes
from analysis.family_wise import with_family_p
from models.analysis import PhotoAnalysis
from models.burst import BurstComparison, Frame, FrameUse, Which
from models.comparison import Comparable, PairComparison

FRAMES_AVERAGED: Final = 3
"""Of each visit: a fourth would take a further seventh off the noise, and a third more time."""
_SEVERAL: Final = "Another photo of this visit matches better, and enough others do to average."
_UNCORRECTED: Final = "Another photo of this visit has contours placed by hand; changes are measured from those."

_DEGREES: Final = 1.5
_EXPRESSION: Final = 0.1
_JAW_OPEN: Final = 0.05
_GAZE: Final = 0.1
_DISTANCE: Final = 0.06
"""The differences between two photos at which each begins to cost: the gates that are told."""

Compare = Callable[[PhotoAnalysis, PhotoAnalysis], PairComparison]


def compare_bursts(
    before: Mapping[int, PhotoAnalysis], after: Mapping[int, PhotoAnalysis], compare: Compare
) -> BurstComparison:
    """What changed between two visits of which several photos may have been taken.

    Parameters
    ----------
    before, after : the photos that can be measured at all, by their place among those given.
    compare : :func:`analysis.pipeline.compare_photos`.
    """
    kept_before, out_before = _fit("before", before)
    kept_after, out_after = _fit("after", after)
    chosen_before, more_before = _best_matched("before", kept_before, kept_after.values())
    chosen_after, more_after = _best_matched("after", kept_after, chosen_before.values())
    pairs = [FramePair(i, j, compare(chosen_before[i], chosen_after[j])) for i in chosen_before for j in chosen_after]
    shown = min(pairs, key=lambda pair: _rank(pair, chosen_before, chosen_after))
    good = [pair for pair in pairs if pair.comparison.comparability.verdict is not Comparable.NOT_COMPARABLE] or [shown]
    frames = (*out_before, *more_before, *out_after, *more_after)
    uses = (*_uses("before", chosen_before, pairs, good, shown), *_uses("after", chosen_after, pairs, good, shown))
    return BurstComparison(
        chosen_before[shown.before],
        chosen_after[shown.after],
        replace(shown.comparison, changes=with_family_p(averaged_changes(shown, good))),
        tuple(sorted((*frames, *uses), key=lambda frame: (frame.which == "after", frame.index))),
    )


def mismatch(before: PhotoAnalysis, after: PhotoAnalysis) -> float:
    """How differently two photos were taken: pose, expression, gaze and distance, each in units of its gate."""
    pose = [(b - a) / _DEGREES for b, a in zip(_pose(before), _pose(after), strict=True)]
    muscles = [(b - a) / _EXPRESSION for b, a in zip(_muscles(before), _muscles(after), strict=True)]
    mouth = (before.expression.jaw_open - after.expression.jaw_open) / _JAW_OPEN
    gaze = [(b - a) / _GAZE for b, a in zip(before.expression.gaze, after.expression.gaze, strict=True)]
    nearer = (before.scale_px.px_per_mm / after.scale_px.px_per_mm - 1) / _DISTANCE if _one_lens(before, after) else 0.0
    return float(sum(part**2 for part in (*pose, *muscles, mouth, *gaze, nearer)))


def _pose(photo: PhotoAnalysis) -> tuple[float, float]:
    return photo.landmarks.pose.yaw, photo.landmarks.pose.pitch


def _muscles(photo: PhotoAnalysis) -> tuple[float, float, float]:
    return photo.expression.smile, photo.expression.squint, photo.expression.brow_raise


def _one_lens(before: PhotoAnalysis, after: PhotoAnalysis) -> bool:
    same_size = sorted(before.photo.size_px) == sorted(after.photo.size_px)
    return same_size and before.photo.focal_length_mm == after.photo.focal_length_mm


def _fit(which: Which, photos: Mapping[int, PhotoAnalysis]) -> tuple[dict[int, PhotoAnalysis], tuple[Frame, ...]]:
    """The photos that nothing stops, or those that least stops where every one is stopped; and why not the others.

    Contours placed by hand are what a change is measured from: beside such a photo, the visit's others are left out.
    """
    least = min(_stopped(photo) for photo in photos.values())
    by_hand = any(photo.corrections for photo in photos.values())
    reasons = {
        index: _UNCORRECTED if by_hand else _first_stop(photo)
        for index, photo in photos.items()
        if (by_hand and not photo.corrections) or (not by_hand and _stopped(photo) > least)
    }
    left_out = tuple(Frame(which, index, FrameUse.LEFT_OUT, reason) for index, reason in reasons.items())
    return {index: photo for index, photo in photos.items() if index not in reasons}, left_out


def _stopped(photo: PhotoAnalysis) -> int:
    return len(frozenset().union(*(flag.stops for flag in photo.quality.flags)))


def _first_stop(photo: PhotoAnalysis) -> str:
    return max(photo.quality.flags, key=lambda flag: len(flag.stops)).says


def _best_matched(
    which: Which, photos: Mapping[int, PhotoAnalysis], others: Collection[PhotoAnalysis]
) -> tuple[dict[int, PhotoAnalysis], tuple[Frame, ...]]:
    nearest = {index: min(mismatch(photo, other) for other in others) for index, photo in photos.items()}
    best = sorted(photos, key=lambda index: nearest[index])[:FRAMES_AVERAGED]
    left_out = tuple(Frame(which, index, FrameUse.LEFT_OUT, _SEVERAL) for index in photos if index not in best)
    return {index: photos[index] for index in best}, left_out


def _rank(
    pair: FramePair, before: Mapping[int, PhotoAnalysis], after: Mapping[int, PhotoAnalysis]
) -> tuple[int, float]:
    """Least stopped first, then least different."""
    stopped = frozenset().union(*(flag.stops for flag in pair.comparison.comparability.flags))
    return len(stopped), mismatch(before[pair.before], after[pair.after])


def _uses(
    which: Which,
    photos: Mapping[int, PhotoAnalysis],
    pairs: Sequence[FramePair],
    good: Sequence[FramePair],
    shown: FramePair,
) -> tuple[Frame, ...]:
    used = {pair.index(which) for pair in good}
    frames = []
    for index in photos:
        if index == shown.index(which):
            frames.append(Frame(which, index, FrameUse.SHOWN))
        elif index in used:
            frames.append(Frame(which, index, FrameUse.AVERAGED))
        else:
            its = next(pair for pair in pairs if pair.index(which) == index)
            says = " ".join(flag.says for flag in its.comparison.comparability.flags if flag.stops)
            frames.append(Frame(which, index, FrameUse.LEFT_OUT, says))
    return tuple(frames)
