"""Days and times as a person reads them: by the clock of their browser, in the words of their language."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time
from starlette.requests import Request

from service.texts import _, language

ZONE_COOKIE: Final = "liftmark_zone"
"""What the browser's clock is set to, ``Europe/Vienna``, as a page's script told the service."""
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9_+-]{1,31}){0,2}")
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a day begins.

    Parameters
    ----------
    name : of the zone, as the page states it.
    told : what the browser told, a zone that is not known included; empty where it told nothing.
    """

    zone: tzinfo
    name: str
    told: str = ""

    def today(self) -> date:
        """The present day."""
        return datetime.now(self.zone).date()

    def begins(self, day: date) -> datetime:
        """The first moment of a day."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def ends(self, day: date) -> datetime:
        """The first moment after a day."""
        return self.begins(day + _A_DAY)

    def day(self, moment: datetime) -> str:
        """``28 Nov 2026``, as the language writes it."""
        return day_words(moment.astimezone(self.zone).date())

    def time(self, moment: datetime) -> str:
        """``10:42``, as the language writes it."""
        return format_time(moment.astimezone(self.zone), "short", tzinfo=self.zone, locale=_locale())


def clock_of(request: Request) -> Clock:
    """The browser's clock where it told of it; else UTC."""
    told = request.cookies.get(ZONE_COOKIE, "")
    if not is_zone(told):
        return Clock(UTC, "UTC")
    try:
        return Clock(ZoneInfo(told), told, told)
    except (LookupError, ValueError, OSError):  # there is no such zone, or no table of zones
        return Clock(UTC, "UTC", told)


def is_zone(name: str) -> bool:
    """Whether a zone may be called so."""
    return _ZONE.fullmatch(name) is not None


def day_words(day: date) -> str:
    """``28 Nov 2026``, as the language writes it."""
    return format_date(day, "medium", locale=_locale())


def weekday_words(day: date) -> str:
    """``Sat, 28 Nov``, as the language writes it."""
    return format_skeleton("MMMEd", day, locale=_locale())


def ago(day: date, today: date) -> str:
    """A day as it is spoken of near it."""
    names = {0: _("Today"), 1: _("Yesterday")}
    return names.get((today - day).days, weekday_words(day))


def _locale() -> str:
    """English is written as in Britain: the day before the month, and 24 hours."""
    return "en_GB" if language() == "en" else language()
