"""One subject's photos in the order of their days: phases and sessions that nobody wrote, guessed and told.

The guess is on the safe side: a photo that may show the passing effect of a session is never taken for one that shows
the lasting effect.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

from models.anatomy import View
from models.course import Phase
from service.archive.dates import Taken
from service.archive.drafts import Draft
from service.archive.records import Entry, Reason, Refusal

ONE_SITTING: Final = timedelta(minutes=30)
"""Photos of one day further apart may have a session between them, which takes half an hour to an hour."""
_AT_SESSIONS: Final = frozenset({Phase.TREATMENT, Phase.IMMEDIATELY_AFTER})
_AFTER_SAYS: Final = (
    "Its name says after, and there is no photo of before on that day: write immediately_after for minutes after a "
    "session, follow_up for after the course."
)


@dataclass(frozen=True, slots=True)
class DatedDraft:
    """A draft whose day is known."""

    draft: Draft
    taken: Taken

    @property
    def clock(self) -> datetime:
        """What the clinic's clock showed, whatever its zone."""
        return self.taken.at.replace(tzinfo=None)

    @property
    def day(self) -> date:
        """By that clock."""
        return self.taken.day


@dataclass(frozen=True, slots=True)
class Guesses:
    """Files of which something was guessed."""

    phase: tuple[str, ...] = ()
    later_sitting: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    noon: tuple[str, ...] = ()

    def __add__(self, other: "Guesses") -> "Guesses":
        return Guesses(
            self.phase + other.phase,
            self.later_sitting + other.later_sitting,
            self.number + other.number,
            self.noon + other.noon,
        )


def in_order(
    drafts: Iterable[DatedDraft], paths: Mapping[str, Path], view: View = View.FRONTAL
) -> tuple[tuple[Entry, ...], tuple[Refusal, ...], Guesses]:
    """The entries of one subject, those whose phase nobody can tell, and what was guessed.

    Parameters
    ----------
    view : of photos of which nobody says it.
    """
    ordered = sorted(drafts, key=lambda dated: (dated.clock, dated.draft.file))
    by_day = _by_day(ordered)
    known = [one if not one.draft.after else _after(one, by_day[one.day]) for one in ordered]
    refusals = tuple(one for one in known if isinstance(one, Refusal))
    sittings = _by_day([one for one in known if isinstance(one, DatedDraft)])
    phased = list(_with_phases(sittings))
    numbered = list(_with_numbers(_by_day(phased)))
    entries = sorted((_entry(one, paths, view) for one in numbered), key=_by_time)
    return tuple(entries), refusals, _guesses([one for one in known if isinstance(one, DatedDraft)], numbered)


def _by_time(entry: Entry) -> tuple[datetime, str]:
    return entry.taken_at.replace(tzinfo=None), entry.file


def _by_day(ordered: Sequence[DatedDraft]) -> dict[date, list[DatedDraft]]:
    return {day: list(photos) for day, photos in groupby(ordered, key=lambda dated: dated.day)}


def _after(dated: DatedDraft, that_day: Sequence[DatedDraft]) -> DatedDraft | Refusal:
    """What is called ``after``: minutes after a session where that day has a photo of before it."""
    before = [other for other in that_day if not other.draft.after and other.draft.phase is not Phase.IMMEDIATELY_AFTER]
    if not before:
        return dated.draft.refused(Reason.PHASE_AMBIGUOUS, _AFTER_SAYS)
    return _with(dated, Phase.IMMEDIATELY_AFTER)


def _with_phases(by_day: Mapping[date, Sequence[DatedDraft]]) -> Iterator[DatedDraft]:
    """Where nobody says: the phase of that day's other photos, else baseline on the first day and treatment later."""
    baseline_written = any(one.draft.phase is Phase.BASELINE for photos in by_day.values() for one in photos)
    for number, photos in enumerate(by_day.values()):
        written = [one.draft.phase for one in photos if one.draft.phase not in {None, Phase.IMMEDIATELY_AFTER}]
        guess = Phase.BASELINE if number == 0 and not baseline_written else Phase.TREATMENT
        of_the_day = written[0] or guess if written else guess
        for one in photos:
            yield one if one.draft.phase else _with(one, _guessed(one, photos[0], of_the_day))


def _guessed(one: DatedDraft, first: DatedDraft, of_the_day: Phase) -> Phase:
    late = one.taken.clock and first.taken.clock and one.clock - first.clock > ONE_SITTING
    return Phase.IMMEDIATELY_AFTER if late else of_the_day


def _with_numbers(by_day: Mapping[date, Sequence[DatedDraft]]) -> Iterator[DatedDraft]:
    """Where nobody says: sessions counted day by day; at follow-up those had so far."""
    had = 0
    for photos in by_day.values():
        at_session = [one.draft for one in photos if one.draft.phase in _AT_SESSIONS]
        written = [draft.number for draft in at_session if draft.number is not None]
        today = max(written) if written else had + 1
        for one in photos:
            counted = today if one.draft.phase in _AT_SESSIONS else had
            number = counted if one.draft.number is None else one.draft.number
            yield replace(one, draft=replace(one.draft, number=number))
        had = max(had, today) if at_session else had


def _with(dated: DatedDraft, phase: Phase) -> DatedDraft:
    return replace(dated, draft=replace(dated.draft, phase=phase, after=False))


def _entry(dated: DatedDraft, paths: Mapping[str, Path], view: View) -> Entry:
    draft, taken = dated.draft, dated.taken
    phase = draft.phase or Phase.TREATMENT
    late = phase is Phase.IMMEDIATELY_AFTER and not taken.clock  # stands after that day's other photos
    return Entry(
        draft.file,
        paths[draft.file],
        draft.subject,
        taken.at + timedelta(hours=1) if late else taken.at,
        phase,
        draft.number,
        draft.view or view,
        draft.notes,
        taken.clock,
        taken.by_camera,
        draft.sheet,
    )


def _guesses(before: Sequence[DatedDraft], after: Sequence[DatedDraft]) -> Guesses:
    """What was written, against what there is now."""
    written = {one.draft.file: one.draft for one in before}
    phase = [one for one in after if written[one.draft.file].phase is None]
    late = [one.draft.file for one in phase if one.draft.phase is Phase.IMMEDIATELY_AFTER]
    return Guesses(
        tuple(one.draft.file for one in phase if one.draft.file not in late),
        tuple(late),
        tuple(one.draft.file for one in after if _number_was_counted(written[one.draft.file], one.draft)),
        tuple(one.draft.file for one in after if not one.taken.clock),
    )


def _number_was_counted(written: Draft, draft: Draft) -> bool:
    return written.number is None and written.phase is not None and draft.phase in _AT_SESSIONS
