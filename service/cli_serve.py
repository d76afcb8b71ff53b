"""The commands around the service: ``serve``, ``worker``, ``key create``."""

import signal
import threading
from typing import Annotated

import typer

from service.tenancy.scope import Scope


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("serve")(serve_command)
    app.command("worker")(worker_command)
    keys = typer.Typer(help="API keys.", no_args_is_help=True)
    keys.command("create")(create_key_command)
    keys.callback()(lambda: None)  # keeps `create` a word of its own, though it is the only one
    app.add_typer(keys, name="key")


def serve_command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Serve the API and its pages, with an analysis worker of its own."""
    from service.serving import first_key, serve  # noqa: PLC0415  the web stack is slow to import
    from service.settings import Settings  # noqa: PLC0415

    settings = Settings()
    key = first_key(settings)
    if key is not None:
        typer.echo(f"API key of the clinic 'default', shown this once: {key}")
    typer.echo(f"Liftmark is at http://{host}:{port}")
    serve(settings, host, port)


def worker_command() -> None:
    """Do the service's jobs, on this machine or another one that reaches its database and blobs."""
    from service.assembly import open_service  # noqa: PLC0415  as above
    from service.settings import Settings  # noqa: PLC0415

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with open_service(Settings()):
        typer.echo("At work. Ctrl-C ends it after the jobs in hand.")
        stop.wait()


def create_key_command(
    clinic: Annotated[str, typer.Option(help="The clinic's name; it is made when it is new.")],
    scope: Annotated[list[Scope] | None, typer.Option(help="What it may do; everything when none is named.")] = None,
) -> None:
    """Make an API key and print it, alone, this once."""
    from service.assembly import open_database  # noqa: PLC0415  as above
    from service.settings import Settings  # noqa: PLC0415
    from service.tenancy.keys import create_key  # noqa: PLC0415

    with open_database(Settings()) as database, database.writing() as session:
        key = create_key(session, clinic, scope or ())
    typer.echo(key)
