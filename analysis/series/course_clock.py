"""When a course began and ended, and which of its photos may speak for its lasting effect.

A photo counts when nothing passing shows in it. One taken minutes after a session never does, nor one taken so soon
after a session that the passing effect of days may still be there; the photo before that day's session does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from analysis.series.plan import in_time, is_before_first_session
from models.course import Phase, Protocol
from models.series import SeriesPhoto

PASSING_DAYS: Final = 3
"""One session's effect is said to last days; shorter where sessions are closer to each other."""
_END_INTERVALS: Final = 2
"""A follow-up within so many intervals after the last session shows the end of the course, a later one what became of
it."""
SAME_DAY: Final = timedelta(hours=12)
"""Photos less apart are of one day, whatever the date: UTC may pass midnight in the middle of a clinic's day."""
_WEEK: Final = timedelta(days=7)

_IMMEDIATELY: Final = "Taken right after a session: it shows a passing effect."


@dataclass(frozen=True, slots=True)
class CourseClock:
    """The times of one course.

    Parameters
    ----------
    first_session, last_session : None where there was none yet; the last one of the induction.
    induction : photos whose states the course model is fitted to, in time: untreated ones and the treatment's.
    end : the last of them at which the course's effect is told, None where there is none.
    later : follow-ups after the end and before any maintenance, in time.
    maintenance : in time.
    passing : why a photo does not count, by its key.
    """

    first_session: datetime | None
    last_session: datetime | None
    induction: tuple[SeriesPhoto, ...]
    later: tuple[SeriesPhoto, ...]
    maintenance: tuple[SeriesPhoto, ...]
    passing: dict[str, str]

    @classmethod
    def of(cls, usable: Sequence[SeriesPhoto], protocol: Protocol) -> Self:
        """Read the clock off the photos."""
        photos = sorted(usable, key=in_time)
        sessions = _sessions(photos)
        passing = dict(_passing(photos, sessions, protocol))
        counting = [photo for photo in photos if photo.key not in passing]
        first, last = _first_session(photos, protocol), max(sessions, default=None)
        end_by = None if last is None else last + _END_INTERVALS * timedelta(days=protocol.interval_days)
        induction = _with_an_end([photo for photo in counting if _in_induction(photo, end_by)], counting, first)
        after = [photo for photo in counting if photo not in induction]
        maintenance = tuple(photo for photo in after if photo.phase is Phase.MAINTENANCE)
        until = min((photo.taken_at for photo in maintenance), default=None)
        later = tuple(
            photo for photo in after if photo.phase is Phase.FOLLOW_UP and (until is None or photo.taken_at < until)
        )
        return cls(first, last, induction, later, maintenance, passing)

    def weeks(self, photo: SeriesPhoto) -> float:
        """Weeks from the first session to the photo; 0 for every photo of the untreated face."""
        if self.first_session is None or photo.phase is Phase.BASELINE or is_before_first_session(photo):
            return 0.0
        return max(0.0, (photo.taken_at - self.first_session) / _WEEK)

    def weeks_after(self, photo: SeriesPhoto) -> float:
        """Weeks from the last session to the photo."""
        return 0.0 if self.last_session is None else (photo.taken_at - self.last_session) / _WEEK


def day_numbers(photos: Sequence[SeriesPhoto]) -> list[int]:
    """A number for each photo, the same for photos of one day.

    Parameters
    ----------
    photos : in time.
    """
    numbers, begun, number = [], None, 0
    for photo in photos:
        if begun is None or photo.taken_at - begun >= SAME_DAY:
            begun, number = photo.taken_at, number + 1
        numbers.append(number)
    return numbers


def _sessions(photos: Sequence[SeriesPhoto]) -> list[datetime]:
    """When sessions of the induction took place, as far as photos tell."""
    told = {Phase.TREATMENT, Phase.IMMEDIATELY_AFTER}
    begun = min((photo.taken_at for photo in photos if photo.phase is Phase.MAINTENANCE), default=None)
    return [photo.taken_at for photo in photos if photo.phase in told and (begun is None or photo.taken_at < begun)]


def _first_session(photos: Sequence[SeriesPhoto], protocol: Protocol) -> datetime | None:
    """The first session's time; reckoned back by the protocol where the photos begin later in the course."""
    first = next((photo for photo in photos if photo.phase in {Phase.TREATMENT, Phase.IMMEDIATELY_AFTER}), None)
    if first is None:
        baseline = [photo.taken_at for photo in photos if photo.phase is Phase.BASELINE]
        return max(baseline, default=None)
    missed = max(0, (first.treatment_number or 1) - 1)
    reckoned = first.taken_at - missed * timedelta(days=protocol.interval_days)
    untreated = [
        photo.taken_at for photo in photos if photo.phase is Phase.BASELINE and photo.taken_at < first.taken_at
    ]
    return min(first.taken_at, max([reckoned, *untreated]))


def _passing(photos: Sequence[SeriesPhoto], sessions: Sequence[datetime], protocol: Protocol) -> list[tuple[str, str]]:
    """Photos in which a passing effect shows or may show, with the sentence that says so."""
    days = min(PASSING_DAYS, protocol.interval_days - 1)
    found = []
    for photo in photos:
        since = [photo.taken_at - session for session in sessions if session <= photo.taken_at]
        if photo.phase is Phase.IMMEDIATELY_AFTER:
            found.append((photo.key, _IMMEDIATELY))
        elif photo.phase is Phase.TREATMENT and _after_that_days_session(photo, photos):
            found.append((photo.key, "Taken after that day's session: it shows a passing effect."))
        elif photo.phase is not Phase.TREATMENT and since and min(since) < timedelta(days=days):
            hours = min(since) / timedelta(hours=1)
            found.append((photo.key, f"Taken {hours:.0f} hours after a session: its passing effect may still show."))
    return found


def _after_that_days_session(photo: SeriesPhoto, photos: Sequence[SeriesPhoto]) -> bool:
    return any(
        other.phase is Phase.IMMEDIATELY_AFTER and timedelta(0) <= photo.taken_at - other.taken_at < SAME_DAY
        for other in photos
    )


def _with_an_end(
    induction: Sequence[SeriesPhoto], counting: Sequence[SeriesPhoto], first: datetime | None
) -> tuple[SeriesPhoto, ...]:
    """The induction; where nobody photographed its end, the first follow-up stands for it, however late."""
    if any(_is_treated(photo, first) for photo in induction):
        return tuple(induction)
    late = next((photo for photo in counting if photo.phase is Phase.FOLLOW_UP), None)
    return tuple(induction) if late is None else (*induction, late)


def _is_treated(photo: SeriesPhoto, first: datetime | None) -> bool:
    untreated = photo.phase is Phase.BASELINE or is_before_first_session(photo)
    return not untreated and (first is None or photo.taken_at > first)


def _in_induction(photo: SeriesPhoto, end_by: datetime | None) -> bool:
    if photo.phase in {Phase.BASELINE, Phase.TREATMENT}:
        return True
    return photo.phase is Phase.FOLLOW_UP and (end_by is None or photo.taken_at <= end_by)
