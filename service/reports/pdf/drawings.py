"""The page's drawings as files of their own, in colours that stay apart in black and white."""

import re
from functools import cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

from service.reports.chart import WIDTH, IntervalBar

_SHEET: Final = Path(__file__).parent / "templates" / "paper.css"
_INTERVAL_HEIGHT: Final = 28
_TITLES: Final = re.compile(r"<title>[^<]*</title>")


def paper_svg(inside: Markup, width: int, height: int) -> bytes:
    """A whole SVG file of what stands inside an ``svg`` of the page, without what a pointer would read on it."""
    still = Markup(_TITLES.sub("", inside))  # noqa: S704  what stands inside has escaped its text
    text = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}">'
        "<style>{2}</style>{3}</svg>"
    ).format(width, height, Markup(_sheet()), still)  # noqa: S704  the sheet is a file of this package
    return text.encode()


def interval_svg(bar: IntervalBar, *, held: bool) -> bytes:
    """A change with its interval over the zone that is too small to detect."""
    look = "interval interval--held" if held else "interval"
    inside = Markup(
        '<g class="{look}"><rect class="interval__zone" x="{b.zone_start}" y="3" width="{b.zone_width}" height="22"/>'
        '<path class="interval__axis" d="M12 14H{end}"/><path class="interval__zero" d="M{b.zero} 1V27"/>'
        '<path class="interval__range" d="M{b.low} 14H{b.high}"/>{low}{high}'
        '<circle class="interval__value" cx="{b.middle}" cy="14" r="5"/></g>'
    ).format(
        look=look,
        b=bar,
        end=WIDTH - 12,
        low=_end(bar.low, -8, cut=bar.cut_low),
        high=_end(bar.high, 8, cut=bar.cut_high),
    )
    return paper_svg(inside, WIDTH, _INTERVAL_HEIGHT)


def _end(x: float, point: int, *, cut: bool) -> Markup:
    """An interval's end: a cap, or an arrow where the drawing cuts it."""
    if cut:
        return Markup('<path class="interval__cut" d="M{} 9l{} 5 {} 5z"/>').format(x, point, -point)
    return Markup('<path class="interval__cap" d="M{} 9V19"/>').format(x)


@cache
def _sheet() -> str:
    return _SHEET.read_text(encoding="utf-8")
