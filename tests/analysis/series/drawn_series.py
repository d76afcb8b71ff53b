"""Series whose truth is known: states are given, and every comparison sees them through errors of known size."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from analysis.series.build import build_series
from analysis.series.plan import plan_series
from models.anatomy import Side
from models.comparison import Change, ChangeRefused, ErrorTerm, MeasuredChange
from models.confounder import Confounder
from models.course import MICROCURRENT, Phase, Protocol
from models.measurand import MEASURANDS, MeasurandCode, Unit
from models.series import MeasurandSeries, Series, SeriesPair, SeriesPhoto

MONDAY = datetime(2026, 3, 2, 10, 0)  # noqa: DTZ001  by the clinic's clock, as a folder of photos tells it
Key = tuple[MeasurandCode, Side | None]
State = Callable[[SeriesPhoto], float]

MRD1_LEFT: Key = (MeasurandCode.MRD1, Side.LEFT)
FOLD_LEFT: Key = (MeasurandCode.NASOLABIAL_FOLD_DEPTH, Side.LEFT)
JAW_LEFT: Key = (MeasurandCode.JAWLINE_CONTOUR, Side.LEFT)


def photo(key: str, day: int, phase: Phase, number: int | None = None, hours: float = 0.0) -> SeriesPhoto:
    """A photo taken so many days and hours after the first Monday."""
    return SeriesPhoto(key, MONDAY + timedelta(days=day, hours=hours), phase, number)


def weekly_course(sessions: int = 8, baselines: int = 2) -> list[SeriesPhoto]:
    """Re-captured baselines, and a week later the first of weekly sessions, each photographed before it."""
    untreated = [photo(f"baseline{n}", 0, Phase.BASELINE, hours=n / 6) for n in range(baselines)]
    treated = [photo(f"treatment{n}", 7 * n, Phase.TREATMENT, n) for n in range(1, sessions + 1)]
    return untreated + treated


def week_of(one: SeriesPhoto) -> float:
    """Weeks from the first session of :func:`weekly_course`."""
    return max(0.0, (one.taken_at - MONDAY) / timedelta(days=7) - 1)


@dataclass
class Camera:
    """Compares photos of known states: each photo has an error of its own, and each pair a smaller one.

    A ratio's state is the logarithm of what is left of it.
    """

    rng: np.random.Generator
    photo_sd: float = 0.04
    pair_sd: float = 0.01

    def series(
        self,
        photos: Sequence[SeriesPhoto],
        states: Mapping[Key, State],
        *,
        refused: Mapping[str, str] | None = None,
        incomparable: Mapping[str, str] | None = None,
        confounders: Sequence[Confounder] = (),
        protocol: Protocol = MICROCURRENT,
        floors: Mapping[MeasurandCode, float] | None = None,
    ) -> Series:
        """The series as it is told of these photos.

        Parameters
        ----------
        refused, incomparable : photos of which nothing is measured, or that cannot be compared, with the reason.
        """
        pairs = self.pairs(photos, states, refused or {}, incomparable or {})
        return build_series(photos, pairs, protocol=protocol, confounders=confounders, floors=floors or {})

    def pairs(
        self,
        photos: Sequence[SeriesPhoto],
        states: Mapping[Key, State],
        refused: Mapping[str, str],
        incomparable: Mapping[str, str],
    ) -> list[SeriesPair]:
        """What the planned comparisons find."""
        by_key = {one.key: one for one in photos}
        errors = {(one.key, key): self.rng.normal(0, self.photo_sd) for one in photos for key in states}
        found = []
        for before, after in plan_series(photos).pairs:
            why = incomparable.get(before) or incomparable.get(after) or ""
            reason = why or refused.get(before) or refused.get(after) or ""
            changes = [
                Change(
                    *key,
                    ChangeRefused(reason)
                    if reason
                    else self._seen(
                        key,
                        state(by_key[after]) + errors[after, key] - state(by_key[before]) - errors[before, key],
                    ),
                )
                for key, state in states.items()
            ]
            found.append(SeriesPair(before, after, tuple(changes), why))
        return found

    def _seen(self, key: Key, difference: float) -> MeasuredChange:
        difference += self.rng.normal(0, self.pair_sd)
        sd = float(np.hypot(self.photo_sd * np.sqrt(2), self.pair_sd))
        if MEASURANDS[key[0]].change_unit is not Unit.PERCENT:
            return MeasuredChange(4.0, difference, (ErrorTerm("all", sd),), 1.96)
        ratio = float(np.exp(difference))
        return MeasuredChange(100.0, 100 * (ratio - 1), (ErrorTerm("all", 100 * ratio * sd),), 1.96)


def told_of(series: Series, key: Key) -> MeasurandSeries:
    """What the series says of one measurand."""
    return next(one for one in series.measurands if (one.measurand, one.side) == key)


def saturating(size: float) -> State:
    """An effect that is nearly all there after eight weeks."""
    return lambda one: size * (1 - float(np.exp(-week_of(one) / 3)))


def unchanged(_: SeriesPhoto) -> float:
    """No effect at all."""
    return 0.0
