"""Wait until the service has analysed what an import brought, and tell what it found."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from service.client.transport import Api, Problem
from service.importing.outcomes import Fate, Outcome, outcome_of_photo

_FIRST_PAUSE_S: Final = 0.25
_LONGEST_PAUSE_S: Final = 2.0


def analysed(api: Api, outcomes: Sequence[Outcome], step: Callable[[], None]) -> Iterator[Outcome]:
    """Each outcome, of photos that are kept with what their analysis found.

    Parameters
    ----------
    step : called after each photo.
    """
    for outcome in outcomes:
        yield _ended(api, outcome) if outcome.photo_id else outcome
        if outcome.photo_id:
            step()


def _ended(api: Api, outcome: Outcome) -> Outcome:
    pause_s = _FIRST_PAUSE_S
    while True:
        photo = api.get(f"/v1/photos/{outcome.photo_id}")
        if isinstance(photo, Problem):
            return replace(outcome, fate=Fate.REFUSED, reason=photo.code, says=photo.says)
        if photo.get("status") != "queued" or outcome.entry is None or outcome.taken_at is None:
            break
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
    if outcome.entry is None or outcome.taken_at is None:
        return outcome
    return outcome_of_photo(outcome.entry, outcome.taken_at, photo, new=outcome.new)
