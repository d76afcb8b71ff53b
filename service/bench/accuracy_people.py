"""What is found against what people placed, over many photos; and pairs that must be gated."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from models.comparison import Comparable, Verdict
from models.quality import FlagCode
from service.bench.accuracy_child import ERRORS
from service.bench.accuracy_run import CHILD, CORES, LIMITS
from service.bench.accuracy_statistics import Share
from service.bench.human_errors import UNITS, Place, PlaceError
from service.documents import ComparisonDocument, RefusedDocument
from service.sandbox import AnalysisWorkers

_TO_SD: Final = 1.4826
"""From the median absolute deviation to the standard deviation of a normal distribution."""


class ErrorDocument(BaseModel):
    """Bias and spread of one kind of error; None where nothing was found.

    Parameters
    ----------
    robust_bias, robust_sd : the median, and 1.4826 times the median absolute deviation from it.
    """

    model_config = ConfigDict(frozen=True)

    bias: float | None
    sd: float | None
    robust_bias: float | None
    robust_sd: float | None


class PlaceRow(BaseModel):
    """One place over all photos: found minus placed by people."""

    model_config = ConfigDict(frozen=True)

    place: Place
    unit: str
    refused: Share
    found: ErrorDocument
    raw: ErrorDocument


class GateDocument(BaseModel):
    """Pairs that differ by something that must be noticed.

    Parameters
    ----------
    flagged : how many of them were given one of the expected flags.
    gated : how many were that, or not comparable at all for whatever reason.
    detectable : how many changes were claimed in all of them. claims : which.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    what: str
    flagged: Share
    gated: Share
    detectable: int
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GatedPairs:
    """Pairs of photos, and the flags of which each must raise one."""

    name: str
    what: str
    pairs: tuple[tuple[Path, Path], ...]
    expected: frozenset[FlagCode]


def against_people(photos: Sequence[Path], progress: Callable[[], None] = lambda: None) -> tuple[PlaceRow, ...]:
    """Rows over photos that have points beside them."""

    def errors(photo: Path) -> tuple[PlaceError, ...]:
        answer = workers.ask("against_people", photo.read_bytes(), photo.with_suffix(".tem").read_bytes())
        progress()
        return ERRORS.validate_json(answer[0]) if answer else ()

    with AnalysisWorkers(CORES, LIMITS, CHILD) as workers, ThreadPoolExecutor(CORES) as threads:
        return place_rows(tuple(chain.from_iterable(threads.map(errors, photos))))


def place_rows(errors: Iterable[PlaceError]) -> tuple[PlaceRow, ...]:
    """A row for each place."""
    all_of_them = tuple(errors)
    by_place = {place: [one for one in all_of_them if one.place is place] for place in Place}
    return tuple(
        PlaceRow(
            place=place,
            unit=UNITS[place],
            refused=Share.of_all(one.error is None for one in own),
            found=spread(np.array([one.error for one in own if one.error is not None])),
            raw=spread(np.array([one.raw_error for one in own])),
        )
        for place, own in by_place.items()
        if own
    )


def spread(errors: NDArray[np.floating[Any]]) -> ErrorDocument:
    """Bias and spread, plain and robust."""
    if len(errors) < 2:  # noqa: PLR2004  one value has no spread
        return ErrorDocument(bias=None, sd=None, robust_bias=None, robust_sd=None)
    middle = float(np.median(errors))
    return ErrorDocument(
        bias=float(errors.mean()),
        sd=float(errors.std(ddof=1)),
        robust_bias=middle,
        robust_sd=_TO_SD * float(np.median(np.abs(errors - middle))),
    )


def gate(gated: GatedPairs, progress: Callable[[], None] = lambda: None) -> GateDocument:
    """Whether each pair of a set is noticed."""

    def compared(pair: tuple[Path, Path]) -> ComparisonDocument | RefusedDocument:
        document = workers.compare(pair[0].read_bytes(), pair[1].read_bytes()).document
        progress()
        return document

    with AnalysisWorkers(CORES, LIMITS, CHILD) as workers, ThreadPoolExecutor(CORES) as threads:
        documents = list(threads.map(compared, gated.pairs))
    claims = [
        f"{before.stem} {after.stem}: {claim}"
        for (before, after), document in zip(gated.pairs, documents, strict=True)
        for claim in _claims(document)
    ]
    return GateDocument(
        name=gated.name,
        what=gated.what,
        flagged=Share.of_all(_flagged(document, gated.expected) for document in documents),
        gated=Share.of_all(_flagged(one, gated.expected) or _not_comparable(one) for one in documents),
        detectable=len(claims),
        claims=tuple(claims),
    )


def _not_comparable(document: ComparisonDocument | RefusedDocument) -> bool:
    return isinstance(document, RefusedDocument) or document.comparability.verdict is Comparable.NOT_COMPARABLE


def _flagged(document: ComparisonDocument | RefusedDocument, expected: frozenset[FlagCode]) -> bool:
    if isinstance(document, RefusedDocument):
        return False
    photos = (*document.before.quality.flags, *document.after.quality.flags)
    return any(flag.code in expected for flag in (*document.comparability.flags, *photos))


def _claims(document: ComparisonDocument | RefusedDocument) -> Iterable[str]:
    changes = () if isinstance(document, RefusedDocument) else document.changes
    for one in changes:
        if one.verdict in {Verdict.DETECTABLE_INCREASE, Verdict.DETECTABLE_DECREASE}:
            yield f"{one.measurand} {one.side or 'face'} {one.change:+.3f} {one.unit}"
