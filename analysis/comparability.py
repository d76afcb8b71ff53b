"""Whether two photos of one face can be compared, and what each difference between them stops.

Every gate belongs to measures: light stops folds and not lids. A difference has two limits: from the first on it is
told, and the intervals carry its cost; from the second on it stops measures.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.registered_pair import RegisteredPair
from analysis.tone import light_difference, sharpness_ratio
from models.anatomy import Landmark, Midline, Side
from models.comparison import Comparability, Comparable
from models.measurand import MEASURANDS, Family, MeasurandCode, with_asymmetry
from models.quality import FLAGS, Favours, Flag, FlagCode

_JAW_AND_FOLD: Final = with_asymmetry(
    code for code, entry in MEASURANDS.items() if entry.family in {Family.JAWLINE, Family.NASOLABIAL_FOLD}
)
_BROW: Final = with_asymmetry({MeasurandCode.BROW_HEIGHT})
_AWAY_FROM_THE_EYES: Final = _JAW_AND_FOLD | _BROW
"""What lies before or behind the plane of the eyes, so that parallax moves it against them."""
_NOTHING: Final = frozenset[MeasurandCode]()
TOLD_POSE_DEG: Final = 1.5
"""From this difference of yaw or pitch on it is told."""
DEGREES_PER_MM_OF_IRIS: Final = 1 / 0.18
"""An eye of 10.5 mm from its centre of rotation to the iris turns the pupil by 0.18 mm a degree."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Two limits of one difference.

    Parameters
    ----------
    tells, stops : the difference from which on it is told, and from which on it stops ``stopped``.
    stopped : None for all that the catalogue lets the flag stop.
    """

    code: FlagCode
    tells: float
    stops: float
    stopped: frozenset[MeasurandCode] | None = None

    def flag(self, difference: float, favours: Favours | None = None) -> Iterator[Flag]:
        """The flag for a signed or unsigned difference; none below the first limit."""
        size = abs(difference)
        if size > self.stops:
            stopped = FLAGS[self.code].stops if self.stopped is None else self.stopped
            yield Flag(self.code, size, self.stops, stopped, favours)
        elif size > self.tells:
            yield Flag(self.code, size, self.tells, _NOTHING, favours)


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between the photos of a pair, whether or not it reaches its gate.

    Parameters
    ----------
    value : signed where it has a direction, in the unit of the gate's flag.
    favours : the photo that it flatters; None where it flatters none or is not known.
    first : the gate that is met first, where there are two.
    """

    gate: Gate
    value: float
    favours: Favours | None = None
    first: Gate | None = None

    @property
    def limit(self) -> float:
        """From which value on it is told."""
        return (self.first or self.gate).tells

    def flags(self) -> Iterator[Flag]:
        """The flag that it raises, if it does."""
        return self.gate.flag(self.value, self.favours)


# From 2.5 degrees on the mesh's depth errors at the jaw exceed 0.3 mm; from 4 degrees on the eyes' own parallax and the
# skin's foreshortening are no longer those the intervals were checked on.
_POSE_GATES: Final = (
    (Gate(FlagCode.PITCH_DIFFERS, TOLD_POSE_DEG, 2.5, _AWAY_FROM_THE_EYES), Gate(FlagCode.PITCH_DIFFERS, 4.0, 4.0)),
    (Gate(FlagCode.YAW_DIFFERS, TOLD_POSE_DEG, 2.5, _AWAY_FROM_THE_EYES), Gate(FlagCode.YAW_DIFFERS, 4.0, 4.0)),
)
# Lips of a face at rest come back to within 0.75 mm (RMS over their outline, the head's motion taken out; 23 rendered
# pairs); those of 33 people who smiled the second time moved by 1.6 mm and more, closed-lipped smiles among them.
_LIPS = Gate(FlagCode.EXPRESSION_DIFFERS, 1.0, 1.5)
SMILE: Final = Gate(FlagCode.EXPRESSION_DIFFERS, 0.10, 0.20)
JAW_OPEN: Final = Gate(FlagCode.EXPRESSION_DIFFERS, 0.06, 0.10, _JAW_AND_FOLD)
SQUINT: Final = Gate(FlagCode.EXPRESSION_DIFFERS, 0.20, 0.35)
BROW_RAISE: Final = Gate(FlagCode.EXPRESSION_DIFFERS, 0.20, 0.35, _BROW)
# At half the distance perspective alone opens or closes an eye by half a millimetre.
DISTANCE: Final = Gate(FlagCode.DISTANCE_DIFFERS, 8.0, 15.0, _AWAY_FROM_THE_EYES)
_DISTANCE_WHOLLY = Gate(FlagCode.DISTANCE_DIFFERS, 40.0, 40.0, frozenset(MeasurandCode))
_GAZE = Gate(FlagCode.GAZE_DIFFERS, 2.0, 3.5)
# Beyond 1.4 blur alone moves a lid or a brow by 0.06-0.09 mm, more than the intervals' term for it covers.
_SHARPNESS = Gate(FlagCode.SHARPNESS_DIFFERS, 1.25, 1.4)
_LIGHT = Gate(FlagCode.LIGHT_DIFFERS, 0.12, 0.20)
_ALIGNMENT = Gate(FlagCode.ALIGNMENT_UNSURE, 0.20, 0.30)


def judge_pair(pair: RegisteredPair, iris_rise_mm: Iterable[float]) -> Comparability:
    """Every difference between the two photos that costs accuracy, and what it stops.

    Parameters
    ----------
    iris_rise_mm : how far each iris that was found again rose against the skull, mm; tells a change of gaze beyond
        what the head's own pitch explains.
    """
    told = [*differences(pair, iris_rise_mm), Difference(_ALIGNMENT, pair.registration.residual_mm)]
    flags = _weightiest(flag for difference in told for flag in difference.flags())
    return Comparability(verdict_of(flags), flags)


def differences(pair: RegisteredPair, iris_rise_mm: Iterable[float]) -> Iterator[Difference]:
    """Every difference between the two photos that has a gate, large or small; parameters as of :func:`judge_pair`."""
    yield from _pose(pair)
    yield from _expression(pair)
    yield _distance(pair)
    yield from _gaze(pair, iris_rise_mm)
    yield Difference(_LIGHT, light_difference(pair).gradient_rms)
    yield _sharpness(pair)


def _weightiest(found: Iterable[Flag]) -> tuple[Flag, ...]:
    """One flag a code: where several figures raise it, the one that stops most."""
    chosen: dict[FlagCode, Flag] = {}
    for flag in found:
        if flag.code not in chosen or len(flag.stops) > len(chosen[flag.code].stops):
            chosen[flag.code] = flag
    return tuple(chosen.values())


def verdict_of(flags: Iterable[Flag]) -> Comparable:
    """Not comparable when nothing is left to compare; caution when something is stopped."""
    stopped = frozenset[MeasurandCode]().union(*(flag.stops for flag in flags))
    if stopped == frozenset(MeasurandCode):
        return Comparable.NOT_COMPARABLE
    return Comparable.CAUTION if stopped else Comparable.COMPARABLE


def _pose(pair: RegisteredPair) -> Iterator[Difference]:
    pitch, yaw = pair.pitch_difference_deg, pair.yaw_difference_deg
    # A raised chin stretches the skin below the jaw.
    for difference, favours, (partly, wholly) in zip((pitch, yaw), (_favours(-pitch), None), _POSE_GATES, strict=True):
        yield Difference(wholly if abs(difference) > wholly.stops else partly, difference, favours, partly)


def _expression(pair: RegisteredPair) -> Iterator[Difference]:
    before, after = pair.before.expression, pair.after.expression
    # A smile lifts the jowl and the corners of the mouth, and deepens the fold.
    lips_mm, rise_mm = _lips_moved_mm(pair)
    yield Difference(_LIPS, lips_mm, _favours(rise_mm))
    for gate, difference in (
        (SMILE, after.smile - before.smile),
        (JAW_OPEN, after.jaw_open - before.jaw_open),
        (SQUINT, after.squint - before.squint),
        (BROW_RAISE, after.brow_raise - before.brow_raise),
    ):
        yield Difference(gate, difference, _favours(difference) if gate is not JAW_OPEN else None)


def _lips_moved_mm(pair: RegisteredPair) -> tuple[float, float]:
    """RMS displacement of the lips' outline against the skull, and the mean rise of the mouth's corners."""
    before, after = pair.before.landmarks, pair.after.landmarks
    moved = (pair.from_after(after.midline(Midline.LIPS)) - before.midline(Midline.LIPS)) / pair.px_per_mm
    corners = np.array([before[Landmark.CHEILION, side] for side in Side])
    corners_after = pair.from_after(np.array([after[Landmark.CHEILION, side] for side in Side]))
    rise_mm = float(((corners_after - corners) @ before.upward).mean()) / pair.px_per_mm
    return float(np.sqrt((moved**2).sum(axis=1).mean())), rise_mm


def _distance(pair: RegisteredPair) -> Difference:
    ratio = pair.distance_ratio
    farther = 100 * (max(ratio, 1 / ratio) - 1)
    gate = _DISTANCE_WHOLLY if farther > _DISTANCE_WHOLLY.stops else DISTANCE
    # From nearer by, the jaw and the temples fall back behind the nose and the face looks slimmer.
    return Difference(gate, farther, _favours(1 - ratio), DISTANCE)


def _gaze(pair: RegisteredPair, iris_rise_mm: Iterable[float]) -> Iterator[Difference]:
    rises = list(iris_rise_mm)
    if not rises:
        return
    # Eyes that hold the camera rise in the head by a degree for each degree the chin sinks.
    turned = sum(rises) / len(rises) * DEGREES_PER_MM_OF_IRIS
    yield Difference(_GAZE, min(abs(turned), abs(turned - pair.pitch_difference_deg)))


def _sharpness(pair: RegisteredPair) -> Difference:
    ratio = sharpness_ratio(pair)
    return Difference(_SHARPNESS, max(ratio, 1 / ratio), _favours(1 - ratio))


def _favours(difference: float) -> Favours:
    """The photo that looks better where a positive difference flatters the after."""
    return Favours.AFTER if difference > 0 else Favours.BEFORE
