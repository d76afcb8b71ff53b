"""What changed, what did not, and what could not be assessed: three tables, and the figures behind the charts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from models.anatomy import Side
from models.measurand import MEASURANDS, MeasurandCode
from models.series import DETECTABLE
from service.documents.series import SeriesDocument
from service.reports.series.measures import MeasureRow, PointRow, measure_rows
from service.reports.series.sparkline import sparklines
from service.reports.series.timeline import Drawing, timelines


@dataclass(frozen=True, slots=True)
class Line:
    """One measure and side in a table, with its small drawing."""

    row: MeasureRow
    spark: Markup


@dataclass(frozen=True, slots=True)
class Table:
    """Measures of which the same may be said."""

    slug: str
    title: str
    says: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One side's chart with its row's words; None where no photo carries a figure."""

    row: MeasureRow
    drawing: Drawing | None


@dataclass(frozen=True, slots=True)
class PointsOfPhoto:
    """One photo's figures on each side; None where that side has no such photo."""

    day: str
    phase: str
    photo: str
    sides: tuple[PointRow | None, ...]


@dataclass(frozen=True, slots=True)
class MeasureCharts:
    """A measure with a chart for each side and the table behind them."""

    code: str
    name: str
    what: str
    definition: str
    source: str
    charts: tuple[Chart, ...]
    points: tuple[PointsOfPhoto, ...]


def tables(document: SeriesDocument) -> tuple[Table, ...]:
    """Sort the measures by what may be said of their lasting change; an empty table is left out."""
    small = sparklines(document)
    rows = measure_rows(document)
    lines = [Line(row, small[row.code, row.side]) for row in rows]
    changed = [line for line in lines if line.row.lasting and line.row.lasting.verdict in DETECTABLE]
    within = [line for line in lines if line.row.lasting and line.row.lasting.verdict not in DETECTABLE]
    missing = [line for line in lines if line.row.lasting is None]
    all_tables = (
        Table("changed", "What changed lastingly", "Detectable with everything taken together.", tuple(changed)),
        Table(
            "unchanged",
            "What did not",
            "The lasting change lies within what measuring alone can cause. That is not proof that nothing changed: "
            "less than the figure under detectable from would not have been seen.",
            tuple(within),
        ),
        Table("missing", "What could not be assessed", "", tuple(missing)),
    )
    return tuple(table for table in all_tables if table.lines)


def measure_charts(document: SeriesDocument) -> tuple[MeasureCharts, ...]:
    """Every measure with its charts, in the catalogue's order."""
    drawn = timelines(document)
    by_code = groupby(measure_rows(document), key=lambda row: row.code)
    return tuple(_charts(tuple(sides), drawn) for _, sides in by_code)


def _charts(rows: Sequence[MeasureRow], drawn: Mapping[tuple[MeasurandCode, Side | None], Drawing]) -> MeasureCharts:
    entry = MEASURANDS[rows[0].code]
    return MeasureCharts(
        code=rows[0].code,
        name=rows[0].name,
        what=rows[0].what,
        definition=entry.definition,
        source=entry.source,
        charts=tuple(Chart(row, drawn.get((row.code, row.side))) for row in rows),
        points=tuple(_by_photo(rows)),
    )


def _by_photo(rows: Sequence[MeasureRow]) -> Iterator[PointsOfPhoto]:
    sides = [{point.photo: point for point in row.points} for row in rows]
    for point in {point.photo: point for row in rows for point in row.points}.values():
        yield PointsOfPhoto(point.day, point.phase, point.photo, tuple(side.get(point.photo) for side in sides))
