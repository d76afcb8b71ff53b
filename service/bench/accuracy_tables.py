"""The benchmark's figures as tables: for a terminal, and as Markdown for the documentation."""

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from models.measurand import Unit
from service.bench.accuracy import AccuracyDocument
from service.bench.accuracy_people import PlaceRow
from service.bench.accuracy_statistics import AccuracyRow, Share

HEADS: Final = (
    "Measure",
    "n",
    "Refused",
    "Bias",
    "Slope",
    "SD",
    "MDC95",
    "Cover",
    "False",
    "Wrong",
    "±",
)
PLACE_HEADS: Final = ("Place", "n", "Refused", "Bias ± SD", "Robust", "Raw bias ± SD", "Raw robust")
_PLACES_IN_A_TERMINAL: Final = ("Place", "n", "Bias ± SD", "Robust", "Raw robust")
_IN_A_TERMINAL: Final = ("Measure", "n", "Refused", "Bias", "Slope", "MDC95", "Cover", "False", "Wrong")
_DECIMALS: Final = {Unit.MILLIMETRE: 3, Unit.DEGREE: 2, Unit.PERCENT: 1, Unit.LOG_LUMINANCE: 3}
_NOTHING: Final = "-"
FALSE_REPORTS: Final = "Reports without any change that claim one, all measures taken together"
FALSE_ALONE: Final = "The same by any single measure's verdict"


def accuracy_lines(document: AccuracyDocument) -> Iterator[RenderableType]:
    """For each source a table of this method and one of raw landmarks, a row a measurand."""
    for source in document.sources:
        yield Text(source.name, style="bold")
        yield f"{source.what} {source.pairs} pairs, {source.refused_pairs} refused as a whole."
        yield _table(source.rows)
        if source.false_reports.of:
            yield f"{FALSE_REPORTS}: {share_words(source.false_reports)}."
            yield f"{FALSE_ALONE}: {share_words(source.false_alone)}."
        yield Text("Raw landmarks, the yardstick")
        yield _table(source.raw_rows)
        if source.raw_false_reports.of:
            yield f"Reports without any change that claim one: {share_words(source.raw_false_reports)}."
        yield ""
    if document.people:
        yield Text(f"Found minus placed by people, {document.photos} photos", style="bold")
        yield _plain_table(_PLACES_IN_A_TERMINAL, map(_place_words, document.people))
    for gate in document.gates:
        yield Text(f"Must be noticed: {gate.name}", style="bold")
        yield f"{gate.what} Flagged {share_words(gate.flagged)}, flagged or not comparable {share_words(gate.gated)}."
        yield f"{gate.detectable} changes claimed."
        yield from gate.claims
    yield f"Method {document.method_version}, seed {document.seed}."


def _place_words(row: PlaceRow) -> Iterable[str]:
    words = dict(zip(PLACE_HEADS, place_cells(row), strict=True))
    return (words[head] for head in _PLACES_IN_A_TERMINAL)


def place_cells(row: PlaceRow) -> tuple[str, ...]:
    """One row's words, under ``PLACE_HEADS``: bias ± SD, plain and robust, of this method and of the raw mesh."""
    return (
        f"{row.place} ({row.unit})",
        str(row.refused.of),
        f"{row.refused.share:.0%}",
        _spread(row.found.bias, row.found.sd),
        _spread(row.found.robust_bias, row.found.robust_sd),
        _spread(row.raw.bias, row.raw.sd),
        _spread(row.raw.robust_bias, row.raw.robust_sd),
    )


def _spread(bias: float | None, sd: float | None) -> str:
    return _NOTHING if bias is None else f"{bias:+.2f} ± {sd:.2f}"


def _plain_table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _table(rows: Iterable[AccuracyRow]) -> Table:
    """What fits a terminal of 80 columns; the rest is in the JSON and the Markdown."""
    shown = [HEADS.index(head) for head in _IN_A_TERMINAL]
    return _plain_table(
        _IN_A_TERMINAL, ([words[place].split(" (")[0].split(" ± ")[0] for place in shown] for words in map(cells, rows))
    )


def cells(row: AccuracyRow) -> tuple[str, ...]:
    """One row's words, under ``HEADS``."""
    decimals = _DECIMALS[row.unit]
    slope = _NOTHING if row.slope is None else f"{row.slope:.2f} ± {row.slope_se:.2f}"
    return (
        row.measurand,
        str(row.sides),
        f"{row.refused.share:.0%}",
        figure(row.bias, f"+.{decimals}f"),
        slope,
        figure(row.sd, f".{decimals}f"),
        _NOTHING if row.mdc95 is None else f"{row.mdc95:.{decimals}f} {row.unit}",
        _coverage(row.coverage),
        f"{row.false_detectable.count}/{row.false_detectable.of}",
        str(row.wrong_and_confident),
        figure(row.half_width, f".{decimals}f"),
    )


def _coverage(share: Share) -> str:
    return f"{share.share:.0%} ({share.low:.0%}-{share.high:.0%})" if share.of else _NOTHING


def share_words(share: Share) -> str:
    """``3 of 48 (6 %, 2-17 %)``."""
    return f"{share.count} of {share.of} ({share.share:.0%}, 95 % interval {share.low:.0%}-{share.high:.0%})"


def figure(value: float | None, form: str) -> str:
    """A figure, or a dash where there is none."""
    return _NOTHING if value is None else format(value, form)
