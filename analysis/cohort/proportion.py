"""A share with its interval."""

from typing import Final

from models.cohort import Share

_Z: Final = 1.959964


def wilson(count: int, n: int) -> Share:
    """The share of ``count`` in ``n`` with its 95 % score interval (Wilson 1927, J Am Stat Assoc 22:209).

    >>> found = wilson(15, 148)
    >>> [round(bound, 4) for bound in found.ci95]
    [0.0624, 0.1605]
    """
    share, z2 = count / n, _Z**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * (share * (1 - share) / n + z2 / (4 * n**2)) ** 0.5 / (1 + z2 / n)
    return Share(count, n, share, (max(0.0, middle - half), min(1.0, middle + half)))
