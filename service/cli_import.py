"""What ``liftmark import`` does: read the folder, send it, tell what became of each file."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console

from models.anatomy import View
from service.archive import Archive, read_archive
from service.archive.camera import camera_clock
from service.archive.contents import sha256_of, with_contents
from service.archive.records import ArchiveError
from service.cli_analysis import EXIT_REFUSED, make_folder_of
from service.client.transport import Api, NotWelcomeError, Patience, Problem, ServerTroubleError
from service.importing.ledger import Ledger
from service.importing.outcomes import Fate, Outcome, outcome_of_refusal, write_table
from service.importing.sending import Sending
from service.importing.subjects import Subjects
from service.importing.visits import PlannedVisit, visits_of
from service.importing.waiting import analysed
from service.reports.words import counted
from service.terminal_archive import progress_bars, refusal_table

_EXIT_FAILED: Final = 1
_FORBIDDEN: Final = 403
_AT_FIRST: Final = Patience(attempts=4)
"""A service that is not there is told within seconds; one that goes away meanwhile is waited for."""
_GO_ON: Final = "The same command goes on from here; nothing is sent twice."


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How an import is to be made; see ``liftmark import --help``."""

    subject: str
    view: View
    zone: str
    jobs: int
    report: Path
    ledger: Path
    wait: bool
    dry_run: bool


def print_import(folder: Path, server: str, key: str, options: ImportOptions) -> None:
    """Import a folder; see ``liftmark import --help``."""
    zone = _zone(options.zone)
    _require_writable(options)
    if not options.dry_run:
        _greet(server, key, options)
    archive = _read(folder, options)
    visits = visits_of(archive.entries, zone)
    _tell(archive)
    _print(_plan(archive, visits))
    if options.dry_run:
        _conclude([*map(outcome_of_refusal, archive.refusals), *_planned(visits)], options)
    else:
        _conclude(_imported(Api(server, key), archive, visits, options), options)


def _require_writable(options: ImportOptions) -> None:
    """Find out before the long work, and not after it, that a file cannot be written."""
    for option, file in (("--report", options.report), ("--ledger", options.ledger)):
        try:
            make_folder_of(file)
            file.open("a", encoding="utf-8").close()
        except OSError as error:
            raise typer.BadParameter(f"{file} cannot be written: {error.strerror}", param_hint=option) from error


def _planned(visits: Sequence[PlannedVisit]) -> Iterator[Outcome]:
    for visit in visits:
        for entry in visit.photos:
            yield Outcome(entry.file, Fate.PLANNED, entry, visit.taken_at)


def _greet(server: str, key: str, options: ImportOptions) -> None:
    """Find out at once, and not after reading an archive, that the service or the key is not there."""
    if not key:
        raise typer.BadParameter("an API key is needed: make one with `liftmark key create`", param_hint="LIFTMARK_KEY")
    try:
        with closing(Api(server, key, _AT_FIRST)) as api:
            answer = api.get("/v1/subjects?limit=1")
    except NotWelcomeError as error:
        raise typer.BadParameter(str(error)) from error
    except ServerTroubleError as error:
        raise _failed(f"{error} Is it running? (liftmark serve)") from error
    if isinstance(answer, Problem) and answer.status != _FORBIDDEN:
        raise typer.BadParameter(answer.says, param_hint="--server")
    if isinstance(answer, Problem) and options.wait:  # a key that brings photos need not be one that reads
        raise typer.BadParameter("the key may not read, so nothing can be waited for", param_hint="--wait")


def _read(folder: Path, options: ImportOptions) -> Archive:
    try:
        with progress_bars() as begin, camera_clock() as clock:
            step = begin("Reading the folder", None)
            archive = read_archive(folder, clock, options.subject, step, options.view)
            return with_contents(archive, _digest_of_twins(archive))[0]
    except ArchiveError as error:
        raise typer.BadParameter(str(error), param_hint="FOLDER") from error


def _digest_of_twins(archive: Archive) -> Callable[[Path], str]:
    """Only files of one size can have the same content, so the others need not be read for it."""
    sizes: dict[int, list[Path]] = {}
    for entry in archive.entries:
        sizes.setdefault(entry.path.lstat().st_size, []).append(entry.path)
    twins = {path for paths in sizes.values() if len(paths) > 1 for path in paths}
    return lambda path: sha256_of(path) if path in twins else str(path)


def _imported(api: Api, archive: Archive, visits: Sequence[PlannedVisit], options: ImportOptions) -> list[Outcome]:
    """What became of everything; after trouble, what was known by then is written before it is told."""
    outcomes = [outcome_of_refusal(refusal) for refusal in archive.refusals]
    subjects = Subjects(api, visits, archive.confounders)
    try:
        with closing(api), Ledger(options.ledger) as ledger, progress_bars() as begin:
            step = begin("Sending photos", len(archive.entries))
            for outcome in Sending(api, subjects, ledger).run(visits, options.jobs):
                outcomes.append(outcome)
                step()
            if options.wait:
                kept = sum(bool(outcome.photo_id) for outcome in outcomes)
                outcomes = list(analysed(api, outcomes, begin("Waiting for the analyses", kept)))
    except NotWelcomeError as error:
        raise typer.BadParameter(str(error)) from error
    except (ServerTroubleError, KeyboardInterrupt) as error:
        _print(_sums(outcomes))
        write_table(outcomes, options.report)
        why = str(error) if isinstance(error, ServerTroubleError) else "Stopped."
        raise _failed(f"{why} {_GO_ON}") from error
    return [*outcomes, *subjects.refused]


def _conclude(outcomes: Sequence[Outcome], options: ImportOptions) -> None:
    """Say what became of everything, write the table, and end with 3 where something was refused."""
    if not options.dry_run:
        _print(_sums(outcomes))
    refused = [outcome.reason for outcome in outcomes if outcome.fate is Fate.REFUSED]
    if refused:
        Console(highlight=False).print(refusal_table(refused))
    write_table(outcomes, options.report)
    _print(f"A line for each file: {options.report}")
    if refused:
        raise typer.Exit(EXIT_REFUSED)


def _plan(archive: Archive, visits: Sequence[PlannedVisit]) -> str:
    subjects = counted(len(archive.subjects), "subject", "subjects")
    photos, of = counted(len(archive.entries), "photo", "photos"), counted(len(visits), "visit", "visits")
    confounders = counted(len(archive.confounders), "confounder", "confounders")
    return f"{photos} of {of} of {subjects}; {confounders}."


def _sums(outcomes: Sequence[Outcome]) -> str:
    kept = [outcome for outcome in outcomes if outcome.photo_id]
    new = sum(outcome.new for outcome in kept)
    ended = sum(outcome.fate is Fate.ANALYSED for outcome in kept)
    refused = sum(outcome.fate is Fate.REFUSED for outcome in outcomes)
    are_in = counted(len(kept), "photo is", "photos are")
    return f"{are_in} in ({new} new, {len(kept) - new} there before; {ended} analysed), {refused} refused."


def _tell(archive: Archive) -> None:
    for sentence in archive.told:
        _say(sentence)


def _say(sentence: str) -> None:
    Console(stderr=True, highlight=False).print(sentence, soft_wrap=True, markup=False)


def _print(sentence: str) -> None:
    Console(highlight=False).print(sentence, soft_wrap=True, markup=False)


def _failed(why: str) -> typer.Exit:
    typer.echo(why, err=True)
    return typer.Exit(_EXIT_FAILED)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise typer.BadParameter(f"{name} is no zone; write it as Europe/Rome", param_hint="--zone") from error
