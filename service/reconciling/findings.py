"""What can be wrong between rows and blobs, and the tally of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

_TOLD_AT_MOST: Final = 1000


class FindingKind(StrEnum):
    """What is wrong."""

    UPLOAD_MISSING = "upload_missing"
    UPLOAD_UNREADABLE = "upload_unreadable"
    PICTURE_MISSING = "picture_missing"
    PICTURE_UNREADABLE = "picture_unreadable"
    ORPHAN = "orphan"


SAYS: Final[Mapping[FindingKind, str]] = MappingProxyType(
    {
        FindingKind.UPLOAD_MISSING: "photos whose file is gone. Put it back from a backup; the row stays.",
        FindingKind.UPLOAD_UNREADABLE: "photos whose file is not what was uploaded. Put it back from a backup.",
        FindingKind.PICTURE_MISSING: "pictures that are gone. They can be made again.",
        FindingKind.PICTURE_UNREADABLE: "pictures that do not open. They can be made again.",
        FindingKind.ORPHAN: "blobs that belong to nothing. They can be erased.",
    }
)
"""What an operator reads after the number of each kind."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Parameters
    ----------
    blob : its whole name, which begins with the clinic's and the subject's id.
    row : the photo or comparison that names it; None where none does.
    """

    kind: FindingKind
    blob: str
    row: str | None = None


@dataclass(slots=True)
class Report:
    """What a walk over all rows and blobs found.

    Parameters
    ----------
    young : blobs without a row that are too young to be judged: an upload may be about to write it.
    unfinished : files of killed writers that were removed.
    findings : the first thousand; ``found`` and ``repaired`` count all.
    """

    subjects: int = 0
    claims: int = 0
    blobs: int = 0
    young: int = 0
    unfinished: int = 0
    found: Counter[FindingKind] = field(default_factory=Counter)
    repaired: Counter[FindingKind] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def count(self, claims: int, blobs: int) -> None:
        """One subject more, with what its rows name and what is kept of it."""
        self.subjects += 1
        self.claims += claims
        self.blobs += blobs

    def add(self, finding: Finding) -> None:
        """Count it, and keep it while there are few."""
        self.found[finding.kind] += 1
        if len(self.findings) < _TOLD_AT_MOST:
            self.findings.append(finding)

    @property
    def is_sound(self) -> bool:
        """Whether nothing was wrong, or all of it has been put right."""
        return self.found == self.repaired
