"""The commands that read a folder of photos: ``series`` and ``import``."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, readable=True, show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("series")(series_command)


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
    from service.cli_series import print_series  # noqa: PLC0415  as above
    from service.cli_series import protocol as planned

    plan = planned(protocol, sessions, interval_days) if protocol or sessions or interval_days else None
    print_series(folder, subject, given_subject(iris_mm), plan, json_file, out)
