"""Which photo all others are laid on, and which pairs of a series are to be compared.

Every photo is compared with the reference, so that all lie in one frame; with the photo before it, so that the errors
close around loops; and with the further baseline photos, so that the baseline rests on all of them. The number of
pairs grows with the number of photos and not with its square.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final

from models.course import Phase
from models.series import SeriesPhoto

MOST_BASELINES: Final = 3
"""Baseline photos that every later one is compared with; a fourth would lower the baseline's own error by a seventh."""


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """The reference's key, None where no photo can be one, and the pairs to compare, (before, after) by their keys."""

    reference: str | None
    pairs: tuple[tuple[str, str], ...]


def plan_series(photos: Sequence[SeriesPhoto]) -> SeriesPlan:
    """The pairs to compare, in the order of the later photo's time."""
    usable = sorted((photo for photo in photos if not photo.unusable), key=in_time)
    reference = reference_of(usable)
    if reference is None:
        return SeriesPlan(None, ())
    return SeriesPlan(reference.key, tuple(dict.fromkeys(_pairs(usable, reference))))


def in_time(photo: SeriesPhoto) -> tuple[datetime, str]:
    """The order of a series: by time, then by key."""
    return photo.taken_at, photo.key


def baselines(usable: Sequence[SeriesPhoto]) -> list[SeriesPhoto]:
    """Photos of the untreated face, in time: the baseline's, and the one before the first session.

    Parameters
    ----------
    usable : in time.
    """
    named = [photo for photo in usable if photo.phase is Phase.BASELINE]
    return named or [photo for photo in usable if is_before_first_session(photo)][:1]


def is_before_first_session(photo: SeriesPhoto) -> bool:
    """Whether the photo shows a face that had no session yet, although a course had begun."""
    return photo.phase is Phase.TREATMENT and photo.treatment_number in {0, 1}


def reference_of(usable: Sequence[SeriesPhoto]) -> SeriesPhoto | None:
    """The baseline photo whose pose is nearest to the middle of the whole series, so that all differ little from it."""
    candidates = baselines(usable)
    if not candidates:
        return None
    yaw, pitch = (median(getattr(photo, name) for photo in usable) for name in ("yaw_deg", "pitch_deg"))
    return min(candidates, key=lambda photo: (photo.yaw_deg - yaw) ** 2 + (photo.pitch_deg - pitch) ** 2)


def _pairs(usable: Sequence[SeriesPhoto], reference: SeriesPhoto) -> Iterator[tuple[str, str]]:
    others = [photo for photo in baselines(usable) if photo is not reference][: MOST_BASELINES - 1]
    for place, photo in enumerate(usable):
        if photo is reference:
            continue
        yield reference.key, photo.key
        for other in others:
            if photo not in others and photo is not other:
                yield other.key, photo.key
        if place > 0 and usable[place - 1] is not reference and (usable[place - 1] not in others or photo in others):
            yield usable[place - 1].key, photo.key
