"""Documents as a person reads them in a terminal."""

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from models.comparison import Comparable, Verdict
from service.bench.speed import SpeedDocument
from service.documents import (
    ChangeDocument,
    ComparisonDocument,
    FlagDocument,
    MeasuredDocument,
    MeasurementDocument,
)
from service.reports.words import VERDICT_WORDS, figure, interval, side_words, signed, with_unit

_NOTHING: Final = "\N{EN DASH}"
_FIGURES: Final = frozenset({"Before", "Change", "Value", "± (1 SD)"})
_PROSE: Final = frozenset({"Measure", "Verdict", "Remark"})
_STYLES: Final = {
    Verdict.DETECTABLE_INCREASE: "bold",
    Verdict.DETECTABLE_DECREASE: "bold",
    Verdict.WITHIN_MEASUREMENT_ERROR: "",
    Verdict.NOT_ASSESSABLE: "dim",
}
_COMPARABLE_WORDS: Final = {
    Comparable.COMPARABLE: "The photos can be compared.",
    Comparable.CAUTION: "The photos can be compared in part.",
    Comparable.NOT_COMPARABLE: "The photos cannot be compared.",
}


def comparison_lines(document: ComparisonDocument) -> Iterator[RenderableType]:
    """Verdict on the pair, its flags, and a table of the changes."""
    yield Text(_COMPARABLE_WORDS[document.comparability.verdict], style="bold")
    yield from _flags("Pair", document.comparability.flags)
    yield from _flags("Before", document.before.quality.flags)
    yield from _flags("After", document.after.quality.flags)
    yield _table(
        ("Measure", "Side", "Before", "Change", "95 % interval", "Verdict"), map(_change_row, document.changes)
    )


def measurement_lines(document: MeasurementDocument) -> Iterator[RenderableType]:
    """Verdict on the photo, its flags, scale, and a table of the figures."""
    usable = document.quality.verdict == "usable"
    yield Text("The photo can be measured." if usable else "The photo should be taken again.", style="bold")
    yield from _flags("Photo", document.quality.flags)
    spread = 100 * document.scale.relative_uncertainty
    yield Text(f"Scale: {document.scale.mm_per_px:.4f} mm per pixel ± {spread:.1f} %, from the iris.")
    yield _table(("Measure", "Side", "Value", "± (1 SD)", "Remark"), map(_measured_row, document.measurements))


def _flags(photo: str, flags: Iterable[FlagDocument]) -> Iterator[Text]:
    for flag in flags:
        yield Text(f"  {photo}: {flag.says}")


def _table(columns: Iterable[str], rows: Iterable[Iterable[Text]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, justify="right" if column in _FIGURES else "left", no_wrap=column not in _PROSE)
    for row in rows:
        table.add_row(*row)
    return table


def _change_row(change: ChangeDocument) -> Iterator[Text]:
    cells = (
        change.name,
        side_words(change.side),
        _NOTHING if change.before is None else with_unit(figure(change.before, change.unit), change.unit),
        _NOTHING if change.change is None else signed(change.change, change.unit),
        _NOTHING if change.ci95 is None else interval(change.ci95, change.unit),
        change.reason or VERDICT_WORDS[change.verdict],
    )
    return (Text(cell, style=_STYLES[change.verdict]) for cell in cells)


def _measured_row(measured: MeasuredDocument) -> Iterator[Text]:
    uncertainty = measured.standard_uncertainty
    cells = (
        measured.name,
        side_words(measured.side),
        _NOTHING if measured.value is None else with_unit(figure(measured.value, measured.unit), measured.unit),
        _NOTHING if uncertainty is None else figure(uncertainty, measured.unit),
        measured.reason or "",
    )
    return (Text(cell, style="dim" if measured.reason else "") for cell in cells)


def speed_lines(document: SpeedDocument) -> Iterator[RenderableType]:
    """Floor, comparison, their ratio, and where the time goes."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("", "CPU s", "Wall s"):
        table.add_column(column, justify="right" if column else "left")
    table.add_row("Floor", f"{document.floor_cpu_s:.3f}", f"{document.floor_wall_s:.3f}")
    table.add_row("Comparison", f"{document.compare_cpu_s:.3f}", f"{document.compare_wall_s:.3f}")
    table.add_row("Ratio", f"{document.ratio_cpu:.2f}", f"{document.ratio_wall:.2f}")
    for title, steps in (("Floor", document.floor_steps), ("Comparison", document.compare_steps)):
        for step in steps:
            table.add_row(f"{title}: {step.step.strip('_').replace('_', ' ')}", f"{step.cpu_s:.4f}", "")
    yield table
