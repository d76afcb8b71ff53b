"""The commands around the service: ``serve``, ``worker``, ``backup``, ``erase-again``."""

import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from service.settings import Settings

_LOOK_S: Final = 0.2

EmbeddedWorkers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=0,
        help="Analyses at once in this process; 0 leaves them to `liftmark worker`. "
        "LIFTMARK_WORKERS when not given, else one for each processor, at most 4.",
        show_default=False,
    ),
]
FurtherWorkers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        help="Analyses at once in this process. "
        "LIFTMARK_WORKERS when not given, else one for each processor, at most 4.",
        show_default=False,
    ),
]
MetricsPort = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=65535,
        help="Serve this worker's /metrics, /healthz and /readyz here; nothing when not given.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("serve")(serve_command)
    app.command("worker")(worker_command)
    app.command("backup")(backup_command)
    app.command("erase-again")(erase_again_command)


def serve_command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: EmbeddedWorkers = None,
) -> None:
    """Serve the API and its pages, with analysis workers of its own unless there are to be none."""
    from service.observing.logs import set_up_logs  # noqa: PLC0415  the web stack is slow to import
    from service.serving import first_start, serve  # noqa: PLC0415  as above

    settings = _settings(workers)
    set_up_logs(settings.log_format)
    start = first_start(settings)
    if start.key is not None:
        typer.echo(f"API key of the clinic 'default', shown this once: {start.key}")
    typer.echo(f"Liftmark is at http://{host}:{port}")
    if start.welcome is not None:
        typer.echo(f"Nobody can sign in yet. Open this link to begin: http://{host}:{port}{start.welcome}")
    serve(settings, host, port)


def worker_command(
    workers: FurtherWorkers = None,
    metrics_port: MetricsPort = None,
    metrics_host: Annotated[str, typer.Option(help="Address to serve them on.")] = "127.0.0.1",
) -> None:
    """Do the service's jobs, on this machine or another one that reaches its database and blobs.

    SIGTERM or Ctrl-C ends it after the jobs in hand. The jobs of a worker that is killed go to the living.
    """
    from service.observing.logs import set_up_logs  # noqa: PLC0415  as above
    from service.working import work  # noqa: PLC0415  as above

    settings = _settings(workers)
    if settings.workers == 0:
        raise typer.BadParameter("LIFTMARK_WORKERS is 0, so this process would do nothing. Say --workers N.")
    set_up_logs(settings.log_format)
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: asked.append(number))
    telling_at = None if metrics_port is None else (metrics_host, metrics_port)
    with work(settings, telling_at) as service:
        typer.echo(f"At work on {service.settings.workers} jobs at once. Ctrl-C ends it after the jobs in hand.")
        while not asked:  # a lock or an Event could miss a signal that comes just before its waiting, and wait for ever
            time.sleep(_LOOK_S)


def backup_command(
    folder: Annotated[Path, typer.Argument(file_okay=False, show_default=False, help="A new or empty folder.")],
) -> None:
    """Copy a service on SQLite and a folder, while it runs, into FOLDER; all but the master key.

    To restore: make FOLDER the LIFTMARK_DATA of a service, with the master key beside the database or in
    LIFTMARK_MASTER_KEY.
    """
    from service.backup import back_up  # noqa: PLC0415  as above
    from service.settings import Settings  # noqa: PLC0415  as above

    done = back_up(Settings(), folder)
    typer.echo(f"Copied the database and {done.blobs} blobs to {done.folder}.")
    if done.missing:
        typer.echo(f"{done.missing} blobs were erased meanwhile.")
    typer.echo("The master key is not among them: without it the copy cannot be read. Keep it elsewhere.")


def erase_again_command(
    export: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, readable=True, show_default=False, help="As `liftmark audit export` wrote it."
        ),
    ],
) -> None:
    """After a restore: erase what the audit, exported after the copy was made, says was erased since.

    Subjects, visits and photos that are still there go; what is gone already is passed over. Consents that were
    withdrawn or replaced end, and so do links that were revoked. Every row of the file must be one of this service's
    own audit.
    """
    from service.assembly import key_ring, open_database, open_vaults  # noqa: PLC0415  as above
    from service.jobs import LeasedJobs  # noqa: PLC0415
    from service.settings import Settings  # noqa: PLC0415
    from service.subjects.erasing_again import ErasingAgain  # noqa: PLC0415

    settings = Settings()
    ring = key_ring(settings)
    with open_database(settings, ring) as database:
        done = ErasingAgain(database, open_vaults(settings, ring), LeasedJobs(database)).erase_all(export)
    for action, count in sorted(done.items()):
        typer.echo(f"{action}: {count}")
    typer.echo("All that the export tells of is erased or ended. The blobs go when the service or a worker runs.")


def _settings(workers: int | None) -> "Settings":
    """The settings, with what the command line says in their place."""
    from service.settings import Settings  # noqa: PLC0415  as above

    return Settings() if workers is None else Settings(workers=workers)
