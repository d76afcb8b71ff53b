"""Whose paper it is: the clinic's name and sign at the head of a report."""

from dataclasses import dataclass
from typing import Final

from service.reports.pdf.printable import printable

_FILE: Final = "logo.png"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The clinic, as it stands on its paper.

    Parameters
    ----------
    logo_png : laid in as it is; None for a clinic without one.
    """

    clinic: str
    logo_png: bytes | None = None

    @property
    def data(self) -> dict[str, object]:
        """What the template reads."""
        return {"clinic": printable(self.clinic), "logo": None if self.logo_png is None else _FILE}

    @property
    def files(self) -> dict[str, bytes]:
        """What the template lays in."""
        return {} if self.logo_png is None else {_FILE: self.logo_png}
