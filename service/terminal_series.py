"""A series as a person reads it in a terminal."""

from collections.abc import Callable, Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from models.series import DETECTABLE
from service.documents import SeriesDocument
from service.documents.series import EffectDocument, MeasurandSeriesDocument, SeriesVisitDocument
from service.reports.words import VERDICT_WORDS, counted, day, interval, named, side_words, signed

Part = Callable[[MeasurandSeriesDocument], EffectDocument | None]


def series_lines(document: SeriesDocument) -> Iterator[RenderableType]:
    """What the series rests on, its effects one after the other, notes, and what is due next."""
    yield Text(_rests_on(document), style="bold")
    yield from map(_excluded, (visit for visit in document.visits if visit.verdict == "excluded"))
    yield from _effects(document, "Lasting effect: end of the course against the baseline.", lambda one: one.cumulative)
    yield from _effects(document, "Passing effect: minutes after a session against just before it.", _acute)
    yield from _effects(document, "After the course: since the last session.", lambda one: one.after_course)
    yield from _half_lives(document)
    yield from _effects(document, "Over the maintenance.", lambda one: one.maintenance)
    for note in document.notes:
        yield _indented(note.says)
    if document.due is not None:
        yield Text(f"Next: {document.due.says}")


def _acute(one: MeasurandSeriesDocument) -> EffectDocument | None:
    return one.acute


def _rests_on(document: SeriesDocument) -> str:
    usable = sum(visit.verdict == "usable" for visit in document.visits)
    days = [visit.taken_at for visit in document.visits]
    ends = dict.fromkeys(map(day, (min(days), max(days)))) if days else ()
    span = f", {' to '.join(ends)}" if ends else ""
    photos, baseline = (counted(len(some), "photo", "photos") for some in (document.visits, document.baseline))
    return f"{usable} of {photos} usable{span}; the baseline rests on {baseline}."


def _excluded(visit: SeriesVisitDocument) -> RenderableType:
    file = f" ({visit.photo})" if "." in visit.photo else ""  # an id says nothing to a person
    return _indented(f"Left out: {day(visit.taken_at)}{file}. {visit.reason or ''}".rstrip())


def _effects(document: SeriesDocument, title: str, part: Part) -> Iterator[RenderableType]:
    """A table of what is detectable, and a sentence on what is not."""
    told = [(one, effect) for one in document.measurands if (effect := part(one)) is not None]
    if not told:
        return
    yield Text()
    yield Text(title, style="bold")
    detectable = [(one, effect) for one, effect in told if effect.verdict in DETECTABLE]
    if detectable:
        yield _table(detectable)
    rest = [one for one, effect in told if effect.verdict not in DETECTABLE]
    if rest:
        words = "No further detectable change" if detectable else "No detectable change"
        yield _indented(f"{words}: {'; '.join(_sides(rest))}.")


def _table(rows: Sequence[tuple[MeasurandSeriesDocument, EffectDocument]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("Measure", "Side", "Change", "95 % interval", "Verdict"):
        table.add_column(column, justify="right" if column == "Change" else "left", no_wrap=column != "Measure")
    for one, effect in rows:
        change, bounds = signed(effect.change, one.unit), interval(effect.ci95, one.unit)
        table.add_row(one.name, side_words(one.side), change, bounds, VERDICT_WORDS[effect.verdict])
    return table


def _sides(measurands: Sequence[MeasurandSeriesDocument]) -> Iterator[str]:
    """Each measure once, with its side where the other one is not among them."""
    names: dict[str, list[MeasurandSeriesDocument]] = {}
    for one in measurands:
        names.setdefault(one.name, []).append(one)
    for name, sides in names.items():
        yield named(name, sides[0].side if len(sides) == 1 else None)


def _half_lives(document: SeriesDocument) -> Iterator[RenderableType]:
    for one in document.measurands:
        lost = one.after_course
        if lost is not None and lost.half_life_weeks is not None:
            between = f" ({lost.half_life_ci95[0]:g} to {lost.half_life_ci95[1]:g})" if lost.half_life_ci95 else ""
            yield _indented(
                f"{named(one.name, one.side)}: half of it is gone after {lost.half_life_weeks:g} weeks{between}."
            )


def _indented(text: str) -> RenderableType:
    return Padding(Text(text), (0, 0, 0, 2))
