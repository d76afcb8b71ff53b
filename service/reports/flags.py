"""Flags as a page tells them: what is the matter, what to do about it, whom it flatters, what it stops."""

from collections.abc import Iterable
from dataclasses import dataclass

from babel.numbers import get_decimal_symbol

from models.measurand import MEASURANDS, MeasurandCode
from models.quality import FLAGS, FlagCode, in_figures
from service.documents import FlagDocument
from service.documents.records import RefusalDocument
from service.reports.words import listed
from service.texts import SOURCE, _, language


@dataclass(frozen=True, slots=True)
class FlagWords:
    """One flag in plain words.

    Parameters
    ----------
    remedy : what to do when the photo is taken again; empty where there is nothing to do.
    flatters : which photo looks better for it; empty where neither or not known.
    stops : what is not assessed because of it; empty where nothing.
    """

    says: str
    remedy: str
    flatters: str
    stops: str


def flag_words(flags: Iterable[FlagDocument]) -> tuple[FlagWords, ...]:
    """Tell each flag in plain words."""
    return tuple(_flag_words(flag) for flag in flags)


def parted(code: FlagCode, says: str) -> tuple[str, str]:
    """A flag's sentence and its remedy, which the document tells in one."""
    remedy = FLAGS[code].remedy
    said = says.strip()
    return (said.removesuffix(remedy).strip(), remedy) if said.endswith(remedy) else (said, "")


def told(flag: FlagDocument | RefusalDocument) -> tuple[str, str]:
    """A flag's sentence and its remedy in the language that is spoken.

    Documents are kept in English, which comes as they tell it; any other language is written from the catalogue.
    """
    if language() == SOURCE:
        return parted(flag.code, flag.says)
    entry, point = FLAGS[flag.code], get_decimal_symbol(language())
    value, limit = (in_figures(figure).replace(".", point) for figure in (flag.value, flag.limit))
    shows = flag.shows if isinstance(flag, FlagDocument) else None
    shown = "?" if shows is None else _(shows.words)
    return _(entry.says).format(value=value, limit=limit, shown=shown), _(entry.remedy)


def _flag_words(flag: FlagDocument) -> FlagWords:
    says, remedy = parted(flag.code, flag.says)
    return FlagWords(
        says=says,
        remedy=remedy,
        flatters="" if flag.favours is None else f"Flatters the {flag.favours} photo",
        stops=_stopped(flag.stops),
    )


def _stopped(codes: tuple[MeasurandCode, ...]) -> str:
    if not codes:
        return ""
    if set(codes) == set(MEASURANDS):
        return "all measures"
    return listed([MEASURANDS[code].name for code in codes])
