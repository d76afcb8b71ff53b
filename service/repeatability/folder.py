"""A study as files: the page, the JSON, the table and every compared pair."""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from models.repeatability import RecapturePair
from service.documents.repeatability import RepeatabilityDocument, StudyDocument
from service.repeatability.page import render_study_page
from service.reports.page import STATIC_FOLDER

_COLUMNS: Final = ("measurand", "side", "unit", "sem", "mdc95", "degrees_of_freedom", "n", "refused", "reason")


def write_study_folder(document: StudyDocument, pairs: Sequence[RecapturePair], folder: Path) -> Path:
    """Write ``report.html`` with all that it needs beside it, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "repeatability.json").write_text(document.model_dump_json(indent=2), encoding="utf-8")
    _write_table(document.measurands, folder / "repeatability.csv")
    _write_pairs(pairs, folder / "pairs.csv")
    shutil.copytree(STATIC_FOLDER, folder / "static", dirs_exist_ok=True)
    report = folder / "report.html"
    report.write_text(render_study_page(document, static="static"), encoding="utf-8")
    return report


def _write_table(measures: Sequence[RepeatabilityDocument], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        table = csv.writer(text)
        table.writerow((*_COLUMNS, "sem_low", "sem_high", "mdc95_low", "mdc95_high"))
        for one in measures:
            side = "both" if one.pooled else one.side or "face"
            row = [side if column == "side" else getattr(one, column) for column in _COLUMNS]
            table.writerow((*row, *(one.sem_ci95 or ("", "")), *(one.mdc95_ci95 or ("", ""))))


def _write_pairs(pairs: Sequence[RecapturePair], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        table = csv.writer(text)
        table.writerow(("before", "after", "measurand", "side", "change"))
        for pair in pairs:
            for cell, change in pair.changes.items():
                table.writerow((pair.before, pair.after, cell.measurand, cell.side or "face", change))
