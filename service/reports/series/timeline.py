"""One measure over the visits, drawn as SVG for page and paper; colours and letters are the style sheet's."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from markupsafe import Markup, escape

from models.anatomy import Side
from models.course import Phase
from models.measurand import MeasurandCode
from service.documents.series import MeasurandSeriesDocument, PointDocument, SeriesDocument
from service.reports.series.calendar import LEFT, RIGHT, Calendar, Recorded, calendar
from service.reports.series.effects import effect_words, holds
from service.reports.series.measures import in_order, phase_words
from service.reports.series.values import BOTTOM, TOP, ValueAxis, value_axis, zone
from service.reports.words import counted, day, named, signed

WIDTH: Final = 480
HEIGHT: Final = 240

_LASTING_X: Final = 448.0
_END: Final = 472.0
"""Where the upright axis' lines end, so that the lasting change is read against them too."""
_LARGEST: Final = 4.0
_SMALLEST: Final = 1.9
_DENSE: Final = 2.6
"""Marks smaller than this stand so close that their bars are drawn faintly."""
_NAME_ROWS: Final = (13.0, 29.5)
_HATCH: Final = 7.0
_SPREAD: Final = 7.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """What stands inside an ``svg`` of ``WIDTH`` by ``HEIGHT``, and the same in words."""

    inside: Markup
    words: str


def timelines(document: SeriesDocument) -> dict[tuple[MeasurandCode, Side | None], Drawing]:
    """Draw every measure that has a figure by code and side; both sides of one share their axes."""
    days = calendar(document)
    if days is None:
        return {}
    numbers = {visit.photo: visit.treatment_number for visit in document.visits}
    return {
        (one.measurand, one.side): _timeline(one, days, axis, numbers)
        for _, sides in groupby(in_order(document), key=lambda one: one.measurand)
        for ones in [list(sides)]
        for axis in [value_axis(ones)]
        for one in ones
        if any(point.change_from_baseline is not None for point in one.points)
    }


def _timeline(one: MeasurandSeriesDocument, days: Calendar, axis: ValueAxis, numbers: dict[str, int | None]) -> Drawing:
    parts = (
        *_ground(one, days, axis),
        *_values(axis),
        *_time(days),
        *_spread(one, days, axis),
        *_points(one, days, axis, numbers),
        *_lasting(one, axis),
    )
    return Drawing(Markup("").join(parts), words(one))


def words(one: MeasurandSeriesDocument) -> str:
    """The chart in two or three sentences."""
    known = [point.change_from_baseline for point in one.points if point.change_from_baseline is not None]
    name = named(one.name, one.side)
    counting = sum(point.counts and point.change_from_baseline is not None for point in one.points)
    low, high = (signed(value, one.unit) for value in (min(known), max(known)))
    return (
        f"{name}: change from the baseline on {counted(len(known), 'photo', 'photos')}, of which {counting} count, "
        f"between {low} and {high}.{_effect_in_words(one)} All figures stand in the table below."
    )


def _effect_in_words(one: MeasurandSeriesDocument) -> str:
    lasting = effect_words(one.cumulative, one.measurand, one.unit)
    if lasting is None:
        return ""
    verdict = lasting.verdict_words.lower()
    return f" Lasting change {lasting.change}, 95 % interval {lasting.interval}: {verdict}."


# ---- what lies behind the figures ----


def _ground(one: MeasurandSeriesDocument, days: Calendar, axis: ValueAxis) -> Iterator[Markup]:
    for number, band in enumerate(days.phases):
        look = "timeline__phase timeline__phase--other" if number % 2 else "timeline__phase"
        yield _rect(look, band.start, TOP, band.end, BOTTOM)
        if band.name.row >= 0:
            yield _text("timeline__phase-name", band.name.x, _NAME_ROWS[1 - band.name.row], band.name.words)
    yield from _detectable(one, axis)
    for what in days.recorded:
        if not what.measurands or one.measurand in what.measurands:
            yield from _other(what)
    yield from (_line("timeline__border", band.start, TOP - 6, band.start, BOTTOM) for band in days.phases[1:])


def _detectable(one: MeasurandSeriesDocument, axis: ValueAxis) -> Iterator[Markup]:
    """The zone about zero that a lasting change must leave to be detectable."""
    limit = zone(one)
    if limit is None:
        return
    yield _rect("timeline__zone", LEFT, axis.y(limit), _END, axis.y(-limit))
    yield from (_line("timeline__limit", LEFT, axis.y(at), _END, axis.y(at)) for at in (limit, -limit))


def _other(what: Recorded) -> Iterator[Markup]:
    """Hatched, so that it is seen without colours too; its name runs down its first day."""
    yield _rect("timeline__other", what.start, TOP, what.end, BOTTOM)
    yield _path("timeline__hatch", "".join(_hatching(what.start, what.end)))
    yield _line("timeline__other-start", what.start, TOP, what.start, BOTTOM)
    beside = what.start + 5 if what.end > what.start + 12 or what.start < RIGHT - 14 else what.start - 12
    yield Markup('<text class="timeline__other-name" transform="translate({} {}) rotate(90)">{}</text>').format(
        round(beside, 1), TOP + 5, what.name
    )


def _hatching(start: float, end: float) -> Iterator[str]:
    """Lines that rise to the right, cut at the span's edges."""
    offset = start - (BOTTOM - TOP)
    while offset < end:
        left, right = max(start, offset), min(end, offset + BOTTOM - TOP)
        if right > left:
            yield f"M{left:.1f} {BOTTOM - (left - offset):.1f}L{right:.1f} {BOTTOM - (right - offset):.1f}"
        offset += _HATCH


def _values(axis: ValueAxis) -> Iterator[Markup]:
    ticks = list(axis.ticks())
    yield _path("timeline__grid", "".join(f"M{LEFT} {y}H{_END}" for y, label in ticks if label != "0"))
    yield _line("timeline__zero", LEFT, axis.y(0.0), _END, axis.y(0.0))
    for y, label in ticks:
        yield _text("timeline__figure", LEFT - 6, y + 4, label)
    yield _text("timeline__unit", 5.0, TOP - 10, str(axis.unit))


def _time(days: Calendar) -> Iterator[Markup]:
    yield _line("timeline__axis", LEFT, BOTTOM, RIGHT, BOTTOM)
    yield _path("timeline__session", "".join(f"M{x} {BOTTOM}v6" for x in days.sessions))
    for x, label in days.ticks:
        yield _text("timeline__week", x, BOTTOM + 20, label)
    yield _text("timeline__week", (LEFT + RIGHT) / 2, BOTTOM + 36, "weeks since the first photo")


def _spread(one: MeasurandSeriesDocument, days: Calendar, axis: ValueAxis) -> Iterator[Markup]:
    """How far the baseline photos lie apart, where there are several: a box about them."""
    baseline = [point for point in one.points if point.phase is Phase.BASELINE]
    known = [point.change_from_baseline for point in baseline if point.change_from_baseline is not None]
    places = [days.places[point.photo] for point in baseline if point.photo in days.places]
    if len(known) < 2 or not places:  # noqa: PLR2004  one photo spreads over nothing
        return
    left, right = min(places) - _SPREAD, max(places) + _SPREAD
    yield _rect("timeline__spread", left, axis.y(max(known)), right, axis.y(min(known)))


# ---- the figures ----


def _points(
    one: MeasurandSeriesDocument, days: Calendar, axis: ValueAxis, numbers: dict[str, int | None]
) -> Iterator[Markup]:
    placed = [(days.places[p.photo], p) for p in one.points if p.photo in days.places]
    known = [(x, p, p.change_from_baseline) for x, p in placed if p.change_from_baseline is not None]
    size = round(min(_LARGEST, max(_SMALLEST, days.small)), 1)
    joined = [(x, axis.y(change)) for x, p, change in known if p.counts]
    yield _path("timeline__line", "M" + "L".join(f"{x} {y}" for x, y in joined) if len(joined) > 1 else "")
    faint = " timeline__bar--dense" if size < _DENSE else ""
    for counts, look in ((True, "timeline__bar"), (False, "timeline__bar timeline__bar--off")):
        yield _path(look + faint, "".join(_bar(x, p, axis) for x, p, _ in known if p.counts is counts))
    for x, point, change in known:
        yield _mark(point, x, axis.y(change), size, _told(one, point, numbers.get(point.photo)))
    for x, point in placed:
        if point.change_from_baseline is None:
            yield _cross(x, _told(one, point, numbers.get(point.photo)))


def _bar(x: float, point: PointDocument, axis: ValueAxis) -> str:
    return "" if point.ci95 is None else f"M{x} {axis.y(point.ci95[0])}V{axis.y(point.ci95[1])}"


def _mark(point: PointDocument, x: float, y: float, size: float, told: str) -> Markup:
    title = Markup("<title>{}</title>").format(told)
    if point.phase is Phase.IMMEDIATELY_AFTER:
        tall = round(1.3 * size, 1)
        return Markup('<path class="timeline__passing" d="M{} {}l{} {}h{}z">{}</path>').format(
            x, round(y - tall, 1), tall, 2 * tall, -2 * tall, title
        )
    look = "timeline__point" if point.counts else "timeline__point timeline__point--off"
    look += " timeline__point--dense" if size < _DENSE and point.counts else ""
    return Markup('<circle class="{}" cx="{}" cy="{}" r="{}">{}</circle>').format(look, x, y, size, title)


def _cross(x: float, told: str) -> Markup:
    """A photo without a figure, at the foot of the chart."""
    return Markup('<path class="timeline__missing" d="M{} {}l6 6m0 -6l-6 6"><title>{}</title></path>').format(
        round(x - 3, 1), BOTTOM - 10, told
    )


def _told(one: MeasurandSeriesDocument, point: PointDocument, number: int | None) -> str:
    """What a pointer held over a mark reads."""
    change = "no figure" if point.change_from_baseline is None else signed(point.change_from_baseline, one.unit)
    reason = f". {point.reason}" if point.reason else ""
    return f"{day(point.taken_at)}, {phase_words(point.phase, number).lower()}: {change}{reason}"


def _lasting(one: MeasurandSeriesDocument, axis: ValueAxis) -> Iterator[Markup]:
    """The lasting change beside the plot: what the points add up to, at the same height."""
    yield _text("timeline__week", _LASTING_X, BOTTOM + 20, "lasting")
    if one.cumulative is None:
        yield _text("timeline__week", _LASTING_X, (TOP + BOTTOM) / 2, "\N{EN DASH}")
        return
    effect = one.cumulative
    low, high = effect.ci95
    look = "timeline__lasting" if holds(effect) else "timeline__lasting timeline__lasting--within"
    y = axis.y(effect.change)
    yield Markup('<g class="{}">').format(look)
    yield _path("timeline__lasting-bar", f"M{_LASTING_X} {axis.y(low)}V{axis.y(high)}")
    yield _path("timeline__lasting-mark", f"M{_LASTING_X} {y - 6:.1f}l6 6l-6 6l-6 -6z")
    yield Markup("</g>")


# ---- pieces of SVG ----


def _rect(look: str, left: float, top: float, right: float, bottom: float) -> Markup:
    wide, high = round(right - left, 1), round(bottom - top, 1)
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(look, left, top, wide, high)


def _line(look: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<path class="{}" d="M{} {}L{} {}"/>').format(look, x1, y1, x2, y2)


def _path(look: str, places: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(look, places) if places else Markup("")


def _text(look: str, x: float, y: float, said: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(look, round(x, 1), round(y, 1), escape(said))
