"""What ``liftmark reconcile`` does, and what it tells."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import typer

from service.assembly import key_ring, open_database, open_vaults
from service.jobs import LeasedJobs
from service.reconciling.findings import SAYS, Report
from service.reconciling.orphans import LAST_WAIT_S
from service.reconciling.reconciler import Reconciler
from service.settings import Settings


def print_reconciliation(json_file: Path | None, older_than: timedelta, *, repair: bool, deep: bool) -> bool:
    """Reconcile, tell what was found, and say whether nothing is left of it."""
    settings = Settings()
    ring = key_ring(settings)
    with open_database(settings, ring) as database:
        vaults = open_vaults(settings, ring)
        reconciler = Reconciler(database, vaults, LeasedJobs(database), _wait, older_than, deep)
        report = reconciler.reconcile(repair=repair)
    aside = str(json_file) == "-"
    if aside:
        typer.echo(as_json(report))
    elif json_file is not None:
        json_file.write_text(f"{as_json(report)}\n", encoding="utf-8")
    for sentence in _sentences(report, repair=repair):
        typer.echo(sentence, err=aside)
    return report.is_sound


def as_json(report: Report) -> str:
    """The report for a program; ``findings`` are the first thousand."""
    told = {
        "sound": report.is_sound,
        "checked": {"subjects": report.subjects, "names_in_rows": report.claims, "blobs": report.blobs},
        "young_blobs_without_row": report.young,
        "unfinished_files_removed": report.unfinished,
        "found": {kind: report.found[kind] for kind in SAYS},
        "repaired": {kind: report.repaired[kind] for kind in SAYS},
        "findings": [{"kind": one.kind, "blob": one.blob, "row": one.row} for one in report.findings],
    }
    return json.dumps(told, indent=2)


def _sentences(report: Report, *, repair: bool) -> Iterator[str]:
    yield f"{report.subjects} subjects: {report.claims} blobs named by rows, {report.blobs} blobs there."
    if report.young:
        yield f"{report.young} blobs without a row are too young to be judged."
    for kind, says in SAYS.items():
        if report.found[kind]:
            yield f"{report.found[kind]} {says}" + (f" Put right: {report.repaired[kind]}." if repair else "")
    if report.is_sound:
        yield "All is right now." if report.found else "Nothing is wrong."
    else:
        yield "--json FILE names what is wrong" + ("." if repair else "; --repair puts right what can be.")


def _wait(seconds: float) -> bool:
    if seconds == LAST_WAIT_S:
        typer.echo(f"Waiting {seconds:.0f} s, to see whether anything claims the blobs without a row.", err=True)
    time.sleep(seconds)
    return False
