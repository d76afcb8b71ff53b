"""What a clinic does in one sitting: every deed whose acknowledgement is a promise."""

import time
from collections.abc import Callable

from tests.faults.client import CarefulClient

Picture = Callable[[str], bytes]
"""Makes a photo whose bytes are those of its name alone."""

BASELINE, FOLLOW_UP = "2026-03-02T10:00:00Z", "2026-05-04T10:00:00Z"
_ENDS_WITHIN_S = 90


def sitting(client: CarefulClient, name: str, picture: Picture) -> None:
    """Upload a pair, the second photo twice, and compare; erase a photo, and another subject with its own.

    The first subject stays with two photos and their comparison.
    """
    subject = client.subject(f"{name} stays")
    before = client.upload(client.visit(subject, BASELINE, "baseline"), picture(f"{name} before"), f"{name} before")
    visit = client.visit(subject, FOLLOW_UP)
    after = client.upload(visit, picture(f"{name} after"), f"{name} after")
    assert client.upload(visit, picture(f"{name} after"), f"{name} after") == after
    pair = client.comparison(before, after)
    _wait_until_ended(lambda: client.comparison_status(pair))
    client.erase_photo(client.upload(visit, picture(f"{name} erased"), f"{name} erased"))
    other = client.subject(f"{name} goes")
    client.upload(client.visit(other, BASELINE, "baseline"), picture(f"{name} goes"), f"{name} goes")
    client.erase_subject(other)


def _wait_until_ended(status: Callable[[], str]) -> None:
    """Not for ever: whether it is stuck is for the judge to say."""
    deadline = time.monotonic() + _ENDS_WITHIN_S
    while status() == "queued" and time.monotonic() < deadline:
        time.sleep(0.2)
