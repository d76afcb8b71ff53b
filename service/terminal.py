"""Documents as a person reads them in a terminal."""

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from models.anatomy import Side
from models.comparison import Comparable
from service.bench.speed import SpeedDocument
from service.documents import (
    ChangeDocument,
    ComparisonDocument,
    FlagDocument,
    MeasuredDocument,
    MeasurementDocument,
    PhotoDocument,
)
from service.documents.records import ScaleDocument
from service.reports.pose import pose_difference
from service.reports.words import SCALE_METHODS, VERDICT_WORDS, figure, interval, named, side_words, signed, with_unit

_NOTHING: Final = "\N{EN DASH}"
_FIGURES: Final = frozenset({"Before", "Change", "Value", "± (1 SD)"})
_PROSE: Final = frozenset({"Measure", "Verdict"})
_COMPARABLE_WORDS: Final = {
    Comparable.COMPARABLE: "The photos can be compared.",
    Comparable.CAUTION: "The photos can be compared in part.",
    Comparable.NOT_COMPARABLE: "The photos cannot be compared.",
}


def comparison_lines(document: ComparisonDocument) -> Iterator[RenderableType]:
    """Verdict on the pair, its flags, a table of the changes, and what could not be assessed."""
    yield Text(_COMPARABLE_WORDS[document.comparability.verdict], style="bold")
    yield from _flags("Pair", document.comparability.flags)
    yield from _flags("Before", document.before.quality.flags)
    yield from _flags("After", document.after.quality.flags)
    yield from (*_placed("Before", document.before), *_placed("After", document.after))
    if (pose := pose_difference(document)) is not None:
        worth = "; ".join(f"{name} {size}" for name, size in pose.worth)
        yield _indented(f"{pose.says} That may be worth (1 SD): {worth}." if worth else pose.says)
    if measured := [change for change in document.changes if change.reason is None]:
        columns = ("Measure", "Side", "Before", "Change", "95 % interval", "Verdict")
        yield _table(columns, map(_change_row, measured))
    yield from _reasons(document.changes)


def measurement_lines(document: MeasurementDocument) -> Iterator[RenderableType]:
    """Verdict on the photo, its flags, scale, and a table of the figures."""
    usable = document.quality.verdict == "usable"
    yield Text("The photo can be measured." if usable else "The photo should be taken again.", style="bold")
    yield from _flags("Photo", document.quality.flags)
    if document.scale is not None:
        yield _scale(document.scale)
    yield from _placed("Photo", document)
    if measured := [measurement for measurement in document.measurements if measurement.reason is None]:
        yield _table(("Measure", "Side", "Value", "± (1 SD)"), map(_measured_row, measured))
    yield from _reasons(document.measurements)


def _scale(scale: ScaleDocument) -> RenderableType:
    rests_on = SCALE_METHODS.get(scale.method, scale.method)
    return Text(f"Scale: {scale.mm_per_px:.4f} mm per pixel ± {100 * scale.relative_uncertainty:.1f} %, {rests_on}.")


def _flags(photo: str, flags: Iterable[FlagDocument]) -> Iterator[RenderableType]:
    return (_indented(f"{photo}: {flag.says}") for flag in flags)


def _placed(photo: str, document: PhotoDocument) -> Iterator[RenderableType]:
    """The contours that a person placed."""
    for placed in document.corrections:
        contour = f"{placed.side} {placed.contour.replace('_', ' ')}"
        yield _indented(f"{photo}: the {contour} was placed by hand ({placed.corrected_by}).")


def _reasons(figures: Iterable[ChangeDocument] | Iterable[MeasuredDocument]) -> Iterator[RenderableType]:
    """What is not assessable, by reason, so that a reason that stops much is told once."""
    stopped: dict[str, dict[str, list[Side | None]]] = {}
    for entry in figures:
        if entry.reason is not None:
            stopped.setdefault(entry.reason, {}).setdefault(entry.name, []).append(entry.side)
    for reason, names in stopped.items():
        yield Text(f"Not assessable. {reason}", style="bold")
        yield _indented("; ".join(named(name, sides[0] if len(sides) == 1 else None) for name, sides in names.items()))


def _indented(text: str) -> RenderableType:
    return Padding(Text(text), (0, 0, 0, 2))


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
        VERDICT_WORDS[change.verdict],
    )
    return (Text(cell, style="bold" if change.meaning else "") for cell in cells)


def _measured_row(measured: MeasuredDocument) -> Iterator[Text]:
    uncertainty = measured.standard_uncertainty
    yield Text(measured.name)
    yield Text(side_words(measured.side))
    yield Text(_NOTHING if measured.value is None else with_unit(figure(measured.value, measured.unit), measured.unit))
    yield Text(_NOTHING if uncertainty is None else figure(uncertainty, measured.unit))


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
