"""Every change between two photos, each measured or refused with its reason, and what they add up to."""

from collections.abc import Iterator, Mapping
from typing import Final

from analysis.aligned_frame import align_by_landmarks, align_by_skin
from analysis.alignment import LARGEST_SPREAD_MM
from analysis.comparability import judge_pair, verdict_of
from analysis.controls import negative_controls
from analysis.eye_tracking import TrackedEye, iris_rises_mm
from analysis.family_wise import with_family_p
from analysis.measures.brow import brow_change
from analysis.measures.canthi import tilt_change
from analysis.measures.eyelids import eyelid_changes
from analysis.measures.jawline import jawline_change, prominence_change, width_change
from analysis.measures.nasolabial_fold import fold_changes
from analysis.measures.periorbital_lines import lines_change
from analysis.measures.symmetry import asymmetry_changes
from analysis.overlay import overlay_lines
from analysis.registered_pair import RegisteredPair
from models.alignment import AlignmentRefused
from models.analysis import PhotoAnalysis
from models.anatomy import Side
from models.comparison import (
    Change,
    ChangeRefused,
    Comparability,
    Comparable,
    NegativeControl,
    PairComparison,
)
from models.measurand import MEASURANDS, MeasurandCode, Unit
from models.measurement import Estimate, NotAssessable
from models.quality import Flag, FlagCode

_CONTROL_LIMIT_MM: Final = 0.30


def compare_registered(pair: RegisteredPair) -> PairComparison:
    """All that a registered pair carries."""
    controls = negative_controls(pair)
    eyes = {side: TrackedEye.of(pair, side) for side in Side}
    comparability = judge_pair(pair, iris_rises_mm(pair, eyes.values()))
    flags = (*comparability.flags, *_moved_controls(controls))
    sides = [_gated(change, flags, pair) for change in _changes(pair, eyes)]
    differences = [_gated(change, flags, pair) for change in asymmetry_changes(pair, sides)]
    changes = with_family_p([*sides, *differences])
    alignment = align_by_skin(pair)
    return PairComparison(
        Comparability(verdict_of(flags), flags),
        alignment,
        changes,
        controls,
        overlay_lines(pair.before, pair.after, alignment),
    )


def not_comparable(before: PhotoAnalysis, after: PhotoAnalysis, flag: Flag, reason: str) -> PairComparison:
    """What is left to say when nothing can be compared: both photos side by side, and why."""
    changes = tuple(
        _stopped(Change(measurement.measurand, measurement.side, _only_before(measurement.result)), reason)
        for measurement in before.measurements
    )
    alignment = align_by_landmarks(before, after)
    return PairComparison(
        Comparability(Comparable.NOT_COMPARABLE, (flag,)),
        alignment,
        changes,
        (),
        overlay_lines(before, after, alignment),
    )


def alignment_flag(refused: AlignmentRefused) -> Flag:
    """Why two photos could not be laid on each other, as a flag of the pair."""
    # Too few matches, or too many that go their own way: then what is left lies close, and is not the reason.
    if refused.residual_mm is None or refused.residual_mm <= LARGEST_SPREAD_MM:
        return Flag.of(FlagCode.NOT_THE_SAME_FACE)
    return Flag.of(FlagCode.ALIGNMENT_UNSURE, refused.residual_mm, LARGEST_SPREAD_MM)


def _changes(pair: RegisteredPair, eyes: Mapping[Side, TrackedEye]) -> Iterator[Change]:
    """In the catalogue's order within each side."""
    for side in Side:
        lids = eyelid_changes(pair, side, eyes[side])
        yield Change(MeasurandCode.MRD1, side, lids.mrd1)
        yield Change(MeasurandCode.MRD2, side, lids.mrd2)
        yield Change(MeasurandCode.PALPEBRAL_FISSURE_HEIGHT, side, lids.fissure)
        yield Change(MeasurandCode.BROW_HEIGHT, side, brow_change(pair, side, eyes[side]))
        yield Change(MeasurandCode.JAWLINE_CONTOUR, side, jawline_change(pair, side))
        yield Change(MeasurandCode.JOWL_PROMINENCE, side, prominence_change(pair, side))
        fold = fold_changes(pair, side)
        yield Change(MeasurandCode.NASOLABIAL_FOLD_DEPTH, side, fold.depth)
        yield Change(MeasurandCode.NASOLABIAL_FOLD_LENGTH, side, fold.length)
        yield Change(MeasurandCode.PERIORBITAL_LINES, side, lines_change(pair, side))
        yield Change(MeasurandCode.CANTHAL_TILT, side, tilt_change(pair, side))
    yield Change(MeasurandCode.LOWER_FACE_WIDTH, None, width_change(pair))


def _gated(change: Change, flags: tuple[Flag, ...], pair: RegisteredPair) -> Change:
    """The change, or why a flag of the pair or of one of its photos stops it."""
    of_pair = next((flag for flag in flags if change.measurand in flag.stops), None)
    if of_pair is not None:
        return _stopped(change, of_pair.says)
    for name, photo in (("before", pair.before), ("after", pair.after)):
        flag = photo.quality.stopping(change.measurand)
        if flag is not None:
            return _stopped(change, f"In the {name} photo: {flag.says}")
    return change


def _stopped(change: Change, reason: str) -> Change:
    # A ratio has no "before" of its own: it is 100 only when there is an after.
    ratio = MEASURANDS[change.measurand].change_unit is Unit.PERCENT
    return Change(change.measurand, change.side, ChangeRefused(reason, None if ratio else change.result.before))


def _moved_controls(controls: tuple[NegativeControl, ...]) -> Iterator[Flag]:
    """A still region that moved clearly, and by more than a measure could bear, makes the pair suspect."""
    moved = [
        abs(control.change)
        for control in controls
        if abs(control.change) > _CONTROL_LIMIT_MM and control.ci95[0] * control.ci95[1] > 0
    ]
    if moved:
        yield Flag.of(FlagCode.CONTROL_MOVED, max(moved), _CONTROL_LIMIT_MM)


def _only_before(result: Estimate | NotAssessable) -> ChangeRefused:
    return ChangeRefused("", result.value if isinstance(result, Estimate) else None)
