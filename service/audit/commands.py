"""What the commands on the audit do, and what they tell."""

import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import make_url

from service.assembly import open_database
from service.audit.anchor import Anchor, AnchorError, read_anchors
from service.audit.anchoring import kept_anchors, stored_anchors
from service.audit.rows import AuditRows, clinics_of
from service.audit.schemas import AuditAnswer
from service.audit.verification import Verification, verify
from service.blobs import open_blobs
from service.blobs.master_key import MasterKeyError
from service.database import Database
from service.settings import Settings
from service.tenancy.tenant import TenantId

NamedClinic = tuple[TenantId, str]


def print_verification(anchor_file: Path | None, clinic: str | None, *, from_blobs: bool) -> bool:
    """Verify, tell what was found of each clinic, and say whether all is sound."""
    settings = Settings()
    with _opened(settings) as database:
        anchors = _anchors(settings, anchor_file, from_blobs=from_blobs)
        clinics = _chosen(database, clinic)
        with _progress() as progress:
            task = progress.add_task("Checking", total=_count(database, clinics))
            found = [
                (name, verify(database, one, anchors, lambda n: progress.advance(task, n))) for one, name in clinics
            ]
    for name, one in found:
        typer.echo(_sentence(name, one))
    lost = [] if clinic else sorted({anchor.clinic for anchor in anchors} - {one for one, _ in clinics})
    for gone in lost:
        typer.echo(f"{gone}: broken. The anchors tell of this clinic, but the database does not know it.")
    checked = sum(one.head.count for _, one in found)
    sound = not lost and all(one.broken is None for _, one in found)
    verdict = "sound" if sound else "broken"
    of = f"{_counted(checked, 'row')} of {_counted(len(found), 'clinic')}"
    typer.echo(f"The audit is {verdict}: {of} checked, {_counted(len(anchors), 'anchor')}.")
    return sound


def write_export(file: Path, clinic: str | None) -> None:
    """Write all rows, or one clinic's; a file that is there is replaced once the new one is complete."""
    with _opened(Settings()) as database:
        clinics = _chosen(database, clinic)
        with _progress() as progress, _replacing(file) as out:
            task = progress.add_task("Writing", total=_count(database, clinics))
            for one, _ in clinics:
                for line in _lines(database, one):
                    out.write(line)
                    progress.advance(task)


def _lines(database: Database, clinic: TenantId) -> Iterator[str]:
    with database.reading(clinic) as session:
        for row in AuditRows(session, clinic).walk():
            told = AuditAnswer.of(row).model_dump_json()
            yield f'{{"clinic":"{clinic}",{told[1:]}\n'


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    """The database, where there is one: an empty one made here would pass for a sound one."""
    url = make_url(settings.database_address)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).is_file()):
        raise typer.BadParameter(f"there is no database at {url.database}; LIFTMARK_DATA says where it is.")
    if settings.master_key is None and not settings.master_key_file.is_file():
        raise typer.BadParameter(f"there is no master key at {settings.master_key_file}; set LIFTMARK_MASTER_KEY.")
    with ExitStack() as stack:
        try:
            database = stack.enter_context(open_database(settings))
        except MasterKeyError as error:
            raise typer.BadParameter(str(error)) from error
        yield database


def _anchors(settings: Settings, given: Path | None, *, from_blobs: bool) -> Sequence[Anchor]:
    """Those of this installation, and those that are given."""
    try:
        more = [] if given is None else read_anchors(given)
        if from_blobs:
            more.extend(stored_anchors(open_blobs(settings.blobs_address)))
        return list(dict.fromkeys([*kept_anchors(settings.audit_anchors), *more]))
    except AnchorError as error:
        raise typer.BadParameter(str(error)) from error


def _chosen(database: Database, name: str | None) -> list[NamedClinic]:
    with database.reading_across() as session:
        clinics = sorted(clinics_of(session), key=lambda clinic: clinic[1])
    chosen = [clinic for clinic in clinics if name in {None, clinic[1]}]
    if name is not None and not chosen:
        raise typer.BadParameter(f"there is no clinic called {name!r}.")
    return chosen


def _count(database: Database, clinics: Sequence[NamedClinic]) -> int:
    with database.reading_across() as session:
        return sum(AuditRows(session, clinic).head().count for clinic, _ in clinics)


def _sentence(name: str, found: Verification) -> str:
    if found.broken is not None:
        where = f"{found.broken.kind} at row {found.broken.number}"
        return f"{name}: broken, {where}. {found.broken.says} Sound before it: {_counted(found.head.count, 'row')}."
    sizes = f"{_counted(found.head.count, 'row')}, {_counted(found.anchors, 'anchor')}"
    return f"{name}: sound, {sizes}. The last row is {found.head.hash}."


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


@contextmanager
def _replacing(file: Path) -> Iterator[IO[str]]:
    if str(file) == "-":
        yield sys.stdout
        return
    draft = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        with draft.open("x", encoding="utf-8") as out:
            yield out
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
