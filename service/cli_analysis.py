"""What ``liftmark compare`` and ``liftmark measure`` do: analyse in the sandbox, print, write."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, TypeVar

import typer
from pydantic import BaseModel
from rich.console import Console, RenderableType

from models.anatomy import View
from models.quality import Flag, FlagCode, Refused
from service.cli_given import Visit
from service.documents import (
    ComparisonDocument,
    GivenSubject,
    MeasurementDocument,
    RefusedDocument,
    refused_document,
)
from service.reports import write_report_folder
from service.sandbox import AnalysisWorkers, CompareOutcome, CorrectionRefusedError, MeasureOutcome, WorkerCrashed
from service.terminal import comparison_lines, measurement_lines

EXIT_REFUSED: Final = 3

_STDOUT: Final = Path("-")
Outcome = TypeVar("Outcome")


def print_comparison(
    before: Visit, after: Visit, subject: GivenSubject, view: View, json_file: Path | None, out: Path | None
) -> None:
    """Compare two visits; see ``liftmark compare --help``."""
    outcome = _in_sandbox(
        lambda workers: workers.compare_shots(before.shots, after.shots, subject, view),
        lambda crashed: CompareOutcome(crashed, None, None),
    )
    write_json(outcome.document, json_file)
    if isinstance(outcome.document, RefusedDocument):
        raise _refused(outcome.document, {"before": before.files[0], "after": after.files[0]})
    print_lines(json_file, *_frame_lines(outcome.document, before, after))
    print_lines(json_file, *comparison_lines(outcome.document))
    next_step = "Next: --out DIR writes the aligned photos and a report page."
    print_lines(json_file, next_step if out is None else _write_pair(outcome.document, outcome, out))


def _frame_lines(document: ComparisonDocument, before: Visit, after: Visit) -> Iterator[str]:
    """What became of each photo of a burst."""
    for frame in document.frames:
        file = (before if frame.which == "before" else after).files[frame.index]
        yield f"{frame.which.capitalize()} {file.name}: {frame.use.replace('_', ' ')}. {frame.reason or ''}".rstrip()


def print_measurement(
    visit: Visit, subject: GivenSubject, view: View, json_file: Path | None, out: Path | None
) -> None:
    """Measure one photo; see ``liftmark measure --help``."""
    (photo,), (shot,) = visit.files, visit.shots
    outcome = _in_sandbox(
        lambda workers: workers.measure(shot.upload, view, shot.corrections, subject),
        lambda crashed: MeasureOutcome(crashed, None),
    )
    write_json(outcome.document, json_file)
    if isinstance(outcome.document, RefusedDocument):
        raise _refused(outcome.document, {None: photo})
    print_lines(json_file, *measurement_lines(outcome.document))
    if out is not None:
        print_lines(json_file, _write_photo(outcome.document, outcome, out))
    if outcome.document.scale is not None:
        print_lines(json_file, f"Next: liftmark compare {photo} LATER_PHOTO tells what changed.")


def print_lines(json_file: Path | None, *lines: RenderableType) -> None:
    """Print for a person: on standard output, unless that is where the JSON goes."""
    console = Console(stderr=json_file == _STDOUT, highlight=False)
    for line in lines:
        console.print(line, soft_wrap=isinstance(line, str), markup=False)


def write_json(document: BaseModel, json_file: Path | None) -> None:
    """Write ``document`` where ``--json`` says."""
    text = document.model_dump_json(indent=2)
    if json_file == _STDOUT:
        typer.echo(text)
    elif json_file is not None:
        make_folder_of(json_file)
        json_file.write_text(f"{text}\n", encoding="utf-8")


def make_folder_of(file: Path) -> None:
    """Make the folder that a file is to be written into."""
    file.parent.mkdir(parents=True, exist_ok=True)


def _in_sandbox(
    ask: Callable[[AnalysisWorkers], Outcome], when_crashed: Callable[[RefusedDocument], Outcome]
) -> Outcome:
    with AnalysisWorkers() as workers:
        try:
            return ask(workers)
        except CorrectionRefusedError as refused:
            raise typer.BadParameter(str(refused), param_hint="--corrections") from refused
        except WorkerCrashed:
            return when_crashed(refused_document(Refused(Flag.of(FlagCode.ANALYSIS_CRASHED))))


def _refused(document: RefusedDocument, photos: Mapping[Literal["before", "after"] | None, Path]) -> typer.Exit:
    name = photos.get(document.refused.photo)
    typer.echo(f"{name}: {document.refused.says}" if name else document.refused.says, err=True)
    return typer.Exit(EXIT_REFUSED)


def _write_pair(document: ComparisonDocument, outcome: CompareOutcome, folder: Path) -> str:
    before, after = outcome.aligned_before_jpeg, outcome.aligned_after_jpeg
    if before and after:
        return f"Report: {write_report_folder(document, before, after, folder)}"
    folder.mkdir(parents=True, exist_ok=True)
    write_json(document, folder / "comparison.json")
    return f"The photos could not be aligned, so there is no report; see {folder / 'comparison.json'}"


def _write_photo(document: MeasurementDocument, outcome: MeasureOutcome, folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    write_json(document, folder / "measurement.json")
    (folder / "overlay.jpg").write_bytes(outcome.overlay_jpeg or b"")
    return f"What was found: {folder / 'overlay.jpg'}"
