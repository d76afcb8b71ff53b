"""The commands on the audit: ``audit verify``, ``audit export``."""

from pathlib import Path
from typing import Annotated

import typer

Clinic = Annotated[
    str | None, typer.Option(metavar="NAME", show_default=False, help="This clinic alone; all of them unless told.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    audit = typer.Typer(
        help="Who did what to which record: verify the audit, write it to a file.", no_args_is_help=True
    )
    audit.command("verify")(verify_command)
    audit.command("export")(export_command)
    app.add_typer(audit, name="audit")


def verify_command(
    anchor: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            readable=True,
            show_default=False,
            help="Anchors that were kept elsewhere, beside those of this installation.",
        ),
    ] = None,
    *,
    from_blobs: Annotated[
        bool, typer.Option("--from-blobs", help="Hold it against the anchors in the object store, too.")
    ] = False,
    clinic: Clinic = None,
) -> None:
    """Walk along every clinic's audit: tell the first row that was edited, deleted, moved or forged, or a cut-off end.

    It needs the service's settings (LIFTMARK_DATA and the like) with its master key, and may run beside it. Exit codes:
    0 sound, 1 broken, 2 wrong usage.

    For example: liftmark audit verify --anchor /mnt/elsewhere/audit-anchors.jsonl
    """
    from service.audit.commands import print_verification  # noqa: PLC0415  the database's library is slow to import

    if not print_verification(anchor, clinic, from_blobs=from_blobs):
        raise typer.Exit(1)


def export_command(
    file: Annotated[
        Path, typer.Argument(dir_okay=False, allow_dash=True, show_default=False, help="Where to; - prints it.")
    ],
    clinic: Clinic = None,
) -> None:
    """Write the audit to FILE: a line of JSON for each row, with its hash and that of the row before it.

    For example: liftmark audit export audit.jsonl --clinic Aurora
    """
    from service.audit.commands import write_export  # noqa: PLC0415  as above

    write_export(file, clinic)
