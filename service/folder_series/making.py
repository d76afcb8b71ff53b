"""Measure the photos of one subject, compare those that the plan names, and tell the series."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from analysis.series.build import build_series
from analysis.series.plan import SeriesPlan, plan_series
from models.anatomy import View
from models.course import Protocol
from models.quality import Flag, FlagCode, Refused
from models.series import SeriesPhoto
from service.archive import Archive, Entry
from service.archive.listing import read_bytes
from service.documents import (
    ComparisonDocument,
    FlagDocument,
    GivenSubject,
    MeasurementDocument,
    RefusedDocument,
    SeriesDocument,
    Shot,
    refused_document,
)
from service.documents.series_told import VisitTold, series_document, series_pair, series_photo
from service.folder_series.benches import Benches
from service.measuring.shares import share_in
from service.sandbox import AnalysisWorkers, CompareOutcome, MeasureOutcome, WorkerCrashed

Begin = Callable[[str, int], Callable[[], None]]
"""Begins a stretch of work of so many steps; what it gives back is called after each."""

Outcome = TypeVar("Outcome")
Measured = MeasurementDocument | RefusedDocument


@dataclass(frozen=True, slots=True)
class FolderSeries:
    """A series, and what it was made from.

    Parameters
    ----------
    pictures : photos in the reference's frame as JPEG, by ``photo``.
    measured : how many photos could be measured.
    """

    document: SeriesDocument
    pictures: Mapping[str, bytes]
    measured: int


@dataclass(frozen=True, slots=True)
class _Pair:
    before: str
    after: str
    outcome: CompareOutcome


def make_series(archive: Archive, protocol: Protocol, subject: GivenSubject, begin: Begin) -> FolderSeries:
    """The series of the archive's frontal photos, all of which are one subject's."""
    entries = {entry.file: entry for entry in archive.entries if entry.view is View.FRONTAL}
    with Benches() as benches:
        measured = _measured(benches, list(entries.values()), subject, begin)
        photos = [_photo(entries[file], document) for file, document in measured.items()]
        plan = plan_series(photos)
        pairs = _compared(benches, plan, entries, _Scale(subject, measured), begin)
    series = build_series(
        photos,
        [series_pair(pair.before, pair.after, pair.outcome.document) for pair in pairs],
        protocol=protocol,
        confounders=[named.confounder for named in archive.confounders],
    )
    with_reference = [pair for pair in pairs if pair.before == plan.reference]
    document = series_document(series, protocol, dict(_told(measured, with_reference)))
    sound = sum(isinstance(one, MeasurementDocument) for one in measured.values())
    return FolderSeries(document, dict(_pictures(with_reference)), sound)


def _measured(benches: Benches, entries: Sequence[Entry], subject: GivenSubject, begin: Begin) -> dict[str, Measured]:
    step = begin("Measuring photos", len(entries))

    def measure(workers: AnalysisWorkers, entry: Entry) -> Measured:
        upload = read_bytes(entry.path)
        found = _unless_crashed(lambda: workers.measure(upload, subject=subject), MeasureOutcome(_crashed(), None))
        step()
        return found.document

    found = benches.done(entries, measure)
    return {entry.file: document for entry, document in zip(entries, found, strict=True)}


def _compared(
    benches: Benches, plan: SeriesPlan, entries: Mapping[str, Entry], scale: "_Scale", begin: Begin
) -> list[_Pair]:
    step = begin("Comparing photos", len(plan.pairs))

    def compare(workers: AnalysisWorkers, pair: tuple[str, str]) -> _Pair:
        before, after = (Shot(read_bytes(entries[file].path)) for file in pair)
        crashed = CompareOutcome(_crashed(), None, None)
        known = scale.beside(*pair)
        found = _unless_crashed(lambda: workers.compare_shots((before,), (after,), known), crashed)
        step()
        return _Pair(*pair, found)

    return benches.done(plan.pairs, compare)


class _Scale:
    """What is known of the subject's irises, so that all pairs are compared at one scale."""

    def __init__(self, subject: GivenSubject, measured: Mapping[str, Measured]) -> None:
        self._subject = subject
        sound = {file: one for file, one in measured.items() if isinstance(one, MeasurementDocument)}
        self._shares = {file: share for file, one in sound.items() if (share := share_in(one)) is not None}

    def beside(self, *files: str) -> GivenSubject:
        """What the other photos tell; the pair's own shares are found again in its pixels."""
        others = tuple(share for file, share in self._shares.items() if file not in files)
        return self._subject.model_copy(update={"iris_shares": others})


def _photo(entry: Entry, document: Measured) -> SeriesPhoto:
    taken_at: datetime = entry.taken_at.replace(tzinfo=None)  # the clinic's clock, in all of them alike
    return series_photo(entry.file, document, taken_at, entry.phase, entry.treatment_number, entry.notes)


def _told(measured: Mapping[str, Measured], with_reference: Sequence[_Pair]) -> Iterator[tuple[str, VisitTold]]:
    pairs = {pair.after: pair.outcome.document for pair in with_reference}
    for file, document in measured.items():
        pair = pairs.get(file)
        own = document.quality.flags if isinstance(document, MeasurementDocument) else ()
        of_the_pair = pair.comparability.flags if isinstance(pair, ComparisonDocument) else ()
        yield file, VisitTold(flags=_each_once(own, of_the_pair))


def _each_once(*flags: Sequence[FlagDocument]) -> tuple[FlagDocument, ...]:
    return tuple({flag.code: flag for some in flags for flag in some}.values())


def _pictures(with_reference: Sequence[_Pair]) -> Iterator[tuple[str, bytes]]:
    """The photos in the frame of the reference, which all its comparisons share."""
    for pair in with_reference:
        before, after = pair.outcome.aligned_before_jpeg, pair.outcome.aligned_after_jpeg
        if before and after:
            yield pair.before, before
            yield pair.after, after


def _unless_crashed(ask: Callable[[], Outcome], crashed: Outcome) -> Outcome:
    try:
        return ask()
    except WorkerCrashed:
        return crashed


def _crashed() -> RefusedDocument:
    return refused_document(Refused(Flag.of(FlagCode.ANALYSIS_CRASHED)))
