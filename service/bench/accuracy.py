"""How right the changes are, and whether their intervals hold: on photos whose true change is known.

Each pair is compared as ``liftmark compare`` does it, in the analysis process, and once more by raw landmarks, the
yardstick. A figure counts where the pair's truth names it; what is refused counts as refused and nowhere else.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from pydantic import BaseModel, ConfigDict

from models.provenance import METHOD_VERSION
from service.bench.accuracy_pairs import PairSource
from service.bench.accuracy_people import GateDocument, PlaceRow, against_people, gate
from service.bench.accuracy_run import PairResult, run_source
from service.bench.accuracy_sources import AccuracyPlan
from service.bench.accuracy_statistics import AccuracyRow, Outcome, Share, reports_with_false_alarm, rows_of


class GroupDocument(BaseModel):
    """The rows of one group of people, such as ``skin tone: dark``."""

    model_config = ConfigDict(frozen=True)

    kind: str
    group: str
    people: int
    rows: tuple[AccuracyRow, ...]


class SourceDocument(BaseModel):
    """What was found over one source of pairs.

    Parameters
    ----------
    refused_pairs : pairs of which a photo could not be analysed at all.
    false_reports : of the pairs in which nothing changed, how many reports claim at least one change that holds when
        all measures are taken together. false_alone : how many claim one by a single measure's verdict.
    rows, raw_rows : of this method and of raw landmarks.
    outcomes, raw_outcomes : every figure the rows were made of.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    what: str
    pairs: int
    refused_pairs: int
    false_reports: Share
    false_alone: Share
    raw_false_reports: Share
    rows: tuple[AccuracyRow, ...]
    raw_rows: tuple[AccuracyRow, ...]
    groups: tuple[GroupDocument, ...]
    outcomes: tuple[Outcome, ...]
    raw_outcomes: tuple[Outcome, ...]


class AccuracyDocument(BaseModel):
    """All that one run found.

    Parameters
    ----------
    people : found minus placed by people, over ``photos`` photos. gates : pairs that had to be noticed.
    """

    model_config = ConfigDict(frozen=True)

    method_version: str
    seed: int
    sources: tuple[SourceDocument, ...]
    photos: int = 0
    people: tuple[PlaceRow, ...] = ()
    gates: tuple[GateDocument, ...] = ()


def bench_accuracy(plan: AccuracyPlan, progress: Callable[[], None] = lambda: None) -> AccuracyDocument:
    """Compare every pair and hold what was measured against the truth, and against what people placed.

    Parameters
    ----------
    progress : called after each pair and each photo.
    """
    return AccuracyDocument(
        method_version=METHOD_VERSION,
        seed=plan.seed,
        sources=tuple(source_document(source, run_source(source, progress)) for source in plan.sources),
        photos=len(plan.placed),
        people=against_people(plan.placed, progress) if plan.placed else (),
        gates=tuple(gate(one, progress) for one in plan.gates),
    )


def source_document(source: PairSource, results: Sequence[PairResult]) -> SourceDocument:
    """The figures of one source's pairs."""
    told, raw = (tuple(chain.from_iterable(getattr(one, name) for one in results)) for name in ("told", "raw"))
    unchanged = [one.name for one in results if one.unchanged]
    return SourceDocument(
        name=source.name,
        what=source.what,
        pairs=len(results),
        refused_pairs=sum(one.refused for one in results),
        false_reports=reports_with_false_alarm(told, unchanged, together=True),
        false_alone=reports_with_false_alarm(told, unchanged),
        raw_false_reports=reports_with_false_alarm(raw, unchanged),
        rows=rows_of(told),
        raw_rows=rows_of(raw),
        groups=tuple(_groups(results)),
        outcomes=told,
        raw_outcomes=raw,
    )


def _groups(results: Sequence[PairResult]) -> Iterable[GroupDocument]:
    """Rows by each label that anybody carries."""
    for kind in sorted({kind for one in results for kind in one.groups}):
        for group in sorted({one.groups[kind] for one in results if kind in one.groups}):
            own = [one for one in results if one.groups.get(kind) == group]
            yield GroupDocument(
                kind=kind,
                group=group,
                people=len({one.person for one in own}),
                rows=rows_of(tuple(chain.from_iterable(one.told for one in own))),
            )
