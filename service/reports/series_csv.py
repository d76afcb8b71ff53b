"""A series as one table for a spreadsheet: a row for each photo of each measurand and side, and one for each effect."""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Final

from service.documents.series import (
    DecayDocument,
    EffectDocument,
    MeasurandSeriesDocument,
    PointDocument,
    SeriesDocument,
    SeriesVisitDocument,
    TrendDocument,
)

COLUMNS: Final = (
    "row", "measurand", "side", "name", "unit", "photo", "date", "taken_at", "phase", "treatment_number",
    "change", "standard_uncertainty", "ci95_low", "ci95_high", "mdc95", "counts", "verdict", "own_verdict",
    "p_value", "family_p_value", "n", "half_life_weeks", "half_life_weeks_low", "half_life_weeks_high", "reason",
    "method_version",
)  # fmt: skip
"""In the order in which they stand; ``docs/series-report.md`` says what each holds."""

BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Stands first: without it a spreadsheet reads UTF-8 as the machine's old code page."""

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
                          "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
"""A cell that begins so may be run as a formula (OWASP, CSV injection)."""

Cell = str | int | float | None


def series_csv(document: SeriesDocument) -> str:
    """Write the series as one table: RFC 4180, commas, decimal points, empty cells for what could not be had.

    Text that a spreadsheet would run as a formula stands behind an apostrophe.
    """
    stream = StringIO(newline="")
    stream.write(BYTE_ORDER_MARK)
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for cells in _rows(document):
        writer.writerow([_written(cells.get(column)) for column in COLUMNS])
    return stream.getvalue()


def _rows(document: SeriesDocument) -> Iterator[dict[str, Cell]]:
    visits = {visit.photo: visit for visit in document.visits}
    for one in document.measurands:
        common: dict[str, Cell] = {
            "measurand": one.measurand,
            "side": one.side or "face",
            "name": one.name,
            "unit": one.unit,
            "method_version": document.method_version,
        }
        for cells in (*_points(one, visits), *_effects(one)):
            yield common | cells


def _points(one: MeasurandSeriesDocument, visits: dict[str, SeriesVisitDocument]) -> Iterator[dict[str, Cell]]:
    for point in one.points:
        visit = visits.get(point.photo)
        yield {
            "row": "photo",
            "photo": point.photo,
            "phase": point.phase,
            "treatment_number": None if visit is None else visit.treatment_number,
            "change": point.change_from_baseline,
            "standard_uncertainty": point.standard_uncertainty,
            "counts": "yes" if point.counts else "no",
            "reason": point.reason,
            **_when(point.taken_at),
            **_bounds(point),
        }


def _effects(one: MeasurandSeriesDocument) -> Iterator[dict[str, Cell]]:
    told = (
        ("lasting", one.cumulative),
        ("passing", one.acute),
        ("after_course", one.after_course),
        ("maintenance", one.maintenance),
    )
    for row, effect in told:
        if effect is not None:
            yield {"row": row, **_effect(effect)}
    if one.trend is not None:
        yield {"row": "trend_per_week", **_trend(one.trend)}


def _effect(effect: EffectDocument) -> dict[str, Cell]:
    return {
        "change": effect.change,
        "standard_uncertainty": effect.standard_uncertainty,
        "mdc95": effect.mdc95,
        "verdict": effect.verdict,
        "own_verdict": effect.own_verdict,
        "p_value": effect.p_value,
        "family_p_value": effect.family_p_value,
        "n": effect.n,
        "reason": effect.reason,
        **_when(effect.at),
        **_bounds(effect),
        **(_half_life(effect) if isinstance(effect, DecayDocument) else {}),
    }


def _half_life(effect: DecayDocument) -> dict[str, Cell]:
    low, high = effect.half_life_ci95 or (None, None)
    return {"half_life_weeks": effect.half_life_weeks, "half_life_weeks_low": low, "half_life_weeks_high": high}


def _trend(trend: TrendDocument) -> dict[str, Cell]:
    return {"change": trend.per_week, "own_verdict": trend.verdict, "n": trend.n, **_bounds(trend)}


def _bounds(of: PointDocument | EffectDocument | TrendDocument) -> dict[str, Cell]:
    low, high = of.ci95 or (None, None)
    return {"ci95_low": low, "ci95_high": high}


def _when(at: datetime | None) -> dict[str, Cell]:
    return {} if at is None else {"date": at.date().isoformat(), "taken_at": at.isoformat()}


def _written(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    return harmless(cell) if isinstance(cell, str) else cell


def harmless(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe stands before what may begin a formula."""
    return f"'{text}" if text.lstrip(" \N{NO-BREAK SPACE}").startswith(_FORMULA_STARTS) else text
