"""Where the trials of a full run are written down, one JSON line each, for the tables of docs/reliability.md.

``LIFTMARK_FAULT_JOURNAL`` names the file; without it nothing is written. Several processes may write at once.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.faults.checker import Finding

JOURNAL = os.environ.get("LIFTMARK_FAULT_JOURNAL")
SQLITE, POSTGRESQL = "SQLite, folder", "PostgreSQL, S3"


def note(
    fault: str,
    home: str,
    findings: Iterable[Finding],
    *,
    faults: int = 1,
    acknowledged: int = 0,
    at: Iterable[str] = (),
) -> None:
    """Write down one trial.

    Parameters
    ----------
    fault : what was done, as the table's row says it; trials of one fault and home are counted together.
    faults : how often it was done in this trial; one in which it was never done is not counted.
    acknowledged : how many deeds the client was told of as done.
    at : where it was done, for whoever reads the journal.
    """
    if JOURNAL is None:
        return
    found = Counter(str(finding.verdict) for finding in findings)
    about = {"fault": fault, "home": home, "faults": faults, "acknowledged": acknowledged}
    with Path(JOURNAL).open("a") as journal:
        journal.write(json.dumps(about | {"at": list(at), "found": found}) + "\n")
