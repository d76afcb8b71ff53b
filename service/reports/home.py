"""The way back from a report, for a reader who is signed in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Home:
    """Where the reader came from.

    Parameters
    ----------
    says : of the link that leads back to ``address``.
    csrf : what calls of the page must carry.
    """

    address: str
    says: str
    csrf: str
