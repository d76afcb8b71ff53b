"""A measure over the visits in the height of a line of text, for the overview of all measures."""

from itertools import groupby
from typing import Final

from markupsafe import Markup

from models.anatomy import Side
from models.course import Phase
from models.measurand import MeasurandCode
from service.documents.series import MeasurandSeriesDocument, SeriesDocument
from service.reports.series.calendar import LEFT, RIGHT, Calendar, calendar
from service.reports.series.effects import holds
from service.reports.series.measures import in_order
from service.reports.series.values import BOTTOM, TOP, ValueAxis, value_axis, zone

WIDTH: Final = 160
HEIGHT: Final = 42

_PLOT: Final = 140.0  # behind it stands the lasting change
_LASTING_X: Final = 150.0
_MARGIN: Final = 3.0


def sparklines(document: SeriesDocument) -> dict[tuple[MeasurandCode, Side | None], Markup]:
    """Draw every measure small by code and side, each pair of sides on one axis."""
    days = calendar(document)
    return {
        (one.measurand, one.side): Markup("") if days is None else _sparkline(one, days, axis)
        for _, sides in groupby(in_order(document), key=lambda one: one.measurand)
        for ones in [list(sides)]
        for axis in [value_axis(ones, bars=False)]
        for one in ones
    }


def _sparkline(one: MeasurandSeriesDocument, days: Calendar, axis: ValueAxis) -> Markup:
    known = [(days.places[p.photo], p, p.change_from_baseline) for p in one.points if p.photo in days.places]
    told = [(_x(x), _y(change, axis), p) for x, p, change in known if change is not None]
    line = "M" + "L".join(f"{x} {y}" for x, y, p in told if p.counts) if any(p.counts for *_, p in told) else ""
    parts = [
        _zone(one, axis),
        Markup('<path class="spark__zero" d="M0 {}H{}"/>').format(_y(0.0, axis), _PLOT),
        _path("spark__line", line),
        _path("spark__off", "".join(_dot(x, y, 1.2) for x, y, p in told if not p.counts and not _passing(p.phase))),
        _path("spark__passing", "".join(_triangle(x, y) for x, y, p in told if _passing(p.phase))),
        _lasting(one, axis),
    ]
    return Markup("").join(parts)


def _zone(one: MeasurandSeriesDocument, axis: ValueAxis) -> Markup:
    limit = zone(one)
    if limit is None:
        return Markup("")
    top, bottom = _y(limit, axis), _y(-limit, axis)
    return Markup('<rect class="spark__zone" x="0" y="{}" width="{}" height="{}"/>').format(
        top, _PLOT, round(bottom - top, 1)
    )


def _lasting(one: MeasurandSeriesDocument, axis: ValueAxis) -> Markup:
    if one.cumulative is None:
        return Markup("")
    low, high = (_y(value, axis) for value in one.cumulative.ci95)
    y = _y(one.cumulative.change, axis)
    look = "spark__lasting" if holds(one.cumulative) else "spark__lasting spark__lasting--within"
    return Markup('<path class="{}" d="M{} {}V{}"/><circle class="{}" cx="{}" cy="{}" r="3"/>').format(
        look, _LASTING_X, low, high, look, _LASTING_X, y
    )


def _passing(phase: Phase) -> bool:
    return phase is Phase.IMMEDIATELY_AFTER


def _path(look: str, places: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(look, places) if places else Markup("")


def _dot(x: float, y: float, size: float) -> str:
    return f"M{x - size:.1f} {y}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0 {-2 * size} 0"


def _triangle(x: float, y: float) -> str:
    return f"M{x} {y - 2:.1f}l2 4h-4z"


def _x(x: float) -> float:
    return round((x - LEFT) / (RIGHT - LEFT) * _PLOT, 1)


def _y(value: float, axis: ValueAxis) -> float:
    share = (axis.y(value) - TOP) / (BOTTOM - TOP)
    return round(_MARGIN + share * (HEIGHT - 2 * _MARGIN), 1)
