"""The command ``reconcile``."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

_A_DAY_S: Final = 86400.0


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("reconcile")(reconcile_command)


def reconcile_command(
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Erase blobs that belong to nothing, have lost pictures made again.")
    ] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Open every blob, and hold every upload against its SHA-256.")
    ] = False,
    older_than: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="Judge blobs without a row from this age on. Less than a day is safe only while no upload and no job "
            "runs.",
        ),
    ] = _A_DAY_S,
    json_file: Annotated[
        Path | None,
        typer.Option(
            "--json", metavar="FILE", dir_okay=False, allow_dash=True, help="Write the JSON here; - prints it."
        ),
    ] = None,
) -> None:
    """Compare rows and blobs both ways, beside the running service: lost files, lost pictures, blobs of nobody.

    No row is ever deleted. Exit codes: 0 nothing is wrong, or all was put right; 1 something is wrong.

    For example: liftmark reconcile --repair --json -
    """
    from service.reconciling.commands import print_reconciliation  # noqa: PLC0415  the database's library is slow

    if not print_reconciliation(json_file, timedelta(seconds=older_than), repair=repair, deep=deep):
        raise typer.Exit(1)
