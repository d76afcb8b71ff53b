"""Runs a source's pairs on two cores: each is made, compared, and compared by raw landmarks in a locked-in process."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from models.comparison import Verdict
from models.measurand import MEASURANDS, Unit
from service.bench.accuracy_child import ComparedDocument, FigureDocument
from service.bench.accuracy_pairs import PairSource, PairTask
from service.bench.accuracy_raw import HALF_WIDTH_MM
from service.bench.accuracy_statistics import Outcome
from service.bench.accuracy_truth import Truth, with_differences
from service.documents import ComparisonDocument
from service.sandbox import AnalysisWorkers, Limits, WorkerCrashed

CORES: Final = 2
CHILD: Final = "service.bench.accuracy_child"
LIMITS: Final = Limits(seconds=300.0)
"""Making a pair takes ten times as long as comparing it; a busy machine takes longer still."""
_CLAIMS: Final = frozenset({Verdict.DETECTABLE_INCREASE, Verdict.DETECTABLE_DECREASE})


@dataclass(frozen=True, slots=True, eq=False)
class PairResult:
    """What was told of one pair.

    Parameters
    ----------
    refused : whether a photo could not be analysed at all; every measurand then counts as refused.
    unchanged : whether nothing at all truly changed.
    """

    name: str
    person: str
    groups: Mapping[str, str]
    refused: bool
    unchanged: bool
    told: tuple[Outcome, ...]
    raw: tuple[Outcome, ...]


def run_source(source: PairSource, progress: Callable[[], None] = lambda: None) -> tuple[PairResult, ...]:
    """Every pair of a source, in its order; a photo that no pair could be made of is left out.

    Parameters
    ----------
    progress : called after each pair.
    """
    with AnalysisWorkers(CORES, LIMITS, CHILD) as workers, ThreadPoolExecutor(CORES) as threads:

        def run(task: PairTask) -> PairResult | None:
            found = _run(task, workers)
            progress()
            return found

        return tuple(found for found in threads.map(run, source.tasks) if found is not None)


def _run(task: PairTask, workers: AnalysisWorkers) -> PairResult | None:
    blobs = [file.read_bytes() for file in task.files]
    try:
        answer = workers.ask("stored", *blobs) if task.recipe is None else _made(task, blobs[0], workers)
    except WorkerCrashed:
        return _result(task, None, task.truth or {})
    if not answer:
        return None
    compared = ComparedDocument.model_validate_json(answer[0])
    return _result(task, compared, _by_key(compared.truth) if task.truth is None else task.truth)


def _made(task: PairTask, photo: bytes, workers: AnalysisWorkers) -> Sequence[bytes]:
    assert task.recipe is not None  # noqa: S101  asked before
    points = task.files[0].with_suffix(".tem")
    people = points.read_bytes() if points.is_file() else b""
    return workers.ask("made", photo, people, task.recipe.model_dump_json().encode())


def _result(task: PairTask, compared: ComparedDocument | None, truth: Truth) -> PairResult:
    document = compared.compared if compared is not None else None
    told = _told(task.name, truth, document if isinstance(document, ComparisonDocument) else None)
    return PairResult(
        name=task.name,
        person=task.person,
        groups={**task.groups, **(compared.groups if compared is not None else {})},
        refused=not isinstance(document, ComparisonDocument),
        unchanged=all(one.no_true_change for one in told),
        told=told,
        raw=_raw(task.name, truth, _by_key(compared.raw if compared is not None else ())),
    )


def _by_key(figures: Sequence[FigureDocument]) -> Truth:
    return {(one.measurand, one.side): one.value for one in figures}


def _told(pair: str, truth: Truth, document: ComparisonDocument | None) -> tuple[Outcome, ...]:
    changes = () if document is None else document.changes
    said = {(one.measurand, one.side): one for one in changes if one.verdict is not Verdict.NOT_ASSESSABLE}
    return tuple(
        Outcome(
            pair=pair,
            measurand=measurand,
            side=side,
            truth=true,
            change=said[measurand, side].change if (measurand, side) in said else None,
            half_width=said[measurand, side].mdc95 if (measurand, side) in said else None,
            holds=(measurand, side) in said and said[measurand, side].family_verdict in _CLAIMS,
        )
        for (measurand, side), true in with_differences(truth).items()
    )


def _raw(pair: str, truth: Truth, raw: Truth) -> tuple[Outcome, ...]:
    """What raw points tell of the measurands in millimetres whose truth is known."""
    return tuple(
        Outcome(
            pair=pair,
            measurand=measurand,
            side=side,
            truth=true,
            change=raw[measurand, side],
            half_width=HALF_WIDTH_MM,
        )
        for (measurand, side), true in truth.items()
        if (measurand, side) in raw and MEASURANDS[measurand].change_unit is Unit.MILLIMETRE
    )
