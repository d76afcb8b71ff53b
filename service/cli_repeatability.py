"""What ``liftmark repeatability`` does: measure re-captures, compare them, tell how much they differ."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from analysis.repeatability import evaluate, pairs_to_compare, why_too_few
from models.quality import Flag, FlagCode, Refused
from models.repeatability import Recapture, RecapturePair
from service.cli_analysis import EXIT_REFUSED, make_folder_of, print_lines, write_json
from service.cli_given import photos_in
from service.documents import GivenSubject, MeasurementDocument, Shot, StudyDocument, refused_document, study_document
from service.documents.repeatability import LeftOutDocument
from service.measuring.shares import share_in
from service.repeatability.folder import write_study_folder
from service.repeatability.recaptures import recapture, recapture_pair, why_incomparable
from service.reports.words import counted
from service.sandbox import AnalysisWorkers, WorkerCrashed
from service.terminal_repeatability import study_lines

_CRASHED: Final = refused_document(Refused(Flag.of(FlagCode.ANALYSIS_CRASHED)))


@dataclass(frozen=True, slots=True)
class _File:
    """One photo of the study: whose face, and of which set of captures."""

    path: Path
    key: str
    person: str
    group: str


@dataclass(slots=True)
class _Measured:
    """What the photos gave by themselves."""

    photos: list[Recapture] = field(default_factory=list)
    shares: dict[str, float] = field(default_factory=dict)
    left_out: list[LeftOutDocument] = field(default_factory=list)


def print_repeatability(folder: Path, json_file: Path | None, out: Path | None, *, sets: bool) -> None:
    """Measure and compare re-captures; see ``liftmark repeatability --help``."""
    files = _files(folder, sets=sets)
    if too_few := why_too_few(list(Counter((file.person, file.group) for file in files).values())):
        raise typer.BadParameter(f"{folder}: {too_few}")
    if json_file is not None:
        make_folder_of(json_file)  # before the long work, not after it
    measured, compared = _studied(files)
    pairs = [pair for pair, _ in compared]
    document = study_document(evaluate(measured.photos, pairs), [reason for _, reason in compared], measured.left_out)
    write_json(document, json_file)
    if not any(one.n for one in document.measurands):
        raise _nothing_compared(document)
    print_lines(json_file, *study_lines(document))
    next_step = "Next: --out DIR writes a page, the table and every compared pair."
    print_lines(json_file, next_step if out is None else f"Report: {write_study_folder(document, pairs, out)}")


def _studied(files: Sequence[_File]) -> tuple[_Measured, list[tuple[RecapturePair, str]]]:
    with AnalysisWorkers() as workers, _progress() as progress:
        task = progress.add_task("Measuring photos", total=len(files))
        measured = _measured(workers, files, lambda: progress.advance(task))
        pairs = pairs_to_compare(measured.photos)
        progress.update(task, description="Comparing pairs", total=len(files) + len(pairs))
        return measured, list(_compared(workers, files, measured, lambda: progress.advance(task)))


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _measured(workers: AnalysisWorkers, files: Sequence[_File], step: Callable[[], None]) -> _Measured:
    measured, seen = _Measured(), dict[str, str]()
    for file in files:
        upload = file.path.read_bytes()
        same = seen.setdefault(hashlib.sha256(upload).hexdigest(), file.key)
        if same != file.key:
            measured.left_out.append(LeftOutDocument(photo=file.key, reason=f"It is the same file as {same}."))
        else:
            _measure(workers, file, upload, measured)
        step()
    return measured


def _measure(workers: AnalysisWorkers, file: _File, upload: bytes, measured: _Measured) -> None:
    try:
        document = workers.measure(upload).document
    except WorkerCrashed:
        document = _CRASHED
    if isinstance(document, MeasurementDocument):
        measured.photos.append(recapture(file.key, file.person, document, file.group))
        if (share := share_in(document)) is not None:
            measured.shares[file.key] = share
    else:
        measured.left_out.append(LeftOutDocument(photo=file.key, reason=document.refused.says))


def _compared(
    workers: AnalysisWorkers, files: Sequence[_File], measured: _Measured, step: Callable[[], None]
) -> Iterator[tuple[RecapturePair, str]]:
    """Every planned pair, at the scale that all photos of the person share; and why it gave nothing, where it did."""
    by_key = {file.key: file for file in files}
    for before, after in pairs_to_compare(measured.photos):
        person = by_key[before].person
        others = (key for key in measured.shares if key not in {before, after} and by_key[key].person == person)
        subject = GivenSubject(iris_shares=tuple(measured.shares[key] for key in others))
        first, second = ([Shot(by_key[key].path.read_bytes())] for key in (before, after))
        try:
            document = workers.compare_shots(first, second, subject).document
        except WorkerCrashed:
            document = _CRASHED
        yield recapture_pair(before, after, document), why_incomparable(document)
        step()


def _files(folder: Path, *, sets: bool) -> tuple[_File, ...]:
    """The folder's photos: of one person, or each sub-folder's of another one; sets are one level further down."""
    own, below = photos_in(folder), sorted(path for path in folder.iterdir() if path.is_dir() and _holds_photos(path))
    if own and below:
        raise typer.BadParameter(
            f"{folder} holds photos and folders of photos: keep one person's photos in it, or give each person a folder"
        )
    if not own and not below:
        raise typer.BadParameter(f"there is no photo in {folder}")
    if sets and (own or not any(photos_in(path) for path in below)):
        return tuple(file for person in below for file in _of_sets(person.name, person, folder)) or _no_sets(folder)
    if sets:
        return _of_sets("", folder, folder)
    people = [("", folder)] if own else [(path.name, path) for path in below]
    if empty := [path for _, path in people if not photos_in(path)]:
        raise typer.BadParameter(f"{empty[0]} holds folders of photos; say --sets where they are two sets of captures")
    return tuple(_file(path, folder, person, "") for person, home in people for path in photos_in(home))


def _of_sets(person: str, home: Path, folder: Path) -> tuple[_File, ...]:
    groups = sorted(path for path in home.iterdir() if path.is_dir() and photos_in(path))
    if len(groups) != 2:  # noqa: PLR2004  two sets are held against each other
        return _no_sets(home)
    return tuple(_file(path, folder, person, group.name) for group in groups for path in photos_in(group))


def _no_sets(folder: Path) -> tuple[_File, ...]:
    raise typer.BadParameter(f"with --sets {folder} must hold two folders of photos, such as two operators'")


def _holds_photos(folder: Path) -> bool:
    return bool(photos_in(folder)) or any(photos_in(path) for path in folder.iterdir() if path.is_dir())


def _file(path: Path, folder: Path, person: str, group: str) -> _File:
    return _File(path, path.relative_to(folder).as_posix(), person, group)


def _nothing_compared(document: StudyDocument) -> typer.Exit:
    """Say why no two photos could be held against each other."""
    for one in document.left_out:
        typer.echo(f"{one.photo}: {one.reason}", err=True)
    for reason in document.incomparable:
        typer.echo(f"{counted(reason.pairs, 'pair', 'pairs')}: {reason.reason}", err=True)
    typer.echo(
        "No two photos of one person could be compared, so nothing can be said of their repeatability.", err=True
    )
    return typer.Exit(EXIT_REFUSED)
