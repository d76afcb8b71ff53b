"""The first screen: what changed, how sure that is, and what else could explain it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Final

from models.comparison import Comparable, Verdict
from models.measurand import MEASURANDS
from service.documents import ChangeDocument, ComparisonDocument
from service.reports.flags import FlagWords, flag_words
from service.reports.photos import controls
from service.reports.pose import PoseDifference, pose_difference
from service.reports.rows import catalogue_order, row_id
from service.reports.words import (
    VERDICT_SYMBOLS,
    apart,
    counted,
    day,
    days_between,
    interval,
    listed,
    named,
    side_words,
    signed,
)

DETECTABLE: Final = frozenset({Verdict.DETECTABLE_INCREASE, Verdict.DETECTABLE_DECREASE})

FALSE_ALARMS: Final = 0.05
"""Share of unchanged measures that a 95 % interval calls changed."""


@dataclass(frozen=True, slots=True)
class Badge:
    """Whether the pair can be compared; ``tone`` names its look."""

    words: str
    says: str
    tone: str


@dataclass(frozen=True, slots=True)
class SideFinding:
    """One side's detectable change; ``row`` is its row in the tables.

    ``doubt`` is said of a change that does not hold when all measures of the report are taken together.
    """

    row: str
    name: str
    side: str
    change: str
    interval: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A measure that changed detectably in one direction, on one side or both."""

    symbol: str
    name: str
    meaning: str
    sides: tuple[SideFinding, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """All that stands above the tables; ``nothing_found`` stands where there is no finding."""

    headline: str
    apart: str
    badge: Badge
    findings: tuple[Finding, ...]
    nothing_found: str
    explained_title: str
    flags: tuple[FlagWords, ...]
    pose: PoseDifference | None
    remarks: tuple[str, ...]


_BADGES: Final = MappingProxyType(
    {
        Comparable.COMPARABLE: Badge("Comparable", "Position, expression and light agree well enough.", "good"),
        Comparable.CAUTION: Badge(
            "Compare with caution", "The photos differ in more than the face; see below.", "caution"
        ),
        Comparable.NOT_COMPARABLE: Badge("Not comparable", "The photos differ too much for any figure.", "stop"),
    }
)


def summary(document: ComparisonDocument) -> Summary:
    """Say in a few sentences what the comparison found."""
    stopped = document.comparability.verdict is Comparable.NOT_COMPARABLE
    return Summary(
        headline=headline(document),
        apart=_apart(document),
        badge=_badge(document),
        findings=tuple(_findings(document)),
        nothing_found="No figure is stated." if stopped else "Nothing beyond what measuring alone can cause.",
        explained_title="Why they cannot be compared" if stopped else "What else could explain it",
        flags=flag_words(document.comparability.flags),
        pose=pose_difference(document),
        remarks=tuple(_remarks(document)),
    )


def headline(document: ComparisonDocument) -> str:
    """One sentence from the verdicts."""
    if document.comparability.verdict is Comparable.NOT_COMPARABLE:
        return "These two photos cannot be compared, so no change is stated."
    counts = Counter(change.verdict for change in document.changes)
    detectable = sum(counts[verdict] for verdict in DETECTABLE)
    within, missing = counts[Verdict.WITHIN_MEASUREMENT_ERROR], counts[Verdict.NOT_ASSESSABLE]
    parts = [
        f"{detectable or 'None'} of {counted(counts.total(), 'measure', 'measures')} changed detectably"
        + _taken_together(document, detectable)
    ]
    if within:
        parts.append(f"{within} {'lies' if within == 1 else 'lie'} within measurement error")
    if missing:
        parts.append(f"{missing} could not be assessed")
    return "; ".join(parts) + "."


def _taken_together(document: ComparisonDocument, detectable: int) -> str:
    """How many of the detectable changes hold over the whole report; nothing where none is or that is not known."""
    known = any(change.family_verdict for change in document.changes)
    if not detectable or not known:
        return ""
    held = sum(change.family_verdict in DETECTABLE for change in document.changes)
    if held == detectable:
        return ", also when all are taken together"
    return (
        f", {held} of them also when all are taken together" if held else ", none of them when all are taken together"
    )


def _badge(document: ComparisonDocument) -> Badge:
    badge = _BADGES[document.comparability.verdict]
    flagged = badge.tone == "good" and document.comparability.flags
    return Badge(badge.words, "Small differences are listed below.", badge.tone) if flagged else badge


def _apart(document: ComparisonDocument) -> str:
    days = days_between(document.before.taken_at, document.after.taken_at)
    if days is None:
        return ""
    return f"{apart(days)} apart" if days else "taken on the same day"


def _findings(document: ComparisonDocument) -> Iterable[Finding]:
    detectable = sorted((change for change in document.changes if change.verdict in DETECTABLE), key=catalogue_order)
    for _, sides in groupby(detectable, key=lambda change: (change.measurand, change.verdict)):
        first, *others = sides
        yield Finding(
            symbol=VERDICT_SYMBOLS[first.verdict],
            name=first.name,
            meaning=first.meaning or "",
            sides=tuple(_side_finding(change) for change in (first, *others)),
        )


def _side_finding(change: ChangeDocument) -> SideFinding:
    return SideFinding(
        row=row_id(change),
        name=named(change.name, change.side),
        side=side_words(change.side),
        change="" if change.change is None else signed(change.change, change.unit),
        interval="" if change.ci95 is None else interval(change.ci95, change.unit),
        doubt="may be chance" if change.family_verdict is Verdict.WITHIN_MEASUREMENT_ERROR else "",
    )


def _remarks(document: ComparisonDocument) -> Iterable[str]:
    yield from _about_time(document)
    yield from _about_the_controls(document)
    yield from _about_the_photos(document)
    yield from _about_the_clinic(document)
    assessed = sum(change.verdict is not Verdict.NOT_ASSESSABLE for change in document.changes)
    if assessed:
        yield (
            "Chance: where nothing has changed, about one measure in twenty still looks detectable. "
            f"{counted(assessed, 'measure was', 'measures were')} assessed here, so expect about "
            f"{FALSE_ALARMS * assessed:.1f} of them by chance alone. What holds when all are taken together (Holm's "
            "procedure) is claimed wrongly in at most one report of twenty; what does not is marked."
        )


def _about_time(document: ComparisonDocument) -> Iterable[str]:
    days = days_between(document.before.taken_at, document.after.taken_at)
    if days is None:
        yield "A date is missing, so nothing can be said about the time between the photos."
    elif days < 0:
        yield (
            f"The photo called before was taken after the other ({day(document.before.taken_at)}): "
            "check which is which."
        )
    elif days == 0:
        yield "Both photos are of the same day: what changed may be swelling or an effect that is gone in days."


def _about_the_controls(document: ComparisonDocument) -> Iterable[str]:
    told = controls(document)
    if not told:
        return
    moves = listed([f"{control.region.lower()} {control.change}" for control in told])
    if all(control.still for control in told):
        yield f"Parts of the face that no treatment moves stood still: {moves}."
    else:
        yield f"A part of the face that no treatment moves seems to have moved, so distrust small changes: {moves}."


def _about_the_clinic(document: ComparisonDocument) -> Iterable[str]:
    """Which of the clinic's own repeatability studies the intervals rest on."""
    for study in document.clinic_repeatability:
        named = f"“{study.name}” of {study.made_on.day} {study.made_on:%B %Y} (id {study.study_id})"
        widened = "; ".join(MEASURANDS[code].name for code in study.widened)
        yield f"This clinic's own repeatability study {named} was used. " + (
            f"Photos of an unchanged face differ by more there than this pair's own error says, so the intervals of "
            f"these are as wide as the study says: {widened}."
            if widened
            else "Nowhere do photos of an unchanged face differ by more there than this pair's own error says."
        )


def _about_the_photos(document: ComparisonDocument) -> Iterable[str]:
    for which, photo in (("before", document.before), ("after", document.after)):
        if photo.quality.flags:
            reasons = counted(len(photo.quality.flags), "remark", "remarks")
            yield f"The {which} photo has {reasons} of its own, under Photo quality."
