"""The demo's course: the sample series through the importer and the real API, its table, and its report."""

import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from rich.console import Console

from service.archive import read_archive
from service.client.transport import Api, ServerTroubleError
from service.demo_client import DemoClient, DemoError, SampleSeries
from service.documents import SeriesDocument
from service.importing.ledger import Ledger
from service.importing.outcomes import Fate
from service.importing.sending import Sending
from service.importing.subjects import Subjects
from service.importing.visits import visits_of
from service.reports.series_folder import write_series_folder
from service.terminal_archive import Begin, progress_bars
from service.terminal_series import series_lines

_UTC: Final = ZoneInfo("UTC")  # the same moments wherever the demo runs, so that it finds what it made before
_PATIENCE_S: Final = 300
_LOOK_S: Final = 1.0
_JOBS: Final = 2


@dataclass(frozen=True, slots=True)
class SeenSeries:
    """The series as the service tells it."""

    subject_id: str
    document: SeriesDocument


def show_series(client: DemoClient, sample: SampleSeries, ledger: Path, console: Console, out: Path | None) -> None:
    """Bring the sample series in, print what the course did, and say where its report is.

    Parameters
    ----------
    ledger : of the import.
    out : folder to write the report to; None gives a link to the served one.
    """
    console.rule(f"[bold]{sample.title}", align="left")
    console.print(sample.origin, style="dim")
    seen = series_of(client, sample, ledger)
    for line in series_lines(seen.document):
        console.print(line)
    where = client.series_link(seen.subject_id) if out is None else write_report(client, seen, out)
    console.print("Report:", str(where), soft_wrap=True, style="bold")


def series_of(client: DemoClient, sample: SampleSeries, ledger: Path) -> SeenSeries:
    """The series in the service, its photos sent if they were not yet."""
    subject_id = client.subject(sample.name)
    client.course(subject_id, sample.name, sample.course)
    with progress_bars() as begin:
        _send(client, sample, ledger, begin)
        document = _told(client, subject_id, begin)
    return SeenSeries(subject_id, document)


def write_report(client: DemoClient, seen: SeenSeries, folder: Path) -> Path:
    """Write the report as a folder that opens from the disk; its page."""
    shown = {visit.photo: visit.aligned_image for visit in seen.document.visits if visit.aligned_image}
    return write_series_folder(seen.document, {photo: client.get(path) for photo, path in shown.items()}, folder)


def _send(client: DemoClient, sample: SampleSeries, ledger: Path, begin: Begin) -> None:
    archive = read_archive(sample.folder, lambda _: None, sample.name)
    visits = visits_of(archive.entries, _UTC)
    step = begin("Sending the visits of a course", len(archive.entries))
    try:
        with closing(Api(client.address, client.key)) as api, Ledger(ledger) as written:
            for outcome in Sending(api, Subjects(api, visits, ()), written).run(visits, _JOBS):
                if outcome.fate is Fate.REFUSED:
                    raise DemoError(f"{outcome.file}: {outcome.says}")
                step()
    except ServerTroubleError as error:
        raise DemoError(str(error)) from error


def _told(client: DemoClient, subject_id: str, begin: Begin) -> SeriesDocument:
    """The series once all its comparisons are made."""
    deadline = time.monotonic() + _PATIENCE_S
    document = _document(client.series(subject_id, 0))
    step = begin("Comparing the visits", document.pending)
    while document.pending:
        if time.monotonic() > deadline:
            raise DemoError("The comparisons have not ended; run the demo again.")
        later = _document(client.series(subject_id, _LOOK_S))
        for _ in range(document.pending - later.pending):
            step()
        document = later
    return document


def _document(answer: dict[str, Any]) -> SeriesDocument:
    """The series in the API's answer, which carries a few fields more."""
    return SeriesDocument.model_validate({name: answer[name] for name in answer if name in SeriesDocument.model_fields})
