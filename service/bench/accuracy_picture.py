"""The benchmark as a picture: for each measurand, told against true changes with their intervals, as one SVG.

What lies on the diagonal is right; a bar that crosses the diagonal holds the truth. True zeros are spread side by side
over a grey strip, where a bar that leaves out the zero line is a false alarm. Raw landmarks stand behind in grey.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain
from typing import Final

import numpy as np

from models.measurand import MEASURANDS, MeasurandCode
from service.bench.accuracy import AccuracyDocument
from service.bench.accuracy_statistics import Outcome

_PANEL: Final = 300
_GAP: Final = 64
_TOP: Final = 124
_COLUMNS: Final = 4
_COLOURS: Final = ("#1b6ca8", "#c8102e", "#2e8540", "#8a5a00", "#6a3d9a")
"""One a source; told apart by people who see red and green alike by their lightness."""
_GREY: Final = "#b9bec4"
_SHOWN_SHARE: Final = 0.985
"""An axis reaches so far that this share of the figures is on it; the others stand at its edge."""
_ZEROS_ALONE: Final = 0.9
_ZEROS_AMONG_OTHERS: Final = 0.3
_ROUND: Final = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True)
class _Panel:
    """One measurand's square, from ``-limit`` to ``limit`` on both axes; true zeros lie in ``strip`` of its width."""

    code: MeasurandCode
    left: float
    top: float
    limit: float
    strip: float

    def x(self, value: float) -> float:
        return round(self.left + _PANEL * (0.5 + self._share(value)), 1)

    def y(self, value: float) -> float:
        return round(self.top + _PANEL * (0.5 - self._share(value)), 1)

    def _share(self, value: float) -> float:
        return max(-0.5, min(0.5, value / self.limit / 2))


def accuracy_svg(document: AccuracyDocument) -> str:
    """The picture of a run; a panel for each measurand of which anything was told."""
    told = [source.outcomes for source in document.sources]
    codes = [code for code in MEASURANDS if any(one.measurand is code and one.change is not None for one in _all(told))]
    panels = [_panel(code, place, list(_all(told))) for place, code in enumerate(codes)]
    rows = max(1, -(-len(panels) // _COLUMNS))
    width, height = _GAP + _COLUMNS * (_PANEL + _GAP), _TOP + rows * (_PANEL + 2 * _GAP)
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *_legend(document),
        *chain.from_iterable(_drawn(panel, document) for panel in panels),
        "</svg>",
    )
    return "\n".join(parts) + "\n"


def _all(told: Iterable[Sequence[Outcome]]) -> Iterator[Outcome]:
    return chain.from_iterable(told)


def _panel(code: MeasurandCode, place: int, told: Sequence[Outcome]) -> _Panel:
    row, column = divmod(place, _COLUMNS)
    own = [one for one in told if one.measurand is code and one.change is not None]
    sizes = [max(abs(one.truth), abs(one.change or 0.0) + 0.5 * (one.half_width or 0.0)) for one in own]
    limit = _rounded_up(float(np.quantile(sizes, _SHOWN_SHARE)))
    strip = _ZEROS_ALONE if all(one.no_true_change for one in own) else _ZEROS_AMONG_OTHERS
    return _Panel(code, _GAP + column * (_PANEL + _GAP), _TOP + row * (_PANEL + 2 * _GAP), limit, strip)


def _rounded_up(value: float) -> float:
    power = 10.0 ** np.floor(np.log10(max(value, 1e-3)))
    return float(next(power * step for step in _ROUND if power * step >= value * (1 - 1e-9)))


def _legend(document: AccuracyDocument) -> Iterator[str]:
    yield _text(_GAP, 34, "Told against true change, with 95 % intervals", size=22, weight="bold")
    x = float(_GAP)
    names = [(source.name, colour) for source, colour in zip(document.sources, _COLOURS, strict=False)]
    for name, colour in (*names, ("raw landmarks", _GREY)):
        yield f'<circle cx="{x + 6}" cy="60" r="6" fill="{colour}"/>'
        yield _text(x + 18, 65, name, size=15)
        x += 18 + 8.5 * len(name) + 28


def _drawn(panel: _Panel, document: AccuracyDocument) -> Iterator[str]:
    yield from _frame(panel)
    raw = [(one, _GREY) for source in document.sources for one in source.raw_outcomes]
    told = [
        (one, colour)
        for source, colour in zip(document.sources, _COLOURS, strict=False)
        for one in source.outcomes
        if one.change is not None
    ]
    for x, one, _ in _placed(panel, raw):
        yield _dot(x, panel.y(one.change or 0.0), _GREY, 1.8)
    for x, one, colour in _placed(panel, told):
        change, half = one.change or 0.0, one.half_width or 0.0
        bar = f"M{x} {panel.y(change - half)}V{panel.y(change + half)}"
        yield f'<path d="{bar}" stroke="{colour}" stroke-width="0.8" stroke-opacity="0.4"/>'
        yield _dot(x, panel.y(change), colour, 2.2)


def _placed(panel: _Panel, told: Iterable[tuple[Outcome, str]]) -> Iterator[tuple[float, Outcome, str]]:
    """Where across the panel each figure stands: at its truth, and true zeros side by side in their strip."""
    own = [(one, colour) for one, colour in told if one.measurand is panel.code]
    zeros = sum(one.no_true_change for one, _ in own)
    seen = 0
    for one, colour in own:
        if not one.no_true_change:
            yield panel.x(one.truth), one, colour
            continue
        share = (seen + 0.5) / zeros - 0.5
        seen += 1
        yield round(panel.x(0.0) + share * panel.strip * _PANEL, 1), one, colour


def _dot(x: float, y: float, colour: str, radius: float) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}" fill-opacity="0.75"/>'


def _frame(panel: _Panel) -> Iterator[str]:
    entry, limit = MEASURANDS[panel.code], panel.limit
    left, right, top, bottom = panel.x(-limit), panel.x(limit), panel.y(limit), panel.y(-limit)
    yield f'<rect x="{left}" y="{top}" width="{_PANEL}" height="{_PANEL}" fill="#f7f8f9" stroke="#8a9097"/>'
    width = panel.strip * _PANEL
    yield f'<rect x="{panel.x(0) - width / 2}" y="{top}" width="{width}" height="{_PANEL}" fill="#eceef0"/>'
    zero = f"M{left} {panel.y(0)}H{right}"
    yield f'<path d="{zero}" stroke="#8a9097"/>'
    if panel.strip < _ZEROS_ALONE:
        yield f'<path d="M{left} {bottom}L{right} {top}" stroke="#4a4f55" stroke-dasharray="5 4"/>'
    yield _text(left, top - 10, f"{panel.code}, {entry.change_unit}", size=15, weight="bold")
    for value, anchor in ((-limit, "start"), (0.0, "middle"), (limit, "end")):
        yield _text(panel.x(value), bottom + 18, f"{value:+g}" if value else "0", size=13, anchor=anchor)
        yield _text(left - 6, panel.y(value) + (10 if value > 0 else 0), f"{value:+g}" if value else "0", 13, "end")
    yield _text(panel.x(0), bottom + 36, "true", size=13, anchor="middle")
    yield _text(left - 30, panel.y(0) - 16, "told", size=13, anchor="middle")


def _text(x: float, y: float, words: str, size: int = 13, anchor: str = "start", weight: str = "normal") -> str:
    style = f'font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" fill="#22262a"'
    return f'<text x="{x}" y="{y}" {style}>{escape(words)}</text>'
