"""The command line: ``liftmark compare BEFORE AFTER`` and its companions.

Exit codes: 0 done; 2 wrong usage or a file that is not there; 3 a photo refused; 1 anything else. Whatever is slow to
import is imported by the command that needs it, so that help comes at once.
"""

import sys
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from models.anatomy import View

EXIT_FAILED: Final = 1
_DEBUG: Final = "--debug"


app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
bench = typer.Typer(no_args_is_help=True, help="Measure how good this installation is.")

PhotoFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, show_default=False)]
MaybePhotoFile = Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, readable=True, show_default=False)]
JsonFile = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", dir_okay=False, allow_dash=True, help="Write the JSON here; - prints it."),
]
OutFolder = Annotated[Path | None, typer.Option("--out", metavar="DIR", file_okay=False, help="Write a report here.")]
ViewOption = Annotated[
    View, typer.Option("--view", help="From where the photo was taken; left and right are the side it shows.")
]


def main() -> None:
    """Run the command line; an error that nobody expected is told in one sentence."""
    try:
        app()
    except Exception as error:
        if _DEBUG in sys.argv:
            raise
        typer.echo(f"{str(error) or type(error).__name__} (`liftmark {_DEBUG} …` shows more)", err=True)
        sys.exit(EXIT_FAILED)


def _print_version(wanted: bool) -> None:  # noqa: FBT001  typer calls it so
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  slower to import than all else here

        typer.echo(f"liftmark {version('liftmark')}")
        raise typer.Exit


@app.callback()
def liftmark(
    *,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="On an unexpected error, show where it came from.")] = False,
) -> None:
    """Align before/after facial photos and measure what changed, with error bars."""


@app.command()
def compare(
    before: PhotoFile,
    after: PhotoFile,
    json_file: JsonFile = None,
    out: OutFolder = None,
    view: ViewOption = View.FRONTAL,
) -> None:
    """Compare two photos of one face: tell what changed, and whether that is more than measurement error.

    With --out, DIR gets the aligned photos, comparison.json and report.html, which opens from the disk.
    """
    from service.cli_analysis import print_comparison  # noqa: PLC0415  MediaPipe's and OpenCV's friends are slow

    print_comparison(before, after, json_file, out, view)


@app.command()
def measure(
    photo: PhotoFile, json_file: JsonFile = None, out: OutFolder = None, view: ViewOption = View.FRONTAL
) -> None:
    """Measure one photo: its quality, its scale, and every figure that a single photo carries.

    With --out, DIR gets measurement.json and the photo with all that was found drawn on it.
    """
    from service.cli_analysis import print_measurement  # noqa: PLC0415  as above

    print_measurement(photo, json_file, out, view)


@bench.command()
def speed(
    before: MaybePhotoFile = None,
    after: MaybePhotoFile = None,
    json_file: JsonFile = None,
    runs: Annotated[int, typer.Option(min=7, help="Alternating runs of which the median is taken.")] = 9,
) -> None:
    """Time a comparison against the floor: decode, reduce, detect, warp and encode, and nothing else.

    Without photos, the shipped pair is enlarged to 12 megapixels.
    """
    from service.cli_bench import print_speed  # noqa: PLC0415  as above

    if (before is None) != (after is None):
        raise typer.BadParameter("name two photos, or none")
    print_speed((before, after) if before and after else None, json_file, runs)


@bench.command()
def accuracy(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, file_okay=False, show_default=False, help="Pairs with truth, or photos."),
    ] = None,
    *,
    grade: Annotated[
        Literal["protocol", "wide", "both"], typer.Option(help="Conditions of the changes made on photos.")
    ] = "both",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many pairs, or photos, of each folder.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Draws other changes and conditions for the photos.")] = 0,
    json_file: JsonFile = None,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Draw told against true changes here, an SVG."),
    ] = None,
    markdown: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Write the tables here, or into a page that marks where."),
    ] = None,
) -> None:
    """Hold measured changes against true ones: error, coverage of the intervals, false alarms, refusals.

    FOLDERS hold pairs, with a manifest.json or a pairs.json that says what truly changed, or plain photos of one face
    each, on which changes of known size are made. Without FOLDERS: the shipped pairs, and the photos in the folders of
    LIFTMARK_PHOTOS, where that is set. Each source is judged twice, by the method and by raw landmarks.
    """
    from service.bench.accuracy_sources import AccuracyOptions, grades_named  # noqa: PLC0415  as above
    from service.cli_bench import AccuracyFiles, print_accuracy  # noqa: PLC0415

    options = AccuracyOptions(grades_named(grade), limit, seed)
    print_accuracy(tuple(folders or ()), options, AccuracyFiles(json_file, picture, markdown))


def _add_the_services_commands() -> None:
    from service.cli_serve import register  # noqa: PLC0415  so that they stand after the commands above

    app.add_typer(bench, name="bench")
    register(app)


_add_the_services_commands()

if __name__ == "__main__":
    main()
