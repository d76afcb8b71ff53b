"""What ``liftmark series`` does: read the folder, measure, compare, tell."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import typer
from rich.console import Console

from models.anatomy import View
from models.course import MICROCURRENT, Protocol
from service.archive import Archive, read_subject
from service.archive.camera import camera_clock
from service.archive.contents import with_contents
from service.archive.records import ArchiveError
from service.cli_analysis import EXIT_REFUSED, make_folder_of, print_lines, write_json
from service.documents import GivenSubject
from service.folder_series import FolderSeries, make_series
from service.reports.words import counted
from service.terminal_archive import progress_bars, refusal_lines
from service.terminal_series import series_lines

_NOTHING: Final = "No photo of the folder can be used; the reasons stand above."


def print_series(
    folder: Path, subject: str, given: GivenSubject, plan: Protocol | None, json_file: Path | None, out: Path | None
) -> None:
    """Tell the series of a folder; see ``liftmark series --help``.

    Parameters
    ----------
    plan : what the course was meant to be, None where the folder says it, or nobody.
    """
    for file in (json_file, out and out / "report.html"):
        if file is not None:  # before the long work, not after it
            make_folder_of(file)
    with progress_bars() as begin:
        archive = _read(folder, subject)
        found = make_series(archive, plan or protocol_of(archive), given, begin)
    write_json(found.document, json_file)
    _tell(archive)
    if found.measured == 0:
        typer.echo(next(_why_nothing(found), _NOTHING), err=True)
        raise typer.Exit(EXIT_REFUSED)
    print_lines(json_file, *series_lines(found.document))
    next_step = "Next: --out DIR writes the report page, the aligned photos, a CSV and a PDF."
    print_lines(json_file, next_step if out is None else f"Report: {_write(found, out)}")


def protocol_of(archive: Archive) -> Protocol:
    """The usual course, by the name that most photos of the folder give it."""
    kinds = Counter(entry.sheet.course.lower() for entry in archive.entries if entry.sheet.course)
    kind = kinds.most_common(1)[0][0] if kinds else MICROCURRENT.kind
    return planned_course(kind)


def planned_course(kind: str | None, sessions: int | None = None, interval_days: int | None = None) -> Protocol:
    """What a course was meant to be; what is not said is as in the usual one."""
    usual = MICROCURRENT
    name = kind or usual.kind
    maintenance = usual.maintenance_days if name == usual.kind else None
    return Protocol(name, sessions or usual.planned_sessions, interval_days or usual.interval_days, maintenance)


def _read(folder: Path, subject: str) -> Archive:
    try:
        with camera_clock() as clock:
            return with_contents(read_subject(folder, clock, subject))[0]
    except ArchiveError as error:
        raise typer.BadParameter(str(error), param_hint="FOLDER") from error


def _tell(archive: Archive) -> None:
    """What was refused, guessed and left aside, on stderr, where it is in the way of nothing."""
    console = Console(stderr=True, highlight=False)
    for line in refusal_lines(archive.refusals):
        console.print(line, soft_wrap=True)
    for sentence in (*archive.told, *_other_views(archive)):
        console.print(sentence, soft_wrap=True, markup=False)


def _other_views(archive: Archive) -> Iterator[str]:
    others = sum(entry.view is not View.FRONTAL for entry in archive.entries)
    if others:
        photos = counted(others, "photo of another view was", "photos of other views were")
        yield f"{photos} left aside: a series rests on frontal ones."


def _why_nothing(found: FolderSeries) -> Iterator[str]:
    for visit in found.document.visits:
        yield f"No photo could be measured. {visit.photo}: {visit.reason}"


def _write(found: FolderSeries, out: Path) -> Path:
    from service.reports.series_folder import write_series_folder  # noqa: PLC0415  the PDF's typesetter is slow to load

    return write_series_folder(found.document, found.pictures, out)
