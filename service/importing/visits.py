"""From dated photos to visits: those of one sitting belong together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from models.course import Phase
from service.archive import Entry, Sheet
from service.archive.ordering import ONE_SITTING


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit that the service is to have.

    Parameters
    ----------
    taken_at : with its zone.
    notes : of its photos, each once.
    """

    subject: str
    taken_at: datetime
    phase: Phase
    treatment_number: int | None
    notes: str
    sheet: Sheet
    photos: tuple[Entry, ...]


def visits_of(entries: Sequence[Entry], zone: ZoneInfo | None) -> tuple[PlannedVisit, ...]:
    """The visits that the photos belong to, in their order.

    Photos belong together that have the same subject, phase, session and time; of photos dated by the camera, those of
    half an hour. Times without a zone are of ``zone``, or of this computer's where it is None.
    """
    found: list[PlannedVisit] = []
    for _, alike in groupby(sorted(entries, key=_kind), key=_kind):
        found += [_visit(sitting, zone) for sitting in _sittings(sorted(alike, key=_clock))]
    return tuple(sorted(found, key=lambda visit: (visit.subject, visit.taken_at, visit.phase)))


def _kind(entry: Entry) -> tuple[str, str, int, tuple[str, ...]]:
    sheet = entry.sheet
    number = -1 if entry.treatment_number is None else entry.treatment_number
    return entry.subject, entry.phase, number, (sheet.course, sheet.room, sheet.camera, sheet.operator)


def _clock(entry: Entry) -> tuple[datetime, str]:
    return entry.taken_at.replace(tzinfo=None), entry.file


def _sittings(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    sitting: list[Entry] = []
    for entry in entries:
        if sitting and not _belong_together(sitting[0], entry):
            yield sitting
            sitting = []
        sitting.append(entry)
    if sitting:
        yield sitting


def _belong_together(first: Entry, entry: Entry) -> bool:
    (one, _), (other, _) = _clock(first), _clock(entry)
    return one == other or (first.by_camera and entry.by_camera and other - one <= ONE_SITTING)


def _visit(photos: Sequence[Entry], zone: ZoneInfo | None) -> PlannedVisit:
    first = photos[0]
    taken_at = first.taken_at
    if taken_at.tzinfo is None:
        taken_at = taken_at.replace(tzinfo=zone) if zone is not None else taken_at.astimezone()
    notes = "\n".join(dict.fromkeys(entry.notes for entry in photos if entry.notes))
    number = first.treatment_number
    return PlannedVisit(first.subject, taken_at, first.phase, number, notes, first.sheet, tuple(photos))
