"""What ``liftmark key rotate`` does, and what it tells."""

from collections.abc import Iterator

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from service.assembly import key_ring, open_database
from service.blobs.key_ring import KeyFiles, KeyRing
from service.database import Database
from service.master_keys.rotation import Rotation, rotate, under_others
from service.settings import Settings


def print_rotation(*, resume: bool) -> bool:
    """Rotate, tell what was done and what is left to do, and say whether all is under the present key."""
    ring = key_ring(Settings())
    with open_database(Settings(), ring) as database:
        made = not resume and _make_new_key(database, ring)
        done = _rotate(database, ring)
    for sentence in _sentences(ring, done, made=made):
        typer.echo(sentence)
    return done.unreadable == done.left == 0


def _make_new_key(database: Database, ring: KeyRing) -> bool:
    """A new present key where it is kept in a file, unless a rotation was stopped on its way."""
    files = ring.source
    if not isinstance(files, KeyFiles):
        return False
    if files.read_others() and under_others(database, ring):
        typer.echo("A rotation was stopped on its way; going on with it.")
        return False
    files.replace()
    return True


def _rotate(database: Database, ring: KeyRing) -> Rotation:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Wrapping", total=sum(under_others(database, ring).values()))
        return rotate(database, ring, lambda count: progress.advance(task, count))


def _sentences(ring: KeyRing, done: Rotation, *, made: bool) -> Iterator[str]:
    present, files = ring.present, ring.source
    if made and isinstance(files, KeyFiles):
        yield f"The new master key is in {files.present}: copy it to where you keep the other copy, now."
    yield f"{done.rewrapped} keys were put under the master key {present.id}."
    if done.unreadable:
        yield f"{done.unreadable} keys of subjects open with none of the master keys. `liftmark reconcile --deep`."
    if done.left:
        yield f"{done.left} came under another key meanwhile. Restart what still runs with it, then rotate --resume."
    elif len(ring.keys) > 1:
        place = files.others if isinstance(files, KeyFiles) else "LIFTMARK_OTHER_MASTER_KEYS"
        yield f"Nothing is under another key. Those in {place} can go from there; backups made until now need them."
    elif not isinstance(files, KeyFiles):
        yield "There is one master key alone. To replace it, set the new one, and this one as another one, everywhere."
