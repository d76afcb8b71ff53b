"""``liftmark bench pages``."""

from pathlib import Path
from typing import Annotated

import typer

JsonFile = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", dir_okay=False, allow_dash=True, help="Write the JSON here; - prints it."),
]

MarkdownFile = Annotated[
    Path | None,
    typer.Option("--markdown", metavar="FILE", dir_okay=False, help="Write the table into a page that marks where."),
]


def register(bench: typer.Typer) -> None:
    """Add the command."""
    bench.command()(pages)


def pages(
    json_file: JsonFile = None,
    subjects: Annotated[int, typer.Option(min=1, help="Subjects of the clinic.")] = 200,
    photos: Annotated[int, typer.Option(min=1, help="Photos of all of them together.")] = 5000,
    runs: Annotated[int, typer.Option(min=1, help="How often each page is asked for.")] = 20,
    markdown: MarkdownFile = None,
) -> None:
    """Time the application's pages at the server, in a clinic with many subjects and photos.

    The sample series goes through the whole service once; its rows are then written again as other subjects' rows. The
    service runs in this process, on SQLite and a folder that go afterwards.
    """
    from service.cli_bench import print_pages  # noqa: PLC0415  so that other commands need not load it

    print_pages(subjects, photos, runs, json_file, markdown)
