"""What a series says beside its figures: what else it could be, and what is not known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from models.confounder import ConfounderKind
from models.measurand import Family
from models.series import NoteCode
from service.documents.series import MeasurandSeriesDocument, NoteDocument, SeriesDocument
from service.reports.series.effects import by_itself_alone, holds
from service.reports.series.measures import in_order, why_missing
from service.reports.series.sentences import shared_start, without_start
from service.reports.words import listed

CONFOUNDER: Final = "confounder_"
"""How the code of a note on a confounder begins; its kind follows."""
ELSE: Final = frozenset(code for code in NoteCode if code.startswith(CONFOUNDER)) | {
    NoteCode.STEP,
    NoteCode.LOOPS_OPEN,
    NoteCode.UNTREATED_DRIFT,
}
"""Notes on what else may explain a change."""
SURE: Final = frozenset({NoteCode.CLINIC_REPEATABILITY, NoteCode.ONE_BASELINE, NoteCode.VISITS_EXCLUDED})
"""Notes on what the figures rest on. All others say what could not be assessed."""
_MOST_REASONS: Final = 3
_MOST_NAMES: Final = 3
_SERIOUS: Final = frozenset({NoteCode.STEP, NoteCode.LOOPS_OPEN, NoteCode.UNTREATED_DRIFT})
"""Notes that may change what is read from the figures, beside confounders."""
_ASIDES: Final = frozenset({NoteCode.NO_ACUTE_PAIR, NoteCode.NO_FOLLOW_UP})
"""Notes that stand in the place of the effect that they miss."""


@dataclass(frozen=True, slots=True)
class NoteWords:
    """One note; ``serious`` where it may change what is read from the figures."""

    says: str
    serious: bool


def elsewhere(document: SeriesDocument) -> Iterable[NoteWords]:
    """What else may explain a change, confounders first; that none is recorded, where none is."""
    notes = [note for note in document.notes if note.code in ELSE]
    recorded = sorted(notes, key=lambda note: not note.code.startswith(CONFOUNDER))
    yield from (_note(note) for note in recorded)
    if not any(note.code.startswith(CONFOUNDER) for note in notes):
        yield NoteWords(
            "No filler, toxin, other device, surgery or change of weight is recorded. What nobody recorded cannot be "
            "told apart from the course.",
            serious=False,
        )


def missing(document: SeriesDocument) -> Iterable[NoteWords]:
    """What is not known: the series' own notes, then measures with what would carry them, each reason once."""
    notes = [note for note in document.notes if note.code not in ELSE | SURE | _ASIDES]
    yield from (_note(note) for note in notes)
    said = {note.says for note in document.notes}
    reasons = {reason: ones for reason, ones in _reasons(document).items() if reason not in said}
    for reason, ones in list(reasons.items())[:_MOST_REASONS]:
        yield NoteWords(f"{measures_listed(ones, _MOST_NAMES)}: {reason[:1].lower()}{reason[1:]}", serious=False)
    if len(reasons) > _MOST_REASONS:
        yield NoteWords("More of this stands with each measure.", serious=False)


def _reasons(document: SeriesDocument) -> dict[str, list[MeasurandSeriesDocument]]:
    """Why measures are not told, or what would make them detectable: the reason, and on which measures.

    A region of which nothing at all is told says so itself.
    """
    told: dict[str, list[MeasurandSeriesDocument]] = {}
    known = _said_of_regions(document)
    for one in (one for one in in_order(document) if one.family in known):
        reason = why_missing(one, document.notes)
        if one.cumulative is not None:
            reason = without_start(one.cumulative.reason or "", known[one.family])
        if reason and not holds(one.cumulative) and not by_itself_alone(one.cumulative):
            told.setdefault(reason, []).append(one)
    return told


def _said_of_regions(document: SeriesDocument) -> dict[Family, tuple[str, ...]]:
    """What the reasons of all measures of a region begin with, which the region says."""
    reasons: dict[Family, list[str]] = {}
    for one in document.measurands:
        if one.cumulative is not None:
            reasons.setdefault(one.family, []).append(one.cumulative.reason or "")
    return {family: shared_start(told) for family, told in reasons.items()}


def measures_listed(ones: Iterable[MeasurandSeriesDocument], most: int) -> str:
    """Measures with their sides, a measure once: ``Jowl prominence, right and left; Canthal tilt, left; 2 more``."""
    by_name = groupby(ones, key=lambda one: one.name.split(" (")[0])
    names = [_with_sides(name, [str(one.side) for one in sides if one.side is not None]) for name, sides in by_name]
    more = [f"{len(names) - most} more"] if len(names) > most else []
    return "; ".join([*names[:most], *more])


def _with_sides(name: str, sides: Sequence[str]) -> str:
    return f"{name}, {listed(sides)}" if sides else name


def noted(document: SeriesDocument, code: NoteCode) -> str:
    """What the series' notes of one code say; empty where there is none."""
    return " ".join(note.says for note in document.notes if note.code is code)


def confounders(notes: Iterable[NoteDocument]) -> tuple[ConfounderKind, ...]:
    """The kinds that were recorded, each once, in the order of the notes."""
    codes = (note.code for note in notes if note.code.startswith(CONFOUNDER))
    return tuple(dict.fromkeys(ConfounderKind(code.removeprefix(CONFOUNDER)) for code in codes))


def _note(note: NoteDocument) -> NoteWords:
    return NoteWords(note.says, serious=note.code.startswith(CONFOUNDER) or note.code in _SERIOUS)
