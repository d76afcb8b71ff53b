"""The commands that read a folder of photos: ``series`` and ``import``."""

from pathlib import Path
from typing import Annotated

import typer

from models.anatomy import View

Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, readable=True, show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("series")(series_command)
    app.command("import")(import_command)


def series_command(  # noqa: PLR0913, PLR0917  each is an argument or option of the command
    folder: Folder,
    json_file: Annotated[
        Path | None,
        typer.Option(
            "--json", metavar="FILE", dir_okay=False, allow_dash=True, help="Write the JSON here; - prints it."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", file_okay=False, help="Write a report here.")
    ] = None,
    protocol: Annotated[str | None, typer.Option(metavar="KIND", help="The clinic's word for the course.")] = None,
    sessions: Annotated[int | None, typer.Option(min=1, max=500, help="Planned sessions; 10 unless told.")] = None,
    interval_days: Annotated[
        int | None, typer.Option(min=1, max=1000, help="Planned days between two sessions; 7 unless told.")
    ] = None,
    subject: Annotated[
        str, typer.Option(metavar="REFERENCE", help="Of a table with several subjects, the one that is meant.")
    ] = "",
    iris_mm: Annotated[
        float | None,
        typer.Option(min=9, max=15, show_default=False, help="The iris' diameter as the clinic measured it."),
    ] = None,
) -> None:
    """Tell what a course did to one subject, from a folder of dated photos: what lasts, what passes, how sure that is.

    FOLDER holds a visits.csv (file, taken_at, phase, treatment_number, note), or photos named by their days
    (2026-01-12_baseline.jpg, 2026-01-19_treatment.jpg, 2026-01-19_immediately_after.jpg, 2026-06-01_follow_up.jpg), or
    folders so named, or photos with the camera's date. What else may explain a change goes into confounders.csv (kind,
    from, until, regions, note). With --out, DIR gets the report page with the aligned photos, a CSV and a PDF.

    For example: liftmark series sample_images/series --out report
    """
    from service.cli_given import subject as given_subject  # noqa: PLC0415  MediaPipe's and OpenCV's friends are slow
    from service.cli_series import planned_course, print_series  # noqa: PLC0415  as above

    plan = planned_course(protocol, sessions, interval_days) if protocol or sessions or interval_days else None
    print_series(folder, subject, given_subject(iris_mm), plan, json_file, out)


def import_command(  # noqa: PLR0913  as above
    folder: Folder,
    server: Annotated[str, typer.Option(metavar="URL", help="The running service.")] = "http://127.0.0.1:8000",
    key: Annotated[
        str, typer.Option(envvar="LIFTMARK_KEY", show_default=False, help="API key; better told by the environment.")
    ] = "",
    *,
    subject: Annotated[
        str, typer.Option(metavar="REFERENCE", help="Of whom the photos are that no folder or table says it of.")
    ] = "",
    view: Annotated[View, typer.Option(help="Of photos of which nothing says the view.")] = View.FRONTAL,
    zone: Annotated[
        str, typer.Option(metavar="NAME", help="Of times without a zone, as Europe/Rome; this computer's unless told.")
    ] = "",
    jobs: Annotated[int, typer.Option(min=1, max=32, help="Visits that are sent at the same time.")] = 4,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the analyses, and report what they found.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")] = False,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="A CSV: a line for each file; beside FOLDER unless told."),
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="What was sent, line by line; beside FOLDER unless told."),
    ] = None,
) -> None:
    """Bring a clinic's archive into a running service: subjects, visits, photos, confounders.

    FOLDER holds a folder for each subject (P-1042/2026-01-12_baseline.jpg, or P-1042/2026-01-12_baseline/front.jpg), or
    a photos.csv (subject, file, taken_at, phase, treatment_number, view, note). It may be stopped at any moment and
    begun again: each photo goes in exactly once. Exit codes: 0 all are in; 3 some were refused, each with its reason; 1
    the service failed; 2 wrong usage.

    For example: LIFTMARK_KEY=lm_... liftmark import archive --server http://127.0.0.1:8000 --wait
    """
    from service.cli_import import ImportOptions, print_import  # noqa: PLC0415  as above

    files = (report or beside(folder, "csv"), ledger or beside(folder, "jsonl"))
    print_import(folder, server, key, ImportOptions(subject, view, zone, jobs, *files, wait=wait, dry_run=dry_run))


def beside(folder: Path, ending: str) -> Path:
    """A file of an import beside the folder that it reads."""
    whole = folder.resolve()
    return whole.with_name(f"{whole.name}.liftmark-import.{ending}")
