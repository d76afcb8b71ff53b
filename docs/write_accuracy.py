"""Writes the tables of docs/accuracy.md anew from what `liftmark bench accuracy --json` left behind.

    .venv/bin/python docs/write_accuracy.py RUN.json [RUN.json ...]

A run renews the tables that it has and the page marks; the others stay.
"""

import sys
from pathlib import Path

from service.bench.accuracy import AccuracyDocument
from service.bench.accuracy_markdown import tables_by_name, write_tables

PAGE = Path(__file__).parent / "accuracy.md"


def main(runs: list[str]) -> int:
    """Write each run's tables into the page."""
    for run in runs:
        document = AccuracyDocument.model_validate_json(Path(run).read_text(encoding="utf-8"))
        write_tables(document, PAGE)
        print(f"docs/{PAGE.name}: {', '.join(tables_by_name(document))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
