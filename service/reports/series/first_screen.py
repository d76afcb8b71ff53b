"""The first screen of a series: did it work, how sure is that, and what else could it be."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from models.confounder import CONFOUNDERS
from models.course import Phase
from models.series import NoteCode
from service.documents.series import SeriesDocument
from service.reports.series.effects import by_itself_alone, holds
from service.reports.series.measures import in_order
from service.reports.series.notes import SURE, NoteWords, confounders, elsewhere, measures_listed, missing, noted
from service.reports.series.regions import Found, Region, found, having, holding, regions
from service.reports.words import apart, counted, day, listed, spoken

_MOST_NAMES: Final = 6


@dataclass(frozen=True, slots=True)
class Aside:
    """An effect that is kept apart from the lasting one: its sentence, and what was found."""

    says: str
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """What comes next, and when."""

    what: str
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something lasting was found, in a badge and a sentence; ``tone`` names the badge's look."""

    words: str
    says: str
    tone: str


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """All that stands above the charts.

    Parameters
    ----------
    basis : what the lasting change is told from.
    course : the protocol and what was had of it.
    also : measures whose lasting change holds by itself alone, in a sentence; empty where there is none.
    """

    headline: str
    verdict: Verdict
    basis: str
    first_day: str
    last_day: str
    apart: str
    course: str
    photos: str
    regions: tuple[Region, ...]
    also: str
    passing: Aside
    later: Aside
    sure: tuple[str, ...]
    elsewhere: tuple[NoteWords, ...]
    missing: tuple[NoteWords, ...]
    due: Due | None
    pending: str


def first_screen(document: SeriesDocument) -> FirstScreen:
    """Say in a few sentences what the series found."""
    days = [visit.taken_at for visit in document.visits]
    return FirstScreen(
        headline=headline(document),
        verdict=_verdict(document),
        basis=_basis(document),
        first_day=day(min(days)) if days else "",
        last_day=day(max(days)) if days else "",
        apart=apart((max(days).date() - min(days).date()).days) if days else "",
        course=_course(document),
        photos=_photos(document),
        regions=regions(document),
        also=_also(document),
        passing=_passing(document),
        later=_later(document),
        sure=tuple(_sure(document)),
        elsewhere=tuple(elsewhere(document)),
        missing=tuple(missing(document)),
        due=None if document.due is None else Due(spoken(document.due.what), document.due.says),
        pending=_pending(document.pending),
    )


def headline(document: SeriesDocument) -> str:
    """One sentence from the lasting effects alone."""
    told = [one for one in document.measurands if one.cumulative is not None]
    if not told:
        return "Nothing can be said yet about a lasting change."
    held = sum(holds(one.cumulative) for one in told)
    measures = counted(len(told), "measure", "measures")
    so_far = " so far" if _unfinished(document) else ""
    if held == 0:
        return f"No lasting change is detectable{so_far} in {measures}."
    return f"{held} of {measures} show{'s' * (held == 1)} a detectable lasting change{so_far}."


def _unfinished(document: SeriesDocument) -> bool:
    """Whether another session is due: then what is told is the state so far."""
    return document.due is not None and document.due.what.startswith("session")


def _verdict(document: SeriesDocument) -> Verdict:
    told = [one.cumulative for one in document.measurands if one.cumulative is not None]
    if not told:
        return Verdict("Not assessable", "The photos do not carry a lasting change.", "stop")
    if not any(holds(effect) for effect in told):
        return Verdict(
            "Within measurement error",
            "That is no proof that nothing changed: each line says what would have been seen.",
            "none",
        )
    recorded = [CONFOUNDERS[kind].name.lower() for kind in confounders(document.notes)]
    if recorded:
        says = f"{listed(recorded).capitalize()} recorded: part of a change may come from there."
        return Verdict("Detectable, with something else recorded", says, "caution")
    return Verdict("Detectable", "Beyond measurement error, also with everything taken together.", "good")


def _basis(document: SeriesDocument) -> str:
    """When the lasting change is told, and from what; empty where none is."""
    if all(one.cumulative is None for one in document.measurands):
        return ""
    times = [one.cumulative.at for one in document.measurands if one.cumulative is not None]
    known = [at for at in times if at is not None]
    when = f" on {day(max(known))}" if known else ""
    so_far = ", with the course not over" if _unfinished(document) else ""
    return f"What lasts: the face{when} against the baseline, in photos taken before a session{so_far}."


def _course(document: SeriesDocument) -> str:
    kind, planned, had = spoken(document.protocol.kind), document.protocol.planned_sessions, sessions_had(document)
    of = (
        f"{had} of {counted(planned, 'session', 'sessions')}"
        if had <= planned
        else f"{had} sessions, {planned} planned"
    )
    return f"{kind} course, {of}"


def _photos(document: SeriesDocument) -> str:
    left_out = sum(visit.verdict == "excluded" for visit in document.visits)
    return counted(len(document.visits), "photo", "photos") + (f", {left_out} left out" if left_out else "")


def sessions_had(document: SeriesDocument) -> int:
    """As many sessions as their numbers say, or as there are days with one, whichever is more."""
    numbers = [visit.treatment_number or 0 for visit in document.visits]
    return max(len(session_days(document)), *numbers, 0)


def session_days(document: SeriesDocument) -> tuple[str, ...]:
    """Days on which a session is known to have been, in order."""
    had = {Phase.TREATMENT, Phase.IMMEDIATELY_AFTER, Phase.MAINTENANCE}
    return tuple(sorted({visit.taken_at.date().isoformat() for visit in document.visits if visit.phase in had}))


def _also(document: SeriesDocument) -> str:
    alone = [one for one in in_order(document) if by_itself_alone(one.cumulative)]
    return f"Detectable by itself alone, so it may be chance: {measures_listed(alone, _MOST_NAMES)}." if alone else ""


def _passing(document: SeriesDocument) -> Aside:
    told = having(in_order(document), lambda one: one.acute)
    if not told:
        unknown = "No photo was taken both just before and just after a session, so it is not known."
        return Aside(noted(document, NoteCode.NO_ACUTE_PAIR) or unknown, ())
    held = holding(told)
    of = counted(max(one.effect.n for one in told), "session", "sessions")
    if not held:
        return Aside(f"Nothing is detectable minutes after a session ({of}).", ())
    return Aside(f"Seen minutes after a session ({of}), not part of what lasts:", found(held))


def _later(document: SeriesDocument) -> Aside:
    told = having(in_order(document), lambda one: one.after_course)
    if not told:
        unknown = "No photo after the course tells what became of it."
        return Aside(noted(document, NoteCode.NO_FOLLOW_UP) or unknown, ())
    if not any(holds(one.cumulative) for one in document.measurands):
        return Aside("There is no lasting change that could have been lost.", ())
    moved = holding(told)
    known = [one.effect.at for one in told if one.effect.at is not None]
    until = f" to {day(max(known))}" if known else ""
    if not moved:
        return Aside(f"From the course's end{until} no further change is detectable.", ())
    return Aside(f"From the course's end{until}:", found(moved))


def _sure(document: SeriesDocument) -> Iterable[str]:
    if any(one.cumulative is not None for one in document.measurands):
        yield (
            "Intervals cover 95 %. What is called detectable holds with all that this report claims taken together "
            "(Holm): where nothing changed, at most one such report of twenty claims anything."
        )
    yield from (note.says for note in document.notes if note.code in SURE)


def _pending(pending: int) -> str:
    if not pending:
        return ""
    return (
        f"{counted(pending, 'comparison is', 'comparisons are')} still to be made; the figures are without "
        f"{'it' if pending == 1 else 'them'}."
    )
