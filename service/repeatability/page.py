"""From a study to HTML."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from models.measurand import Unit
from models.repeatability import Interval
from service.documents.repeatability import AgreementDocument, IccDocument, RepeatabilityDocument, StudyDocument
from service.reports.home import Home
from service.reports.page import templates
from service.reports.words import MINUS, figure, interval, signed, with_unit
from service.terminal_repeatability import headline, how_sure, sides

_NOTHING: Final = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class _Row:
    """One side of one measure in words; where ``reason`` is given there is no figure."""

    name: str
    side: str
    sem: str
    sem_interval: str
    mdc95: str
    mdc95_interval: str
    n: int
    refused: int
    icc: str
    icc_reason: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Agreement:
    """One measure's bias and limits in words: each figure, then its interval."""

    first: str
    second: str
    name: str
    figures: tuple[str, ...]
    n: int


def render_study_page(
    document: StudyDocument, *, name: str = "", says: str = "", static: str = "/static", home: Home | None = None
) -> str:
    """Write the page of one study.

    Parameters
    ----------
    name, says : of a study that a service keeps: its name, and whether later comparisons count on it.
    home : the way back, for a reader who is signed in.
    """
    return (
        templates()
        .get_template("repeatability.html")
        .render(
            static=static,
            home=home,
            study=document,
            name=name,
            says=says,
            headline=headline(document),
            how_sure=how_sure(document),
            measures=[
                [_row(one) for one in group] for _, group in groupby(document.measurands, lambda one: one.measurand)
            ],
            agreements=list(_agreements(document)),
        )
    )


def _row(one: RepeatabilityDocument) -> _Row:
    return _Row(
        name=one.name,
        side=sides(one),
        sem=_value(one.sem, one.unit),
        sem_interval=_bounds(one.sem_ci95, one.unit),
        mdc95=_value(one.mdc95, one.unit),
        mdc95_interval=_bounds(one.mdc95_ci95, one.unit),
        n=one.n,
        refused=one.refused,
        icc=_icc(one.icc),
        icc_reason=one.icc_reason or "",
        reason=one.reason or "",
    )


def _icc(icc: IccDocument | None) -> str:
    if icc is None:
        return _NOTHING
    low, high = icc.ci95
    return f"{icc.value:.2f} ({low:.2f} to {high:.2f})".replace("-", MINUS)


def _agreements(document: StudyDocument) -> Iterator[_Agreement]:
    for one in document.measurands:
        if one.agreement is not None and (one.pooled or one.side is None):
            told = one.agreement
            yield _Agreement(told.first, told.second, one.name, tuple(_limits(told, one.unit)), told.n)


def _limits(told: AgreementDocument, unit: Unit) -> Iterator[str]:
    parts = ((told.bias, told.bias_ci95), (told.lower, told.lower_ci95), (told.upper, told.upper_ci95))
    for value, bounds in parts:
        yield signed(value, unit)
        yield interval(bounds, unit)


def _value(value: float | None, unit: Unit) -> str:
    return "" if value is None else with_unit(figure(value, unit), unit)


def _bounds(bounds: Interval | None, unit: Unit) -> str:
    return "" if bounds is None else interval(bounds, unit)
