"""Runs a source's pairs on two cores: each is made, compared in an analysis process, and compared by raw points."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final, Self

from models.comparison import Verdict
from models.face_landmarker import FaceLandmarker
from models.measurand import MEASURANDS, Unit
from service.bench.accuracy_pairs import KnownPair, PairMaker, PairSource
from service.bench.accuracy_raw import HALF_WIDTH_MM, raw_changes
from service.bench.accuracy_statistics import Outcome
from service.documents import ComparisonDocument, RefusedDocument
from service.sandbox import AnalysisWorkers, WorkerCrashed

CORES: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class PairResult:
    """What was told of one pair.

    Parameters
    ----------
    refused : whether a photo could not be analysed at all; every measurand then counts as refused.
    unchanged : whether nothing at all truly changed.
    """

    pair: KnownPair
    refused: bool
    unchanged: bool
    told: tuple[Outcome, ...]
    raw: tuple[Outcome, ...]


def run_source(source: PairSource, progress: Callable[[], None] = lambda: None) -> tuple[PairResult, ...]:
    """Every pair of a source, in its order.

    Parameters
    ----------
    progress : called after each pair.
    """
    with ExitStack() as stack:
        workers = stack.enter_context(AnalysisWorkers(CORES))
        threads = stack.enter_context(_Threads(workers, progress))
        with ThreadPoolExecutor(CORES) as pool:
            return tuple(result for made in pool.map(threads.results, source.makers) for result in made)


class _Threads:
    """What the threads share, and a landmarker for each: it is not safe to use one from several."""

    def __init__(self, workers: AnalysisWorkers, progress: Callable[[], None]) -> None:
        self._workers = workers
        self._progress = progress
        self._own = _Own()
        self._landmarkers = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._landmarkers.close()

    def results(self, make: PairMaker) -> Sequence[PairResult]:
        return list(self._results(make))

    def _results(self, make: PairMaker) -> Iterator[PairResult]:
        landmarker = self._landmarker()
        for pair in make(landmarker):
            yield _result(pair, self._compared(pair), landmarker)
            self._progress()

    def _compared(self, pair: KnownPair) -> ComparisonDocument | RefusedDocument | None:
        try:
            return self._workers.compare(pair.before, pair.after).document
        except WorkerCrashed:
            return None

    def _landmarker(self) -> FaceLandmarker:
        if self._own.landmarker is None:
            self._own.landmarker = self._landmarkers.enter_context(FaceLandmarker())
        return self._own.landmarker


class _Own(threading.local):
    """What each thread has for itself."""

    landmarker: FaceLandmarker | None = None


def _result(
    pair: KnownPair, document: ComparisonDocument | RefusedDocument | None, landmarker: FaceLandmarker
) -> PairResult:
    told = _told(pair, document if isinstance(document, ComparisonDocument) else None)
    return PairResult(
        pair=pair,
        refused=not isinstance(document, ComparisonDocument),
        unchanged=all(one.no_true_change for one in told),
        told=told,
        raw=_raw(pair, landmarker),
    )


def _told(pair: KnownPair, document: ComparisonDocument | None) -> tuple[Outcome, ...]:
    changes = {} if document is None else {(one.measurand, one.side): one for one in document.changes}
    outcomes = []
    for (measurand, side), truth in pair.truth.items():
        said = changes.get((measurand, side))
        measured = said is not None and said.verdict is not Verdict.NOT_ASSESSABLE
        outcomes.append(
            Outcome(
                pair=pair.name,
                measurand=measurand,
                side=side,
                truth=truth,
                change=said.change if said and measured else None,
                half_width=said.mdc95 if said and measured else None,
            )
        )
    return tuple(outcomes)


def _raw(pair: KnownPair, landmarker: FaceLandmarker) -> tuple[Outcome, ...]:
    """What raw points tell of the measurands in millimetres whose truth is known."""
    changes = raw_changes(pair.before, pair.after, landmarker)
    return tuple(
        Outcome(
            pair=pair.name,
            measurand=measurand,
            side=side,
            truth=truth,
            change=changes[measurand, side],
            half_width=HALF_WIDTH_MM,
        )
        for (measurand, side), truth in pair.truth.items()
        if (measurand, side) in changes and MEASURANDS[measurand].change_unit is Unit.MILLIMETRE
    )
