"""``liftmark bench series``: how often the series' intervals cover the truth, and what it claims of nothing."""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Final

import numpy as np
from rich.table import Table

from analysis.series.build import build_series
from models.anatomy import Side
from models.measurand import MeasurandCode
from models.provenance import METHOD_VERSION
from models.series import DETECTABLE, MeasurandSeries, Series
from service.bench.accuracy_statistics import Share
from service.bench.series_courses import SHAPES, SimulatedCourse
from service.documents.records import Document

_LONG_COURSE: Final = 40
VISITS: Final = (*(2, 4, 8, 12), _LONG_COURSE)
DAY_SDS: Final = (0.0, 1.0, 3.0)
HEADS: Final = ("effect", "mm", "visits", "days", "end", "slope", "error", "found", "claims")
_MEASURANDS: Final = tuple(
    product((MeasurandCode.MRD1, MeasurandCode.MRD2, MeasurandCode.BROW_HEIGHT, MeasurandCode.JAWLINE_CONTOUR), Side)
)


class SeriesRow(Document):
    """Courses of one kind.

    ``end_covered`` and ``slope_covered`` are shares of measurands whose interval holds the truth; ``error_ratio`` is
    the RMS error of the lasting effect over that of the last photo against the mean of the baselines; ``found`` the
    share of measurands told as detectable; ``claiming`` the share of whole series that claim anything.
    """

    shape: str
    visits: int
    day_sd: float
    true_end_mm: float
    end_covered: Share
    slope_covered: Share | None
    error_ratio: float
    found: Share
    claiming: Share


class SeriesBenchDocument(Document):
    """The benchmark's result."""

    method_version: str
    seed: int
    courses: int
    rows: tuple[SeriesRow, ...]


def kinds() -> list[SimulatedCourse]:
    """Every kind of course that is judged."""
    return [SimulatedCourse(*kind) for kind in product(SHAPES, VISITS, DAY_SDS)]


def bench_series(
    courses: int, seed: int, step: Callable[[], None], judged: Iterable[SimulatedCourse] | None = None
) -> SeriesBenchDocument:
    """Judge ``courses`` courses of each kind, eight measurands each.

    Parameters
    ----------
    step : called after each kind.
    judged : kinds in place of all.
    """
    rng, rows = np.random.default_rng(seed), []
    for kind in kinds() if judged is None else judged:
        rows.append(_row(kind, courses, rng))
        step()
    return SeriesBenchDocument(method_version=METHOD_VERSION, seed=seed, courses=courses, rows=tuple(rows))


def _row(kind: SimulatedCourse, courses: int, rng: np.random.Generator) -> SeriesRow:
    series = [build_series(kind.photos, kind.pairs(_MEASURANDS, rng)) for _ in range(courses)]
    told = [one for each in series for one in each.measurands]
    ends = [one.cumulative for one in told if one.cumulative is not None]
    trends = [one.trend for one in told if one.trend is not None]
    errors = np.array([end.change - kind.end for end in ends])
    plain = np.array([last - kind.end for last in map(_last_point, told)])
    return SeriesRow(
        shape=kind.shape,
        visits=kind.visits,
        day_sd=kind.day_sd,
        true_end_mm=round(kind.end, 3),
        end_covered=Share.of_all(abs(end.change - kind.end) <= end.half_width for end in ends),
        slope_covered=Share.of_all(abs(one.per_week - kind.slope) <= one.half_width for one in trends)
        if trends
        else None,
        error_ratio=round(float(np.sqrt(np.mean(errors**2) / np.mean(plain**2))), 3),
        found=Share.of_all(end.verdict in DETECTABLE for end in ends),
        claiming=Share.of_all(map(_claims, series)),
    )


def _last_point(told: MeasurandSeries) -> float:
    return told.points[-1].change or 0.0


def _claims(series: Series) -> bool:
    return any(one.cumulative is not None and one.cumulative.verdict in DETECTABLE for one in series.measurands)


def series_bench_table(document: SeriesBenchDocument) -> Table:
    """The result for the terminal."""
    table = Table(title=f"Simulated courses, {document.courses} of each kind, eight measurands each")
    for head in HEADS:
        table.add_column(head, justify="left" if head == HEADS[0] else "right", no_wrap=head == HEADS[0])
    for row in document.rows:
        table.add_row(*cells(row))
    return table


def cells(row: SeriesRow) -> tuple[str, ...]:
    """A row in words: shares in per cent, errors over the last photo's."""
    return (
        row.shape,
        f"{row.true_end_mm:.2f}",
        str(row.visits),
        f"{row.day_sd:g}",
        _percent(row.end_covered),
        "" if row.slope_covered is None else _percent(row.slope_covered),
        f"{row.error_ratio:.2f}",
        _percent(row.found),
        _percent(row.claiming),
    )


def _percent(part: Share) -> str:
    return f"{100 * part.share:.0f} %"


def series_bench_markdown(document: SeriesBenchDocument) -> str:
    """The result for a page of the documentation."""
    table = ["| " + " | ".join(HEADS) + " |", "| --- |" + " ---: |" * (len(HEADS) - 1)]
    table += ["| " + " | ".join(cells(row)) + " |" for row in document.rows]
    told = f"{document.courses} courses of each kind, eight measurands each; method {document.method_version}."
    return "\n".join([told, "", *table]) + "\n"
