"""How right the changes are, and whether their intervals hold: on photos whose true change is known.

Each pair is compared as ``liftmark compare`` does it, in the analysis process. A figure counts where the pair's truth
names it; what is refused counts as refused and nowhere else.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from models.anatomy import Side
from models.comparison import Verdict
from models.measurand import MEASURANDS, MeasurandCode, Unit
from models.provenance import METHOD_VERSION
from service.bench.accuracy_truth import TruePair
from service.documents import ChangeDocument, ComparisonDocument
from service.sandbox import AnalysisWorkers

_NO_CHANGE: Final = {Unit.MILLIMETRE: 0.03, Unit.DEGREE: 0.05, Unit.PERCENT: 0.5, Unit.LOG_LUMINANCE: 0.005}
"""A true change below this counts as none: a lid of a rendered face moves so far by following the camera."""


class AccuracyRow(BaseModel):
    """One measurand over all pairs, in its change's unit; None where too little was measured.

    ``mdc95`` is 1.96 times the RMS error, bias included. ``coverage`` is the share of 95 % intervals that hold the
    truth. ``false_detectable`` is the share of true zeros that were called a change. ``wrong_and_confident`` counts
    detectable changes whose truth is of the other sign or none.
    """

    model_config = ConfigDict(frozen=True)

    measurand: MeasurandCode
    unit: Unit
    sides: int
    refused: float
    bias: float | None
    slope: float | None
    mdc95: float | None
    coverage: float | None
    zero_changes: int
    false_detectable: float | None
    wrong_and_confident: int


class AccuracyDocument(BaseModel):
    """What was found over ``pairs`` pairs, ``refused_pairs`` of which could not be analysed at all."""

    model_config = ConfigDict(frozen=True)

    method_version: str
    pairs: int
    refused_pairs: int
    rows: tuple[AccuracyRow, ...]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A true change and what was said of it; ``said`` is None where nothing could be."""

    truth: float
    said: ChangeDocument | None


def bench_accuracy(pairs: Sequence[TruePair], progress: Callable[[], None] = lambda: None) -> AccuracyDocument:
    """Compare every pair and hold what was measured against the truth.

    Parameters
    ----------
    progress : called after each pair.
    """
    outcomes: dict[MeasurandCode, list[_Outcome]] = {code: [] for code in MEASURANDS}
    refused_pairs = 0
    with AnalysisWorkers() as workers:
        for pair in pairs:
            document = workers.compare(pair.before.read_bytes(), pair.after.read_bytes()).document
            progress()
            if not isinstance(document, ComparisonDocument):
                refused_pairs += 1
                continue
            for code, outcome in _outcomes(pair, document):
                outcomes[code].append(outcome)
    rows = tuple(_row(code, found) for code, found in outcomes.items() if found)
    return AccuracyDocument(method_version=METHOD_VERSION, pairs=len(pairs), refused_pairs=refused_pairs, rows=rows)


def _outcomes(pair: TruePair, document: ComparisonDocument) -> Iterable[tuple[MeasurandCode, _Outcome]]:
    for change in document.changes:
        truth = _truth(pair, change)
        if truth is None:
            continue
        said = None if change.verdict is Verdict.NOT_ASSESSABLE else change
        yield change.measurand, _Outcome(truth, said)


def _truth(pair: TruePair, change: ChangeDocument) -> float | None:
    """What truly changed; of a difference between the sides, where both are known."""
    if change.side is not None:
        return pair.truth.get((change.measurand, change.side))
    of = MEASURANDS[change.measurand].difference_of
    sides = [None if of is None else pair.truth.get((of, side)) for side in (Side.LEFT, Side.RIGHT)]
    left, right = sides
    return None if left is None or right is None else left - right


def _row(code: MeasurandCode, outcomes: Sequence[_Outcome]) -> AccuracyRow:
    unit = MEASURANDS[code].change_unit
    measured = [(outcome.truth, outcome.said) for outcome in outcomes if outcome.said is not None]
    truth = np.array([true for true, _ in measured])
    change = np.array([said.change for _, said in measured], dtype=np.float64)
    half = np.array([said.mdc95 for _, said in measured], dtype=np.float64)
    error, detectable, zero = change - truth, np.abs(change) > half, np.abs(truth) < _NO_CHANGE[unit]
    return AccuracyRow(
        measurand=code,
        unit=unit,
        sides=len(outcomes),
        refused=1 - len(measured) / len(outcomes),
        bias=_mean(error),
        slope=float(np.polyfit(truth, change, 1)[0]) if len(truth) > 1 and np.ptp(truth) > 0 else None,
        mdc95=1.96 * float(np.sqrt(np.mean(error**2))) if len(error) else None,
        coverage=_mean(np.abs(error) <= half),
        zero_changes=int(zero.sum()),
        false_detectable=_mean(detectable[zero]),
        wrong_and_confident=int((detectable & (zero | (np.sign(change) != np.sign(truth)))).sum()),
    )


def _mean(values: NDArray[np.floating[Any] | np.bool_]) -> float | None:
    return float(np.mean(values)) if len(values) else None
