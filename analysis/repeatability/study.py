"""A repeatability study: from compared re-captures to what each measurand's figures are worth."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.repeatability.agreement import limits_of_agreement
from analysis.repeatability.design import matched_pairs
from analysis.repeatability.intraclass import icc_a1, largest_table
from analysis.repeatability.within import Difference, further_photos, pooled, spread_of, variance_of
from models.anatomy import Side
from models.measurand import MEASURANDS, Measurand, MeasurandCode, Unit
from models.measurement import NotAssessable
from models.repeatability import (
    Cell,
    IntraclassCorrelation,
    LimitsOfAgreement,
    Recapture,
    RecapturePair,
    Repeatability,
    StudyResult,
)

_PERCENT: Final = 100.0


def evaluate(photos: Sequence[Recapture], pairs: Sequence[RecapturePair]) -> StudyResult:
    """What the study says of every measurand that any of its comparisons was asked for.

    Parameters
    ----------
    photos : those that can be measured, of all persons.
    pairs : :func:`analysis.repeatability.design.pairs_to_compare`, compared.
    """
    study = _Study(photos, pairs)
    measures = tuple(measure for entry in MEASURANDS.values() for measure in _measures(study, entry))
    of_one_side = (one.spread for one in measures if not one.pooled and not isinstance(one.spread, NotAssessable))
    df = max((spread.degrees_of_freedom for spread in of_one_side), default=0.0)
    return StudyResult(len(study.persons), len(photos), measures, df, further_photos(df))


@dataclass(frozen=True, slots=True)
class _Study:
    photos: Sequence[Recapture]
    pairs: Sequence[RecapturePair]

    @property
    def persons(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(photo.person for photo in self.photos))

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(sorted({photo.group for photo in self.photos}))

    @property
    def within(self) -> list[tuple[str, RecapturePair]]:
        """Pairs of photos of one person and set, each with the person."""
        of = {photo.key: photo for photo in self.photos}
        return [(of[p.before].person, p) for p in self.pairs if of[p.before].group == of[p.after].group]

    def differences(self, cell: Cell) -> list[Difference]:
        """What each pair that gave this figure said."""
        sizes = ((who, pair, _size(cell.measurand, pair.changes.get(cell))) for who, pair in self.within)
        return [Difference(who, pair.before, pair.after, size) for who, pair, size in sizes if size is not None]

    def refused(self, cell: Cell) -> int:
        """Pairs that did not give this figure."""
        return len(self.within) - len(self.differences(cell))


def _measures(study: _Study, entry: Measurand) -> Iterator[Repeatability]:
    cells = [Cell(entry.code, side) for side in (tuple(Side) if entry.sided else (None,))]
    if not any(cell in pair.changes for pair in study.pairs for cell in cells):
        return
    for cell in cells:
        yield Repeatability(
            cell.measurand,
            cell.side,
            pooled=False,
            spread=spread_of(variance_of(study.differences(cell))),
            icc=_icc(study, cell),
            agreement=_agreement(study, [cell]),
            refused=study.refused(cell),
        )
    if entry.sided:
        yield _both_sides(study, entry.code, cells)


def _both_sides(study: _Study, code: MeasurandCode, cells: Sequence[Cell]) -> Repeatability:
    left, right = (study.differences(cell) for cell in cells)
    return Repeatability(
        code,
        None,
        pooled=True,
        spread=spread_of(pooled(left, right)),
        icc=NotAssessable("It is told for each side."),
        agreement=_agreement(study, cells),
        refused=sum(study.refused(cell) for cell in cells),
    )


def _icc(study: _Study, cell: Cell) -> IntraclassCorrelation | NotAssessable:
    values: dict[str, list[float]] = {person: [] for person in study.persons}
    for photo in study.photos:
        if cell in photo.values:
            values[photo.person].append(photo.values[cell])
    table = largest_table({person: row for person, row in values.items() if row})
    if len(study.persons) > 1 and not table.size:
        return NotAssessable("No single photo gives this figure.")
    return icc_a1(table)


def _agreement(study: _Study, cells: Iterable[Cell]) -> LimitsOfAgreement | NotAssessable | None:
    """Of the two sets; over both sides of a face, each matched pair gives the mean of its sides."""
    if len(study.groups) != 2:  # noqa: PLR2004  what two sets say of each other
        return None
    rows: dict[str, list[float]] = {}
    person_of = {photo.key: photo.person for photo in study.photos}
    compared: Mapping[tuple[str, str], RecapturePair] = {(pair.before, pair.after): pair for pair in study.pairs}
    for matched in matched_pairs(study.photos):
        pair = compared.get(matched)
        sizes = [] if pair is None else [_size(cell.measurand, pair.changes.get(cell)) for cell in cells]
        known = [size for size in sizes if size is not None]
        if known:
            rows.setdefault(person_of[matched[0]], []).append(sum(known) / len(known))
    first, second = study.groups
    return limits_of_agreement(first, second, list(rows.values()))


def _size(code: MeasurandCode, change: float | None) -> float | None:
    """The change on the scale on which its errors add: a ratio's is its logarithm, in hundredths, which read as %."""
    if change is None or MEASURANDS[code].change_unit is not Unit.PERCENT:
        return change
    return _PERCENT * math.log1p(change / _PERCENT) if change > -_PERCENT else None
