"""The tables of docs/reliability.md from the journal of a full run: ``python -m tests.faults.report JOURNAL``."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.faults.checker import HARMLESS, Verdict
from tests.faults.home import REPOSITORY

PAGE = REPOSITORY / "docs" / "reliability.md"
_MARKED = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end -->)", re.DOTALL)
_HEADS = ("fault", "on", "trials", "faults", "acknowledged", "harm", "at most", "orphaned blobs")


@dataclass
class Row:
    """All trials of one fault on one home."""

    fault: str
    home: str
    trials: int = 0
    faults: int = 0
    acknowledged: int = 0
    found: Counter[str] = field(default_factory=Counter)

    def add(self, line: dict) -> Self:
        """Count one more trial."""
        self.trials += 1
        self.faults += line["faults"]
        self.acknowledged += line["acknowledged"]
        self.found.update(line["found"])
        return self

    @property
    def harm(self) -> dict[str, int]:
        """What breaks a promise, by verdict."""
        return {name: count for name, count in self.found.items() if Verdict(name) not in HARMLESS}

    def cells(self) -> tuple[str, ...]:
        harm = ", ".join(f"{count} {name}" for name, count in self.harm.items()) or "0"
        bound = "" if self.harm else f"{bound_percent(self.trials):.1f} %"
        counts = (self.trials, self.faults, self.acknowledged)
        return (self.fault, self.home, *map(str, counts), harm, bound, str(self.found[Verdict.ORPHANED]))


def bound_percent(trials: int) -> float:
    """The rule of three: no failure in n independent trials says at most 3/n, with 95 % confidence."""
    return min(100.0, 300 / trials)


def rows(journal: Iterable[str]) -> list[Row]:
    """Trials by fault and home, in the alphabet's order; those in which no fault took place say nothing."""
    found: dict[tuple[str, str], Row] = {}
    for line in map(json.loads, journal):
        if line["faults"]:
            about = line["fault"], line["home"]
            found.setdefault(about, Row(*about)).add(line)
    return [found[about] for about in sorted(found)]


def table(of: Iterable[Row]) -> str:
    """As Markdown."""
    lines = ["| " + " | ".join(_HEADS) + " |", "| --- | --- |" + " ---: |" * (len(_HEADS) - 2)]
    return "\n".join([*lines, *("| " + " | ".join(row.cells()) + " |" for row in of)]) + "\n"


def main(journal: Path) -> int:
    """Write the page's table and a JSON beside the journal; 1 where any trial did harm."""
    found = rows(journal.read_text().splitlines())
    about = [vars(row) | {"harm": row.harm} for row in found]
    journal.with_suffix(".json").write_text(json.dumps(about, indent=1))
    PAGE.write_text(_MARKED.sub(lambda _: table(found), PAGE.read_text()))
    print(table(found))
    return int(any(row.harm for row in found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
