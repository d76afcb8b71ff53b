"""The first screen of a series: did it work, how sure is that, and what else could it be."""

from dataclasses import dataclass

from service.documents.series import SeriesDocument
from service.reports.series.effects import holds
from service.reports.words import counted


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """All that stands above the charts."""

    headline: str


def first_screen(document: SeriesDocument) -> FirstScreen:
    """Say in a few sentences what the series found."""
    return FirstScreen(headline=headline(document))


def headline(document: SeriesDocument) -> str:
    """One sentence from the lasting effects alone."""
    told = [one for one in document.measurands if one.cumulative is not None]
    if not told:
        return "Nothing can be said yet about a lasting change."
    held = sum(holds(one.cumulative) for one in told)
    measures = counted(len(told), "measure", "measures")
    if held == 0:
        return f"No lasting change is detectable in {measures}."
    return f"The course left a detectable change in {held} of {measures}."
