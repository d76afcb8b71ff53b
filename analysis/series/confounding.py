"""What confounders do to a series: which points they keep from counting, and why.

A filler, toxin or operation between the baseline and a photo changes the face by itself: from that day on the course's
effect cannot be told, and photos before it alone do. Make-up spoils its own days. What may explain only a part of a
change is told beside it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from models.confounder import CONFOUNDERS, Confounder, ConfounderEffect, ConfounderKind
from models.course import Phase
from models.measurand import MEASURANDS, Family, MeasurandCode, part_of_face
from models.series import Note, NoteCode, SeriesPhoto

_SAME_HOURS: Final = 3.0
"""Photos of one protocol are taken within so many hours of the day."""


def keeps_out(confounders: Iterable[Confounder], measurand: MeasurandCode, taken: date, baseline: date | None) -> str:
    """Why a photo may not count for a measurand, in one sentence; empty where nothing keeps it out.

    Parameters
    ----------
    baseline : day of the last baseline photo; what began before it acts on both photos.
    """
    part = part_of_face(measurand)
    for one in confounders:
        if part in one.acts_on and (_splits(one, taken, baseline) or _spoils(one, taken)):
            return f"{_named(one)}: {_WHY[one.entry.effect]}"
    return ""


_WHY: Final = {
    ConfounderEffect.SPLITS: "what the course did cannot be told from it after that day.",
    ConfounderEffect.LEAVES_OUT: "photos of that day do not count here.",
    ConfounderEffect.MARKS: "",
}


def _splits(one: Confounder, taken: date, baseline: date | None) -> bool:
    if one.entry.effect is not ConfounderEffect.SPLITS or (baseline is not None and one.since <= baseline):
        return False
    return one.since <= taken and (one.over_on is None or taken <= one.over_on)


def spoils(confounders: Iterable[Confounder], measurand: MeasurandCode, taken: date) -> bool:
    """Whether photos of a day do not show the measurand as it is."""
    part = part_of_face(measurand)
    return any(part in one.acts_on and _spoils(one, taken) for one in confounders)


def _spoils(one: Confounder, taken: date) -> bool:
    return one.entry.effect is ConfounderEffect.LEAVES_OUT and one.since <= taken <= (one.until or one.since)


def confounder_notes(
    confounders: Iterable[Confounder], photos: Sequence[SeriesPhoto], baseline: date | None
) -> Iterator[Note]:
    """A note for each confounder that overlaps the series."""
    if not photos:
        return
    last = max(photo.taken_at for photo in photos).date()
    first = min(photo.taken_at for photo in photos).date()
    for one in sorted(confounders, key=lambda one: (one.since, one.kind)):
        if one.since <= last and (one.over_on is None or one.over_on >= first):
            yield _note(one, baseline)


def _note(one: Confounder, baseline: date | None) -> Note:
    entry = one.entry
    says = f"{_named(one)}. {entry.says}"
    if baseline is not None and one.since <= baseline and entry.effect is ConfounderEffect.SPLITS:
        says += " It came before the baseline, so it may wear off while the course goes on."
    elif entry.effect is ConfounderEffect.SPLITS:
        says += " What the course did is told from the photos before it alone, where it acts."
    elif entry.effect is ConfounderEffect.MARKS:
        says += " It may explain part of a change."
    until = one.settled_on if entry.settling_days else one.until or (one.since if entry.lasting_days == 0 else None)
    return Note(NoteCode(f"confounder_{one.kind}"), says, one.since, until, _measurands(one.acts_on))


def _named(one: Confounder) -> str:
    day = f"{one.since.day} {one.since:%B %Y}"
    until = "" if one.until is None or one.until == one.since else f" to {one.until.day} {one.until:%B %Y}"
    note = f" ({one.note.strip().rstrip('.')})" if one.note.strip() else ""
    return f"{one.entry.name} on {day}{note}" if not until else f"{one.entry.name}, {day}{until}{note}"


def _measurands(families: frozenset[Family]) -> tuple[MeasurandCode, ...]:
    return () if families == frozenset(Family) else tuple(code for code in MEASURANDS if part_of_face(code) in families)


def time_of_day_notes(photos: Sequence[SeriesPhoto], recorded: Iterable[Confounder]) -> Iterator[Note]:
    """That visits were photographed at another time of day than the baseline, where nobody said so."""
    baseline = [photo.taken_at for photo in photos if photo.phase is Phase.BASELINE]
    known = {one.since for one in recorded if one.kind is ConfounderKind.TIME_OF_DAY}
    if not baseline:
        return
    odd = [
        photo.taken_at
        for photo in photos
        if photo.phase is not Phase.IMMEDIATELY_AFTER
        and photo.taken_at.date() not in known
        and min(_hours_apart(photo.taken_at, one) for one in baseline) > _SAME_HOURS
    ]
    if odd:
        days = ", ".join(f"{one.day} {one:%B}" for one in odd[:4]) + (" and others" if len(odd) > 4 else "")  # noqa: PLR2004
        says = (
            f"Photos of {days} were taken more than {_SAME_HOURS:.0f} hours earlier or later in the day than the "
            f"baseline. {CONFOUNDERS[ConfounderKind.TIME_OF_DAY].says} Take all photos at the same time of day."
        )
        yield Note(NoteCode.CONFOUNDER_TIME_OF_DAY, says, odd[0].date(), odd[-1].date())


def _hours_apart(one: datetime, other: datetime) -> float:
    """Between two times of day, by the clock that wrote them, the shorter way round."""
    apart = abs(timedelta(hours=one.hour, minutes=one.minute) - timedelta(hours=other.hour, minutes=other.minute))
    return min(apart, timedelta(hours=24) - apart) / timedelta(hours=1)
