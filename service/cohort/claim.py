"""A published claim that a clinic holds its own measured share beside."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, Field

_PATTERN: Final = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)(?:-(\d{1,3}(?:\.\d{1,2})?))?")

MAKERS: Final = "70-80"
"""Makers of microcurrent devices report that 70-80 % of users see an improved contour after 60 days of use."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A share in per cent, from ``low`` to ``high``; ``makers`` where it is the one that the field quotes."""

    low: float
    high: float
    makers: bool = False

    @property
    def words(self) -> str:
        """``70-80 %``."""
        same = self.low == self.high
        return f"{self.low:g} %" if same else f"{self.low:g}\N{EN DASH}{self.high:g} %"

    def beside(self, low: float, high: float) -> str:
        """Where the claim lies beside a measured interval, given as shares from 0 to 1."""
        if self.low > 100 * high:
            return "above the whole interval"
        if self.high < 100 * low:
            return "below the whole interval"
        inside = self.low >= 100 * low and self.high <= 100 * high
        return "inside the interval" if inside else "partly inside the interval"


def read_claim(text: str) -> Claim:
    """``70-80`` or ``75``.

    Raises
    ------
    ValueError
        Where it is neither, or not from 0 to 100.
    """
    found = _PATTERN.fullmatch(text.strip())
    low, high = (float(found[1]), float(found[2] or found[1])) if found else (1.0, 0.0)
    if not 0 <= low <= high <= 100:  # noqa: PLR2004  per cent
        raise ValueError("give a share in per cent, such as 75 or 70-80")
    return Claim(low, high, makers=text.strip() == MAKERS)


def _checked(text: str) -> str:
    read_claim(text)
    return text


ClaimText = Annotated[
    str, Field(max_length=20, description="A claim to hold beside, in per cent: 75 or 70-80."), AfterValidator(_checked)
]
