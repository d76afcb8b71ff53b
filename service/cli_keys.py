"""The commands on keys: ``key create``, ``key list``, ``key revoke``, ``key rotate``."""

from typing import Annotated

import typer

from service.tenancy.scope import Scope


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    keys = typer.Typer(help="API keys: make, list, revoke them. The master key: replace it.", no_args_is_help=True)
    keys.command("create")(create_key_command)
    keys.command("list")(list_keys_command)
    keys.command("revoke")(revoke_key_command)
    keys.command("rotate")(rotate_command)
    app.add_typer(keys, name="key")


def create_key_command(
    clinic: Annotated[str, typer.Option(help="The clinic's name; it is made when it is new.")],
    scope: Annotated[list[Scope] | None, typer.Option(help="What it may do; everything when none is named.")] = None,
) -> None:
    """Make an API key and print it, alone, this once."""
    from service.assembly import open_database  # noqa: PLC0415  the database's library is slow to import
    from service.settings import Settings  # noqa: PLC0415
    from service.tenancy.keys import create_key  # noqa: PLC0415

    with open_database(Settings()) as database, database.writing_across() as session:
        key = create_key(session, clinic, scope or ())
    typer.echo(key)


def list_keys_command() -> None:
    """List all API keys: id, as the audit names it, when it was made, clinic, scopes, and when it was revoked.

    When a key was used last is in the audit of its clinic.
    """
    from service.assembly import open_database  # noqa: PLC0415  as above
    from service.settings import Settings  # noqa: PLC0415
    from service.tenancy.keys import every_key  # noqa: PLC0415

    with open_database(Settings()) as database, database.reading_across() as session:
        for key, clinic in every_key(session):
            revoked = "" if key.revoked_at is None else f"  revoked {key.revoked_at:%Y-%m-%d %H:%M}"
            typer.echo(f"{key.id}  {key.created_at:%Y-%m-%d %H:%M}  {clinic}  {key.scopes}{revoked}")


def revoke_key_command(
    key_id: Annotated[str, typer.Argument(metavar="ID", show_default=False, help="As `liftmark key list` tells it.")],
) -> None:
    """Revoke an API key: it opens nothing from now on, in any process, nor do the links that were made with it."""
    from service.assembly import open_database  # noqa: PLC0415  as above
    from service.settings import Settings  # noqa: PLC0415
    from service.tenancy.keys import revoke_key  # noqa: PLC0415

    with open_database(Settings()) as database, database.writing_across() as session:
        known = revoke_key(session, key_id)
    if not known:
        raise typer.BadParameter(f"there is no key with the id {key_id!r}; `liftmark key list` tells them.")


def rotate_command(
    *,
    resume: Annotated[
        bool, typer.Option("--resume", help="Make no new key: put under the present one what is still under others.")
    ] = False,
) -> None:
    """Replace the master key, beside the running service: nothing is unreadable at any moment.

    Where the key is in LIFTMARK_DATA/master.key, a new one takes its place; where LIFTMARK_MASTER_KEY is set, set the
    new one there and the former one in LIFTMARK_OTHER_MASTER_KEYS, first of all. Then everything under other keys is
    put under the present one. A run that was stopped is taken up by the next one.
    """
    from service.master_keys.commands import print_rotation  # noqa: PLC0415  as above

    if not print_rotation(resume=resume):
        raise typer.Exit(1)
