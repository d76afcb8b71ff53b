"""The command line: ``liftmark compare BEFORE AFTER`` and its companions.

Exit codes: 0 done; 2 wrong usage or a file that is not there; 3 a photo refused; 1 anything else. Whatever is slow to
import is imported by the command that needs it, so that help comes at once.
"""

import sys
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from typer.models import OptionInfo

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
PhotosPath = Annotated[
    Path, typer.Argument(exists=True, readable=True, show_default=False, help="A photo, or a folder of re-captures.")
]
MarkdownFile = Annotated[
    Path | None,
    typer.Option(
        "--markdown", metavar="FILE", dir_okay=False, help="Write the tables here, or into a page that marks where."
    ),
]
MorePhotos = list[Path] | None
IrisMm = Annotated[
    float | None,
    typer.Option("--iris-mm", min=9, max=15, show_default=False, help="The iris' diameter as the clinic measured it."),
]
CorrectionsFile = Annotated[
    Path | None,
    typer.Option(
        "--corrections",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        show_default=False,
        help="Contours placed by hand, as JSON.",
    ),
]
OutFolder = Annotated[Path | None, typer.Option("--out", metavar="DIR", file_okay=False, help="Write a report here.")]
ViewOption = Annotated[
    View, typer.Option("--view", help="From where the photo was taken; left and right are the side it shows.")
]


def _more(which: str) -> OptionInfo:
    """The option that names a further photo of one visit."""
    option: OptionInfo = typer.Option(
        f"--more-{which}",
        metavar="PHOTO",
        exists=True,
        dir_okay=False,
        show_default=False,
        help=f"A further photo of the {which} visit; may be named several times.",
    )
    return option


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
def compare(  # noqa: PLR0913, PLR0917  each is an argument or option of the command
    before: PhotosPath,
    after: PhotosPath,
    json_file: JsonFile = None,
    out: OutFolder = None,
    view: ViewOption = View.FRONTAL,
    more_before: Annotated[MorePhotos, _more("before")] = None,
    more_after: Annotated[MorePhotos, _more("after")] = None,
    iris_mm: IrisMm = None,
    corrections: CorrectionsFile = None,
) -> None:
    """Compare two photos of one face: tell what changed, and whether that is more than measurement error.

    BEFORE and AFTER may each be a folder of photos taken one after the other: the best matched pair is shown, and the
    changes are averaged. With --out, DIR gets the aligned photos, comparison.json and report.html, which opens from the
    disk. Corrections are of BEFORE, unless they name another photo by its sha256.
    """
    from service.cli_analysis import print_comparison  # noqa: PLC0415  MediaPipe's and OpenCV's friends are slow
    from service.cli_given import Visit, photo_files, placed_contours, shots, subject  # noqa: PLC0415  as above

    befores, afters = photo_files(before, more_before or ()), photo_files(after, more_after or ())
    placed = placed_contours(corrections)
    print_comparison(
        Visit(befores, shots(befores, placed, meant=True)),
        Visit(afters, shots(afters, placed, meant=False)),
        subject(iris_mm),
        view,
        json_file,
        out,
    )


@app.command()
def measure(
    photo: PhotoFile,
    json_file: JsonFile = None,
    out: OutFolder = None,
    view: ViewOption = View.FRONTAL,
    iris_mm: IrisMm = None,
    corrections: CorrectionsFile = None,
) -> None:
    """Measure one photo: its quality, its scale, and every figure that a single photo carries.

    With --out, DIR gets measurement.json and the photo with all that was found drawn on it.
    """
    from service.cli_analysis import print_measurement  # noqa: PLC0415  as above
    from service.cli_given import Visit, placed_contours, shots, subject  # noqa: PLC0415  as above

    (shot,) = shots((photo,), placed_contours(corrections), meant=True)
    print_measurement(Visit((photo,), (shot,)), subject(iris_mm), view, json_file, out)


@app.command()
def repeatability(
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True,
            file_okay=False,
            readable=True,
            show_default=False,
            help="Re-captures of one face, or a folder of them for each person.",
        ),
    ],
    *,
    json_file: JsonFile = None,
    out: OutFolder = None,
    sets: Annotated[
        bool,
        typer.Option("--sets", help="Two sets of captures, as of two operators or cameras, lie in folders of each."),
    ] = False,
) -> None:
    """Tell how much photos of an unchanged face differ: SEM and MDC95 of every measure, with intervals.

    Take a photo as for a patient, let the person stand up and sit down again, and take the next; ten of one person, or
    a few of several. With folders for two or more persons the ICC is told too, with --sets the bias and the limits of
    agreement of the two sets. With --out, DIR gets report.html, the table, and every compared pair.
    """
    from service.cli_repeatability import print_repeatability  # noqa: PLC0415  as above

    print_repeatability(folder, json_file, out, sets=sets)


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
    markdown: MarkdownFile = None,
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


@bench.command("series")
def series_bench(
    courses: Annotated[int, typer.Option(min=1, help="Courses of each kind, eight measurands each.")] = 40,
    seed: Annotated[int, typer.Option(min=0, help="Draws other errors.")] = 0,
    json_file: JsonFile = None,
    markdown: MarkdownFile = None,
) -> None:
    """Hold the series' intervals and verdicts against simulated courses whose effect is known.

    days: SD of what a day adds by itself, in a photo's error. end, slope: how often the interval of the lasting effect
    and of the trend covers the truth. error: RMS of the lasting effect over that of the last photo alone. found: how
    often the effect is told as detectable. claims: how often a whole series of eight measurands claims anything.
    """
    from service.cli_bench import print_series  # noqa: PLC0415  as above

    print_series(courses, seed, json_file, markdown)


@bench.command()
def load(
    json_file: JsonFile = None,
    users: Annotated[int, typer.Option(min=1, help="Good users at once.")] = 4,
    uploads: Annotated[int, typer.Option(min=1, help="Photos that each of them uploads in a round.")] = 40,
    rounds: Annotated[int, typer.Option(min=1, help="Quiet rounds, and as many attacked ones between them.")] = 5,
    attackers: Annotated[int, typer.Option(min=1, max=250, help="Bad connections of each of four kinds.")] = 125,
) -> None:
    """Time uploads and readings in peace and while others hold connections, trickle, and read no answer.

    The service is a process of its own, on SQLite and a folder that go afterwards.
    """
    from service.cli_bench import print_load  # noqa: PLC0415  as above

    print_load((users, uploads, rounds, attackers), json_file)


def _add_the_services_commands() -> None:
    from service import (  # noqa: PLC0415  so that they stand after the commands above
        cli_archive,
        cli_audit,
        cli_clinic,
        cli_keys,
        cli_pages,
        cli_people,
        cli_reconcile,
        cli_serve,
    )

    cli_archive.register(app)
    cli_pages.register(bench)
    app.add_typer(bench, name="bench")
    cli_serve.register(app)
    cli_keys.register(app)
    cli_clinic.register(app)
    cli_people.register(app)
    cli_audit.register(app)
    cli_reconcile.register(app)


_add_the_services_commands()

if __name__ == "__main__":
    main()
