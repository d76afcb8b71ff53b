"""What comes next by the protocol: a session, a look at what is left, or maintenance."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from models.course import Phase, Protocol
from models.series import Due, SeriesPhoto

_SLACK_DAYS: Final = 2
"""A session a day or two early or late is on time."""
_SESSIONS: Final = frozenset({Phase.TREATMENT, Phase.IMMEDIATELY_AFTER})


def next_due(photos: Sequence[SeriesPhoto], protocol: Protocol) -> Due | None:
    """The next visit, or None where the protocol plans none.

    Parameters
    ----------
    photos : all of the course, in time; those that could not be measured were visits as well.
    """
    sessions = [photo for photo in photos if photo.phase in _SESSIONS]
    kept_up = [photo for photo in photos if photo.phase is Phase.MAINTENANCE]
    if not photos:
        return None
    if not sessions and not kept_up:
        return _window(
            "session 1", "The first session", photos[-1].taken_at.date(), protocol.interval_days, _SLACK_DAYS
        )
    had = _sessions_had(sessions)
    if not kept_up and had < protocol.planned_sessions and not _is_over(photos):
        words = f"Session {had + 1} of {protocol.planned_sessions}"
        return _window(f"session {had + 1}", words, sessions[-1].taken_at.date(), protocol.interval_days, _SLACK_DAYS)
    if protocol.maintenance_days is None:
        return None
    shortest, longest = protocol.maintenance_days
    last = (kept_up or sessions)[-1].taken_at.date()
    return _window("maintenance", "Maintenance", last, shortest, longest - shortest)


def _sessions_had(sessions: Sequence[SeriesPhoto]) -> int:
    told = [photo.treatment_number for photo in sessions if photo.treatment_number is not None]
    return max(told) if told else len({photo.taken_at.date() for photo in sessions})


def _is_over(photos: Sequence[SeriesPhoto]) -> bool:
    """Whether the clinic went on to follow-ups: then the course has ended, however many sessions were planned."""
    return photos[-1].phase is Phase.FOLLOW_UP


def _window(what: str, words: str, last: date, days: int, longer: int) -> Due:
    since = last + timedelta(days=days)
    until = since + timedelta(days=longer)
    says = f"{words} is due from {since.day} {since:%B %Y} to {until.day} {until:%B %Y}."
    return Due(what, says, since, until)
